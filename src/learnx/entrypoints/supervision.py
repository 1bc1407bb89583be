"""Child processes that end when we end, however we end, and that come back when they die by themselves."""

import os
import platform
import pwd
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
"""Seconds: the pause before a first restart, its upper limit while it doubles, and the uptime that resets it."""

LOOK_EVERY = 0.2

#: Whose parent ended before it was bound gets no signal any more: it does not begin.
_UNLESS_ORPHANED = ("/bin/sh", "-c", 'test "$PPID" = "$0" && exec "$@"')


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``stop_signal`` asks it to end; the kernel sends ``death_signal`` when we are gone.

    ``as_nobody`` gives root away, where we have it, for servers that refuse to run as root. ``before`` runs before
    each start.
    """

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    as_nobody: bool = False
    log: Path | None = None
    stdin: bytes = b""
    environment: Mapping[str, str] | None = None
    before: Callable[[], None] | None = None


@dataclass(slots=True)
class Child:
    """A program that was started, and when (monotonic seconds). Restarting it gives it a new process."""

    program: Program
    process: "subprocess.Popen[bytes]"
    since: float = field(default_factory=time.monotonic)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def restart(self) -> None:
        self.process, self.since = _spawn(self.program), time.monotonic()


def server_user() -> pwd.struct_passwd | None:
    """Who embedded servers run as when we are root: Postgres refuses root. None: they run as we do."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def bound_command(program: Program) -> list[str]:
    """The command, wrapped so that the program is signalled when the thread that starts it ends.

    Start programs from the main thread only. The search capability lets a server without root reach its files where a
    parent folder is closed to others, so that no folder has to be opened for it.
    """
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if platform.system() == "Linux":
            raise FileNotFoundError("setpriv (util-linux) is needed to run servers here, and is not installed.")
        return list(program.command)
    wrapped = [setpriv, "--pdeathsig", program.death_signal.name.removeprefix("SIG")]
    user = server_user()
    if program.as_nobody and user is not None:
        wrapped += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        wrapped += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        wrapped += ["--securebits=+no_setuid_fixup"]  # without it access(2), which initdb asks, forgets the capability
    return [*wrapped, "--", *_UNLESS_ORPHANED, str(os.getpid()), *program.command]


def start(program: Program) -> Child:
    return Child(program, _spawn(program))


def _spawn(program: Program) -> "subprocess.Popen[bytes]":
    """In a process group of its own, so that Ctrl-C reaches us alone and we end things in order."""
    if program.before is not None:
        program.before()
    output = program.log.open("ab") if program.log is not None else None
    try:
        process = subprocess.Popen(  # noqa: S603
            bound_command(program),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            env=dict(program.environment) if program.environment is not None else None,
            process_group=0,
        )
    finally:
        if output is not None:
            output.close()
    assert process.stdin is not None
    process.stdin.write(program.stdin)
    process.stdin.close()
    return process


def stop(children: Sequence[Child], *, within: float) -> None:
    """Ask all of them to end at once; what has not ended ``within`` seconds is ended."""
    for child in children:
        if child.alive:
            child.process.send_signal(child.program.stop_signal)
    deadline = time.monotonic() + within
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.warning("child.killed", child=child.program.name, after_seconds=within)
            child.process.kill()
            child.process.wait()


def supervise(children: Sequence[Child], stopping: threading.Event) -> None:
    """Restart what dies, after a pause that doubles while it keeps dying, until ``stopping`` is set."""
    pauses: dict[str, float] = {}
    due: dict[str, float] = {}
    while not stopping.wait(LOOK_EVERY):
        now = time.monotonic()
        for child in children:
            name = child.program.name
            if name in due and now >= due[name]:
                del due[name]
                child.restart()
                log.info("child.restarted", child=name, pid=child.process.pid)
            elif name not in due and not child.alive:
                steady = now - child.since > STEADY_AFTER
                pauses[name] = FIRST_PAUSE if steady else min(2 * pauses.get(name, FIRST_PAUSE / 2), LONGEST_PAUSE)
                due[name] = now + pauses[name]
                code = child.process.returncode
                log.warning("child.died", child=name, exit_code=code, restart_in_seconds=pauses[name])
