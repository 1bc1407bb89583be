"""Takes from a process what a parser of hostile documents must not have: memory, time, files, network, an afterlife."""

import ctypes
import math
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

from learnx.adapters.extraction.system_calls import forbid_system_calls

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_OPEN_FILES = 64
#: Of its user, other processes and threads included; root is not bound by it.
_PROCESSES = 512

_libc = ctypes.CDLL(None, use_errno=True)


def leave_network() -> bool:
    """Moves into an empty network namespace, for which an unprivileged process needs user namespaces; False where the
    kernel or the container forbids it, and the network must be closed from outside."""
    return any(_libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def confine(memory_bytes: int, cpu_seconds: float) -> None:
    """For good: own session, dies with its parent, no new privileges, no core, no writing of files, few open ones, no
    programs, no sockets, ``memory_bytes`` of address space more than it has now."""
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    memory = _mapped_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NPROC, (_PROCESSES, _PROCESSES))
    limit_cpu(cpu_seconds)
    forbid_system_calls()


def limit_cpu(seconds: float) -> None:
    """Only a second line of defence: the parent watches the clock. SIGXCPU ends the process."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds) + 1, hard))


def prefer_for_oom() -> None:
    """Where the machine itself runs out of memory, this process goes first, and not its parent."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _mapped_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
