"""Children come back when they die, and go when they are told to or we are gone."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from learnx.entrypoints.supervision import Program, bound_command, server_user, start, stop, supervise

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
)
PARENT = f"""
import sys, time
from learnx.entrypoints.supervision import Program, start
print(start(Program("child", {SLEEPER!r})).process.pid, flush=True)
time.sleep(600)
"""


def test_a_child_that_died_is_started_again() -> None:
    child, stopping = start(Program("child", SLEEPER)), threading.Event()
    first = child.process.pid

    def kill_and_wait() -> None:
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while child.process.pid == first and time.monotonic() < deadline:
            time.sleep(0.05)
        stopping.set()

    killer = threading.Thread(target=kill_and_wait)
    killer.start()
    try:
        supervise([child], stopping)
        assert child.process.pid != first
        assert child.alive
    finally:
        killer.join()
        stop([child], within=5)


def test_what_does_not_end_when_asked_is_ended(tmp_path: Path) -> None:
    child = start(Program("child", STUBBORN, log=tmp_path / "log"))
    while "deaf" not in (tmp_path / "log").read_text():
        time.sleep(0.02)

    stop([child], within=0.2)

    assert child.process.returncode == -signal.SIGKILL


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        os.kill(parent.pid, signal.SIGKILL)
    psutil.wait_procs([child], timeout=20)

    try:
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    finally:
        if child.is_running():
            child.kill()


def test_a_child_whose_parent_is_gone_before_it_is_bound_does_not_begin() -> None:
    another_parent = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
    orphan = bound_command(Program("orphan", ("/bin/sh", "-c", "echo began")))

    ended = subprocess.run([sys.executable, "-c", another_parent, *orphan], capture_output=True, text=True)

    assert (ended.returncode, ended.stdout) == (1, "")
    assert subprocess.check_output(orphan, text=True) == "began\n"


def test_ctrl_c_in_the_terminal_reaches_us_and_not_the_child() -> None:
    child = start(Program("child", SLEEPER))
    try:
        assert os.getpgid(child.process.pid) != os.getpgid(0)
    finally:
        stop([child], within=5)


def test_a_server_without_root_reaches_its_files_below_a_closed_folder(tmp_path: Path) -> None:
    program = tmp_path / "closed" / "program"
    program.parent.mkdir(mode=0o700)
    program.write_text("#!/bin/sh\ntest -x $0 && id -u\n")
    program.chmod(0o755)

    shown = subprocess.check_output(bound_command(Program("program", (str(program),), as_nobody=True)), text=True)

    user = server_user()
    assert int(shown) == (user.pw_uid if user else os.geteuid())
