"""The bundled servers: private, lasting, and gone when the process that started them is gone."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest
from redis import AuthenticationError, Redis

from learnx.entrypoints.local_stack import LocalServers, local_servers

HOLDER = """
import sys, time
from pathlib import Path
from learnx.entrypoints.local_stack import local_servers
with local_servers(Path(sys.argv[1])) as servers:
    print(servers.addresses.admin_url, *(child.process.pid for child in servers.children), flush=True)
    time.sleep(600)
"""


def fetch(url: str | None, question: str) -> object:
    async def ask() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()

    return asyncio.run(ask())


def eventually(happened: Callable[[], bool], *, within: float = 20) -> None:
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_application_and_the_worker_can_not_get_around_row_level_security(servers: LocalServers) -> None:
    for url in (servers.addresses.database_url, servers.addresses.worker_url):
        assert (
            fetch(url, "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = user") is False
        )
        assert fetch(url, "SELECT pg_has_role('learnx_owner', 'MEMBER')") is False


def test_the_database_has_the_extensions_that_its_owner_may_not_add(servers: LocalServers) -> None:
    assert fetch(servers.addresses.admin_url, "SELECT '[1,2]'::vector <-> '[1,2]'") == 0
    assert fetch(servers.addresses.admin_url, "SELECT unaccent('é') || similarity('a', 'a')") == "e1"


def test_a_wrong_password_is_refused(servers: LocalServers) -> None:
    url = urlsplit(servers.addresses.database_url or "")
    with pytest.raises(asyncpg.InvalidPasswordError):
        fetch(url._replace(netloc=f"learnx_app:guess@127.0.0.1:{url.port}").geturl(), "SELECT 1")
    redis = urlsplit(servers.addresses.redis_url or "")
    with pytest.raises(AuthenticationError):
        Redis(port=redis.port or 0, password="guess").ping()


def test_no_password_shows_in_a_process_list_or_a_repr(servers: LocalServers) -> None:
    passwords = [
        urlsplit(url or "").password or "?" for url in (servers.addresses.admin_url, servers.addresses.redis_url)
    ]
    shown = repr(servers.addresses)
    for child in servers.children:
        shown += " ".join(psutil.Process(child.process.pid).cmdline())
    assert not [password for password in passwords if password in shown]


def test_data_and_passwords_outlast_the_servers(tmp_path: Path) -> None:
    with local_servers(tmp_path / "data") as first:
        fetch(first.addresses.admin_url, "CREATE TABLE kept AS SELECT 7 AS it")
        with Redis.from_url(first.addresses.redis_url or "") as redis:
            redis.set("kept", "7")
        pids = [child.process.pid for child in first.children]
    assert all(gone(pid) for pid in pids)

    with local_servers(tmp_path / "data") as second:
        assert fetch(second.addresses.admin_url, "SELECT it FROM kept") == 7
        with Redis.from_url(second.addresses.redis_url or "") as redis:
            assert redis.get("kept") == b"7"


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    with local_servers(tmp_path / "data", postgres=False) as servers:
        assert servers.addresses.database_url is None

    def mode(name: str) -> int:
        return stat.S_IMODE((tmp_path / "data" / name).stat().st_mode)

    assert mode(".") & 0o066 == 0
    assert mode("servers.json") == 0o600
    assert mode("valkey") == 0o700


def test_killing_the_process_ends_its_servers_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        url, *pids = holder.stdout.readline().split()
        assert len(pids) == 2
        fetch(url, "CREATE TABLE kept AS SELECT 7 AS it")
        os.kill(holder.pid, signal.SIGKILL)

    with local_servers(tmp_path / "data") as servers:
        eventually(lambda: all(gone(int(pid)) for pid in pids))
        assert fetch(servers.addresses.admin_url, "SELECT it FROM kept") == 7


def test_a_start_that_was_killed_half_way_is_begun_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "data" / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with local_servers(tmp_path / "data", valkey=False) as servers:
        assert fetch(servers.addresses.admin_url, "SELECT 1") == 1


def test_the_pid_of_somebody_else_in_a_stale_file_is_nobody_s_business(tmp_path: Path) -> None:
    with local_servers(tmp_path / "data", valkey=False):
        lines = (tmp_path / "data" / "postgres" / "postmaster.pid").read_text().splitlines()
    (tmp_path / "data" / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    with local_servers(tmp_path / "data", valkey=False) as servers:
        assert fetch(servers.addresses.admin_url, "SELECT 1") == 1


def test_folders_below_one_that_is_closed_to_others_work(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)

    with local_servers(closed / "data", valkey=False) as servers:
        assert fetch(servers.addresses.admin_url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
