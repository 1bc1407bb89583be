"""What waits to be sent to one reader of a stream."""

import asyncio

#: Events that may wait for a slow reader before its place in the source waits, too.
BUFFERED = 64

Message = tuple[bytes, bool]
"""What is sent, and whether nothing follows it."""


class SendBuffer:
    """Some ``BUFFERED`` messages. A queue of the library's is many times as large, and each of many readers has one."""

    __slots__ = ("_messages", "_room", "_something", "left")

    def __init__(self) -> None:
        #: Whether nobody reads any longer.
        self.left = False
        self._messages: list[Message] = []
        self._something: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None

    async def put(self, message: Message) -> None:
        """Waits where as many wait already as may."""
        while len(self._messages) >= BUFFERED:
            self._room = asyncio.get_running_loop().create_future()
            await self._room
        self._messages.append(message)
        _resolve(self._something)

    async def waited(self, seconds: float) -> bool:
        """Whether there was something, or the reader left, within so many seconds."""
        if not self._messages and not self.left:
            loop = asyncio.get_running_loop()
            self._something = loop.create_future()
            timer = loop.call_later(seconds, _resolve, self._something)
            try:
                await self._something
            finally:
                timer.cancel()
                self._something = None
        return bool(self._messages) or self.left

    def take(self) -> Message:
        """All that waits, in one piece, up to the terminal one."""
        messages, self._messages = self._messages, []
        _resolve(self._room)
        ends = next((place for place, (_, over) in enumerate(messages, 1) if over), None)
        return b"".join(piece for piece, _ in messages[:ends]), ends is not None

    def leave(self) -> None:
        self.left = True
        _resolve(self._something)


def _resolve(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)
