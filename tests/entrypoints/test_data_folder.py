"""One owner a folder, whom the others can find."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from learnx.entrypoints.data_folder import FolderInUse, NothingRuns, Running, attached, hold, who_runs
from learnx.entrypoints.local_stack import Addresses
from learnx.settings import Secret, Settings

ADDRESSES = Addresses(
    admin_url="postgresql://o@h/d",
    database_url="postgresql://a@h/d",
    worker_url="postgresql://w@h/d",
    redis_url="redis://h",
)
HOLDER = """
import sys, time
from pathlib import Path
from learnx.entrypoints.data_folder import hold
with hold(Path(sys.argv[1]), "up"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_owner_is_told_where_the_first_one_runs(tmp_path: Path) -> None:
    with hold(tmp_path, "up") as held:
        held.announce(Running(os.getpid(), "up", "http://127.0.0.1:8000", ADDRESSES))
        with (
            pytest.raises(FolderInUse, match=f"on {tmp_path} at http://127.0.0.1:8000 .pid {os.getpid()}."),
            hold(tmp_path, "up"),
        ):
            pass


def test_a_folder_is_free_again_when_its_owner_has_let_go(tmp_path: Path) -> None:
    with hold(tmp_path, "up"):
        assert who_runs(tmp_path) is not None
    assert who_runs(tmp_path) is None
    with hold(tmp_path, "up"):
        pass


def test_what_a_killed_owner_left_is_not_in_the_way(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        running = who_runs(tmp_path)
        assert running is not None
        assert running.pid == holder.pid
        os.kill(holder.pid, signal.SIGKILL)

    assert who_runs(tmp_path) is None
    with hold(tmp_path, "up"):
        pass


def test_those_who_attach_get_what_they_leave_embedded(tmp_path: Path) -> None:
    own = Settings(data_dir=tmp_path, redis_url=Secret("redis://mine"))
    with hold(tmp_path, "up") as held:
        held.announce(Running(os.getpid(), "up", None, ADDRESSES))
        settings = attached(own)

    assert settings.database_url == Secret("postgresql://a@h/d")
    assert settings.worker_url == Secret("postgresql://w@h/d")
    assert settings.admin_url == Secret("postgresql://o@h/d")
    assert settings.redis_url == Secret("redis://mine")


def test_attaching_to_nothing_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingRuns, match="learnx up"):
        attached(Settings(data_dir=tmp_path / "missing"))

    given = Settings(data_dir=tmp_path, database_url=Secret("postgresql://a@h/d"), redis_url=Secret("redis://h"))
    assert attached(given) == given


def test_the_lock_which_holds_passwords_is_ours_alone(tmp_path: Path) -> None:
    with hold(tmp_path / "data", "up"):
        assert stat.S_IMODE((tmp_path / "data" / "lock").stat().st_mode) == 0o600
