"""Serves the application with uvicorn, and ends it well: open streams are told to go on elsewhere."""

import asyncio
import gc
import socket
import sys
from collections.abc import Callable
from types import FrameType

import structlog
import uvicorn
from prometheus_client import start_http_server

from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.http.connection import BoundedConnection
from learnx.observability import configure_logging
from learnx.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds that requests in flight have to end by themselves once the server drains.
GRACE_SECONDS = 5
BACKLOG = 2048
#: Collections of the middle generation before one of all objects, which holds every stream up for a third of a second
#: once a provider's library is loaded.
YOUNG_COLLECTIONS = 1_000
#: Seconds after which a reader that takes nothing of what was sent is cut off.
UNREAD_SECONDS = 30.0

OnReady = Callable[[str], None]


class DrainingServer(uvicorn.Server):
    """On SIGTERM or Ctrl-C it stops listening and sets ``draining``; uvicorn alone waits for streams without limit."""

    def __init__(self, config: uvicorn.Config, draining: asyncio.Event, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._draining = draining
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Not recorded for being raised again: a server that was asked to end, and did, has exit code 0."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._draining.set()


def run_server(settings: Settings, on_ready: OnReady | None = None) -> None:
    """Serve until told to stop; ``on_ready`` is called with the address once requests are accepted.

    Port 0 takes any free one. A busy one, or a failure to start: one line, and ``SystemExit`` 1.
    """
    configure_logging(settings.log_level, settings.log_format)
    with listening(settings.host, settings.port) as listener:
        host, port = listener.getsockname()[:2]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

        def started() -> None:
            gc.freeze()
            gc.set_threshold(*gc.get_threshold()[:2], YOUNG_COLLECTIONS)
            log.info("http.started", address=address)
            if on_ready:
                on_ready(address)

        app = create_app(settings)
        server = DrainingServer(server_config(app), app.state.draining, started)
        if settings.metrics_port is not None:
            start_http_server(settings.metrics_port, settings.host)
        server.run([listener])
    if not server.started:
        raise SystemExit(1)


def server_config(app: object) -> uvicorn.Config:
    """Logs, access lines and trusted headers are ours to decide on, so uvicorn's are off."""
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        loop="uvloop",
        http=BoundedConnection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def listening(host: str, port: int, *, unread_seconds: float = UNREAD_SECONDS) -> socket.socket:
    """A socket whose connections the kernel resets once their reader has taken nothing for ``unread_seconds``.

    uvicorn waits for such a reader without limit; where the kernel can't tell (it is Linux's to do), so do we.
    A busy port: one line, and ``SystemExit`` 1.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * unread_seconds))
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        print(f"learnx: can't listen on {host}:{port}: {error.strerror}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from error
    listener.set_inheritable(True)
    return listener
