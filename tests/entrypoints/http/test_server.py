"""The process behind ``learnx serve``: it finds its port, says so, and ends when told to."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.conftest import DatabaseUrls

from learnx.entrypoints.http.server import listening

RUN = """
import sys
from pathlib import Path
from learnx.entrypoints.http.server import run_server
from learnx.settings import Secret, Settings
database, redis, folder, port = sys.argv[1:]
settings = Settings(database_url=Secret(database), redis_url=Secret(redis), data_dir=Path(folder), port=int(port))
run_server(settings, lambda address: print(address, flush=True))
"""


@pytest.fixture
def command(database_urls: DatabaseUrls, redis_url: str, tmp_path: Path) -> list[str]:
    return [sys.executable, "-c", RUN, database_urls.app, redis_url, str(tmp_path)]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_port_0_is_any_free_one_and_a_signal_ends_it_with_0(command: list[str], stop: signal.Signals) -> None:
    with subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = next(line for line in process.stdout if line.startswith("http://")).strip()
            assert httpx.get(f"{address}/health/ready").json()["ready"] is True
            process.send_signal(stop)
            assert process.wait(30) == 0
        finally:
            process.kill()


def test_a_busy_port_is_one_line_and_exit_1(command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run([*command, str(port)], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [f"learnx: can't listen on 127.0.0.1:{port}: Address already in use"]


def test_importing_the_server_loads_no_language_model_vendor() -> None:
    code = "import sys, learnx.entrypoints.http.server; print([m for m in ('litellm', 'openai') if m in sys.modules])"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"PYTHONWARNINGS": ""},
    )
    assert ended.stdout.strip() == "[]", ended.stderr


def test_its_listener_has_the_kernel_reset_connections_that_nobody_reads() -> None:
    with listening("127.0.0.1", 0) as listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
