"""Forbids what a parser of documents never asks a kernel for: sockets, processes, changes to files, other processes.

A filter of seccomp, as of ``man 2 seccomp``. It holds where a namespace or a limit can't be had, and for root, too.
"""

import ctypes
import os
import platform
import struct
from typing import NamedTuple

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
#: Operations of the filter's machine: load a word, compare with a constant (equal, or any bit of it), return.
_LOAD, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
#: Where its input has the number of the call, the architecture, and the lower half of argument ``n``.
_NUMBER, _ARCHITECTURE = 0, 4
_CLONE_THREAD = 0x00010000
_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

#: What is forbidden, with its number on x86-64 and on AArch64, which has no call of the older kind.
_FORBIDDEN: dict[str, tuple[int, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "bind": (49, 200),
    "listen": (50, 201),
    "socketpair": (53, 199),
    "vfork": (58, None),
    "setpgid": (109, 154),
    "setsid": (112, 157),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "creat": (85, None),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "link": (86, None),
    "linkat": (265, 37),
    "symlink": (88, None),
    "symlinkat": (266, 36),
    "mknod": (133, None),
    "mknodat": (259, 33),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "mount": (165, 40),
    "umount2": (166, 39),
    "setns": (308, 268),
    "unshare": (272, 97),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
}


class _Machine(NamedTuple):
    """``place`` is that of its numbers in the table; ``opening`` are the calls that open files, with the place of their
    flags among the arguments."""

    architecture: int
    place: int
    fork: int | None
    clone: int
    tgkill: int
    opening: tuple[tuple[int, int], ...]


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0, 57, 56, 234, ((2, 1), (257, 2))),
    "aarch64": _Machine(0xC00000B7, 1, None, 220, 131, ((56, 2),)),
}
#: The same numbers everywhere: ``io_uring_setup``, ``clone3``, ``openat2``. Who asks for these has another way.
_NOT_THERE = (425, 435, 437)
#: Numbers from here on are another ABI's of the same machine, with numbers of its own.
_OTHER_ABI = 0x40000000

_confined = set[int]()


def forbid_system_calls() -> bool:
    """For good, in this process and its children. False where this kernel or machine has no such filters.

    Needs ``PR_SET_NO_NEW_PRIVS``. It may still fork, within its group, until ``forbid_processes``. A signal can be sent
    to ourselves, which is how a program aborts.
    """
    machine = _MACHINES.get(platform.machine())
    held = machine is not None and _install(_program(machine, os.getpid()))
    if held:
        _confined.add(os.getpid())
    return held


def forbid_processes() -> None:
    """From here on it is alone, but for threads. Nothing where ``forbid_system_calls`` was not called before."""
    machine = _MACHINES.get(platform.machine())
    if machine is not None and _confined:
        fork = [] if machine.fork is None else [_step(_EQUAL, machine.fork, otherwise=1), _refuse(_EPERM)]
        alone = _where(machine.clone, _argument(0), [_step(_ANY_BIT, _CLONE_THREAD, then=1), _refuse(_EPERM)])
        _install([_step(_LOAD, _NUMBER), *fork, *alone, _step(_RETURN, _ALLOW)])


def _install(program: list[bytes]) -> bool:
    code = ctypes.create_string_buffer(b"".join(program), 8 * len(program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    buffer = ctypes.create_string_buffer(header, len(header))
    return bool(ctypes.CDLL(None).prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, buffer) == 0)


def _program(machine: _Machine, pid: int) -> list[bytes]:
    forbidden = [numbers[machine.place] for numbers in _FORBIDDEN.values()]
    program = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, machine.architecture, otherwise=2),
        _step(_LOAD, _NUMBER),
        _step(_ANY_BIT, _OTHER_ABI, otherwise=1),
        _refuse(_EPERM),
    ]
    for number in _NOT_THERE:
        program += [_step(_EQUAL, number, otherwise=1), _refuse(_ENOSYS)]
    for number in filter(None, forbidden):
        program += [_step(_EQUAL, number, otherwise=1), _refuse(_EPERM)]
    for number, flags in machine.opening:
        program += _where(number, _argument(flags), [_step(_ANY_BIT, _CHANGES, otherwise=1), _refuse(_EPERM)])
    program += _where(machine.tgkill, _argument(0), [_step(_EQUAL, pid, then=1), _refuse(_EPERM)])
    return [*program, _step(_RETURN, _ALLOW)]


def _where(number: int, argument: int, steps: list[bytes]) -> list[bytes]:
    """Of this call, look at that argument; then it is allowed."""
    inner = [_step(_LOAD, argument), *steps, _step(_RETURN, _ALLOW)]
    return [_step(_EQUAL, number, otherwise=len(inner)), *inner]


def _refuse(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def _argument(place: int) -> int:
    return 16 + 8 * place


def _step(operation: int, constant: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; ``then`` and ``otherwise`` are how many are left out."""
    return struct.pack("=HBBI", operation, then, otherwise, constant)
