"""Each limit of the child that reads a document, as a child that tries to break it finds it."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

MEGABYTE = 1024 * 1024

#: Confined as the child of a document is, but that it may have kept the network.
CONFINED = """
import ctypes, os, resource, signal, socket, sys, threading, time
from learnx.adapters.extraction import confinement
from learnx.adapters.extraction.system_calls import forbid_processes
folder, port, leave = sys.argv[1:]
inherited = os.open(os.path.join(folder, "inherited"), os.O_RDWR)
held = socket.socket()
if leave == "leave":
    confinement.leave_network()
confinement.confine(64 * 1024 * 1024, 0.0)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("inherited", "kept"):
        (tmp_path / name).write_text("as it was")
    return tmp_path


def ended(folder: Path, attempt: str, *, port: int = 0, leave: bool = False) -> subprocess.CompletedProcess[str]:
    """How a confined process ends that does this."""
    script = CONFINED + attempt + '\nprint("unhindered", flush=True)\n'
    command = [sys.executable, "-c", script, str(folder), str(port), "leave" if leave else "stay"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


ATTEMPTS = {
    "allocates": ("bytearray(128 * 1024 * 1024)", "MemoryError"),
    "opens many": ("kept = [open('/dev/null') for _ in range(100)]", "Too many open files"),
    "writes into what it inherited": ("os.write(inherited, b'x' * 10)", "File too large"),
    "writes a file": ("open(os.path.join(folder, 'kept'), 'w')", "Operation not permitted"),
    "appends": ("open(os.path.join(folder, 'kept'), 'a')", "Operation not permitted"),
    "makes a file": ("open(os.path.join(folder, 'new'), 'x')", "Operation not permitted"),
    "deletes": ("os.unlink(os.path.join(folder, 'kept'))", "Operation not permitted"),
    "renames": ("os.rename(os.path.join(folder, 'kept'), os.path.join(folder, 'new'))", "Operation not permitted"),
    "truncates": ("os.truncate(os.path.join(folder, 'kept'), 0)", "Operation not permitted"),
    "makes a folder": ("os.mkdir(os.path.join(folder, 'new'))", "Operation not permitted"),
    "links": ("os.symlink('/etc/passwd', os.path.join(folder, 'new'))", "Operation not permitted"),
    "opens it to all": ("os.chmod(os.path.join(folder, 'kept'), 0o777)", "Operation not permitted"),
    "forks": ("forbid_processes(); os.fork()", "Operation not permitted"),
    "forks out of its group": ("os.setpgid(0, os.getppid())", "Operation not permitted"),
    "begins a session of its own": (
        "sys.exit(os.waitstatus_to_exitcode(os.wait()[1])) if os.fork() else os.setsid()",
        "Operation not permitted",
    ),
    "runs a program": ("os.execv('/bin/true', ['true'])", "Operation not permitted"),
    "runs a program beside it": ("os.posix_spawn('/bin/true', ['true'], {})", "Operation not permitted"),
    "kills its parent": ("os.kill(os.getppid(), 9)", "Operation not permitted"),
    "kills its group": ("os.killpg(os.getpgid(os.getppid()), 9)", "Operation not permitted"),
    "opens a socket": ("socket.socket()", "Operation not permitted"),
    "opens a socket of this machine": ("socket.socket(socket.AF_UNIX)", "Operation not permitted"),
    "connects what it inherited": ("held.connect(('127.0.0.1', int(port)))", "Operation not permitted"),
    "looks a name up": ("socket.getaddrinfo('localhost.example', 80)", "error"),
    "raises its limits": (
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); kept = [open('/dev/null') for _ in range(100)]",
        "Too many open files",
    ),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_child_that_tries_to(folder: Path, attempt: str) -> None:
    code, told = ATTEMPTS[attempt]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = ended(folder, code, port=listener.getsockname()[1])
    assert "unhindered" not in process.stdout
    assert process.returncode != 0 and told in process.stderr, process.stderr
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"inherited": "as it was", "kept": "as it was"}


def test_a_child_that_computes_for_ever_is_ended(folder: Path) -> None:
    assert ended(folder, "while True: pass").returncode == -24  # SIGXCPU


def test_a_child_has_no_network_but_its_own(folder: Path) -> None:
    """Where the kernel allows it; where not, sockets are forbidden all the same, as above."""
    process = ended(folder, "print(os.listdir('/sys/class/net') and socket.if_nameindex(), flush=True)", leave=True)
    assert "eth" not in process.stdout


def test_a_child_leads_a_session_reads_and_may_have_threads_and_abort(folder: Path) -> None:
    process = ended(
        folder,
        "assert os.getsid(0) == os.getpid() == os.getpgid(0)\n"
        "assert open(os.path.join(folder, 'kept')).read() == 'as it was'\n"
        "forbid_processes()\n"
        "thread = threading.Thread(target=lambda: print('in a thread', flush=True)); thread.start(); thread.join()\n"
        "assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "os.abort()",
    )
    assert process.stdout == "in a thread\n", process.stderr
    assert process.returncode == -6
