"""``learnx up`` and those who attach to it, as real processes."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from learnx.entrypoints.data_folder import who_runs

LEARNX = shutil.which("learnx", path=str(Path(sys.executable).parent)) or "learnx"
WITHIN = 60


def learnx(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [LEARNX, *arguments, "--data-dir", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder.parent, timeout=WITHIN)


class Up:
    """A running ``learnx up``."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url
        self.tree = psutil.Process(process.pid).children(recursive=True)

    def named(self, command: str) -> psutil.Process:
        return next(child for child in self.tree if command in " ".join(child.cmdline()))

    def gone(self) -> bool:
        """Every process of the tree ended within a few seconds; whether somebody reaped it is not our affair."""
        deadline = time.monotonic() + 10
        while left := [child for child in self.tree if _lives(child)]:
            if time.monotonic() > deadline:
                return False
            psutil.wait_procs(left, timeout=0.1)
        return True


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def up(folder: Path) -> Iterator[Up]:
    command = [LEARNX, "up", "--port", "0", "--data-dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder.parent) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == f"data in {folder}\n"
            ready = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
            assert ready is not None
            yield Up(process, ready[1])
        finally:
            process.kill()


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as reply:
        return int(reply.status)


def test_it_serves_with_processes_that_can_be_told_apart_and_stops_with_nothing_left(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        assert status(f"{running.url}/health/ready") == 200
        for name in ("learnx serve", "learnx worker", "postgres -D", "valkey-server"):
            assert running.named(name).is_running()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert running.gone()
    assert who_runs(tmp_path / "data") is None


def test_killed_it_leaves_nothing_behind_and_starts_again(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        assert running.gone()

    with up(tmp_path / "data") as running:
        assert status(f"{running.url}/health/ready") == 200
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(10) == 0
        assert running.gone()


def test_a_child_that_dies_comes_back(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        for child in [running.named(name) for name in ("learnx serve", "valkey-server", "postgres -D")]:
            child.kill()
        deadline = time.monotonic() + WITHIN
        while not _ready(running.url):
            assert time.monotonic() < deadline, "it did not come back"
            time.sleep(0.2)
        running = Up(running.process, running.url)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
        assert running.gone()


def _ready(url: str) -> bool:
    try:
        return status(f"{url}/health/ready") == 200
    except OSError:
        return False


def test_a_folder_that_is_in_use_is_not_used_twice_but_attached_to(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        second = learnx(tmp_path / "data", "up")
        assert second.returncode == 1
        assert second.stderr.splitlines() == [
            f"learnx: learnx up already runs on {tmp_path / 'data'} at {running.url} (pid {running.process.pid})."
        ]
        assert learnx(tmp_path / "data", "migrate").returncode == 0
        checked = learnx(tmp_path / "data", "doctor")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "FAIL" not in checked.stdout


def test_a_second_api_server_can_be_run_on_the_same_folder(tmp_path: Path) -> None:
    with up(tmp_path / "data") as running:
        command = [LEARNX, "serve", "--port", "0", "--data-dir", str(tmp_path / "data")]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as second:
            try:
                assert second.stderr is not None
                url = next(found[1] for line in second.stderr if (found := re.match(r"serving (http://\S+)", line)))
                assert url != running.url
                assert status(f"{url}/health/ready") == 200
            finally:
                second.kill()


def test_a_busy_port_is_one_line_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        refused = learnx(tmp_path / "data", "up", "--port", str(port))

    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        f"learnx: Port {port} on 127.0.0.1 is taken: choose another with --port or LEARNX_PORT."
    ]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
def test_where_no_stack_runs_the_others_say_what_to_do(tmp_path: Path, command: str) -> None:
    refused = learnx(tmp_path / "data", command)

    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert "learnx up" in refused.stderr
