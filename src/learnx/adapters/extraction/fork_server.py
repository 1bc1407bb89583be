"""A small, warm process that forks one confined child a document, so that a child starts in a millisecond and shares
no socket, secret or thread with the worker. It ends when the worker does."""

import gc
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass
from typing import NoReturn

import msgspec

from learnx.adapters.extraction import child, confinement
from learnx.adapters.extraction.messages import Exited, Order, send

MAX_ORDER_BYTES = 64 * 1024


@dataclass(slots=True)
class _Running:
    pid: int
    pidfd: int
    connection: socket.socket


class ForkServer:
    """``control`` is a SEQPACKET socket: each order is one packet, with the document and the child's socket.

    The worker cancels a child by closing its end of that child's socket.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._running: dict[int, _Running] = {}

    def serve(self) -> None:
        self._selector.register(self._control, selectors.EVENT_READ, None)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    if not self._accept():
                        return self._end_all()
                elif key.data.pid not in self._running:
                    continue
                elif key.fd == key.data.pidfd:
                    self._reap(key.data)
                else:
                    self._hang_up(key.data)

    def _accept(self) -> bool:
        """False when the worker has gone."""
        packet, descriptors, _, _ = socket.recv_fds(self._control, MAX_ORDER_BYTES, 2)
        if not packet:
            return False
        document, connection = descriptors[0], socket.socket(fileno=descriptors[1])
        order = msgspec.msgpack.decode(packet, type=Order)
        pid = os.fork()
        if pid == 0:
            self._become_child(document, connection, order)
        os.close(document)
        running = _Running(pid, os.pidfd_open(pid), connection)
        self._running[pid] = running
        self._selector.register(running.pidfd, selectors.EVENT_READ, running)
        self._selector.register(connection, selectors.EVENT_READ, running)
        return True

    def _become_child(self, document: int, connection: socket.socket, order: Order) -> NoReturn:
        code = 1
        try:
            self._control.close()
            self._selector.close()
            for other in self._running.values():
                other.connection.close()
                os.close(other.pidfd)
            child.run(document, connection, order)
            code = 0
        finally:
            os._exit(code)

    def _reap(self, running: _Running) -> None:
        _, status = os.waitpid(running.pid, 0)
        self._selector.unregister(running.pidfd)
        if running.connection in self._selector.get_map():
            self._selector.unregister(running.connection)
        os.close(running.pidfd)
        del self._running[running.pid]
        try:
            send(running.connection, Exited(exit_code=os.waitstatus_to_exitcode(status)))
        except OSError:
            pass  # the worker no longer listens
        finally:
            running.connection.close()

    def _hang_up(self, running: _Running) -> None:
        """The worker wants this child no more: nothing else is ever sent in this direction."""
        self._selector.unregister(running.connection)
        _kill(running.pid)

    def _end_all(self) -> None:
        for pid in self._running:
            _kill(pid)


def _kill(pid: int) -> None:
    """The child is not reaped yet, so its id can't be another's; it leads a group once it has confined itself."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(pid, signal.SIGKILL)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the worker decides when we end
    sys.dont_write_bytecode = True
    confinement.leave_network()
    confinement.prefer_for_oom()
    child.warm_up()
    gc.disable()  # a child is short-lived; what it shares with us stays shared
    gc.freeze()
    ForkServer(socket.socket(fileno=int(sys.argv[1]))).serve()


if __name__ == "__main__":
    main()
