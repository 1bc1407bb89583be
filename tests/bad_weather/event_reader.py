"""A reader of event streams that knows when it was cut off, and one that resumes and checks that nothing is lost."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any

#: Seconds that a reader goes on trying before its lesson counts as lost, and between two tries.
PATIENCE = 60.0
PAUSE = 0.05


class Cut(Exception):
    """The connection ended before the reply did."""


class Refused(Exception):
    """The reply was a problem, or the stream ended in an error that a reconnect does not mend."""

    def __init__(self, code: str, status: int = 200) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Event:
    """``id`` is empty where the message had none; ``data`` is as it came."""

    id: str
    data: bytes

    @property
    def place(self) -> tuple[int, int]:
        _, epoch, seq = self.id.split(".")
        return int(epoch), int(seq)

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(self.data)
        return content


@dataclass(slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    _reader: asyncio.StreamReader

    async def events(self) -> AsyncIterator[Event]:
        """To the end of the reply; ``Cut`` where that never comes."""
        rest = b""
        while piece := await self._chunk():
            *blocks, rest = (rest + piece).split(b"\n\n")
            for block in blocks:
                if not block.startswith(b":"):
                    place, _, data = block.rpartition(b"data: ")
                    yield Event(place.removeprefix(b"id: ").strip().decode(), data)

    async def problem(self) -> dict[str, Any]:
        try:
            body = await self._reader.readexactly(int(self.headers.get("content-length", "0")))
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Cut from error
        problem: dict[str, Any] = json.loads(body or "{}")
        return problem

    async def _chunk(self) -> bytes:
        try:
            size = int(await self._reader.readline() or b"cut", 16)
            return (await self._reader.readexactly(size + 2))[:-2]
        except (OSError, ValueError, asyncio.IncompleteReadError) as error:
            raise Cut from error


@asynccontextmanager
async def asked(url: str, path: str, headers: Mapping[str, str]) -> AsyncIterator[Reply]:
    """The reply to one GET on a connection of its own, closed with this context."""
    host, port = url.removeprefix("http://").split(":")
    try:
        reader, writer = await asyncio.open_connection(host, int(port), limit=2**20)
    except OSError as error:
        raise Cut from error
    try:
        lines = [f"GET /api/v1{path} HTTP/1.1", f"Host: {host}", *(f"{name}: {text}" for name, text in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Cut from error
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        yield Reply(int(head[0].split()[1]), fields, reader)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


@dataclass
class Reading:
    """What one reader has of a stream: the events since the last ``restart``, each once, in order, without a gap."""

    events: list[Event] = field(default_factory=list)
    connections: int = 0
    restarts: int = 0
    refusals: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return bool(self.events) and self.events[-1].content["type"] == "complete"

    @property
    def last_id(self) -> str:
        return self.events[-1].id if self.events else ""

    @property
    def generation(self) -> str:
        return self.last_id.partition(".")[0]

    @property
    def lesson(self) -> str:
        return str(self.events[-1].content["lessonId"])

    @property
    def text(self) -> list[tuple[str, str, str]]:
        """Id, lead and text of every sentence that stands in the end."""
        standing: dict[str, tuple[str, str, str]] = {}
        for content in (event.content for event in self.events):
            if content["type"] == "section":
                standing = {
                    name: one for name, one in standing.items() if not name.startswith(f"{content['sectionId']}.")
                }
            elif content["type"] == "sentence":
                standing[content["sentenceId"]] = (content["sentenceId"], content["lead"], content["text"])
        return list(standing.values())

    def take(self, event: Event) -> None:
        """Asserts that it is the next one."""
        content = event.content
        if content["type"] == "restart":
            self.restarts += 1
            self.events = [event]
            return
        if self.events:
            assert event.id.partition(".")[0] == self.generation, "events of two generations"
            (epoch, seq), (last_epoch, last_seq) = event.place, self.events[-1].place
            assert (epoch, seq) == (last_epoch, last_seq + 1), f"{event.id} came after {self.last_id}"
        assert not self.over, "an event after the terminal one"
        self.events.append(event)


async def read_on(reading: Reading, url: str, path: str, headers: Mapping[str, str]) -> None:
    """One connection: all that it gives. ``Cut`` where it broke off and a reconnect is due; ``Refused`` where not."""
    reading.connections += 1
    resumed = {"Last-Event-ID": reading.last_id} if reading.last_id else {}
    async with asked(url, path, {**headers, **resumed}) as reply:
        if reply.status == 204:
            assert reading.over, "204 before the terminal event"
            return
        if reply.status != 200:
            problem = await reply.problem()
            reading.refusals.append(problem.get("code", str(reply.status)))
            if reply.status == 503:
                raise Cut
            raise Refused(problem.get("code", ""), reply.status)
        async for event in reply.events():
            if event.id:
                if event.content["type"] == "error":
                    raise Refused(event.content["code"])
                reading.take(event)
            else:
                assert event.content["type"] == "error", "an event without id"
                assert event.content["retryable"], "not retryable, and without id"
                reading.refusals.append(event.content["code"])
                raise Cut
    assert reading.over, "a silent end"


async def read_whole(
    urls: Sequence[str], path: str, headers: Mapping[str, str], reading: Reading | None = None
) -> Reading:
    """To ``complete``, at the next of ``urls`` after each cut, as a plain client reconnects."""
    reading = reading or Reading()
    async with asyncio.timeout(PATIENCE):
        for url in cycle(urls):
            read = reading.last_id
            try:
                await read_on(reading, url, path, headers)
            except Cut:
                if reading.last_id == read:
                    await asyncio.sleep(PAUSE)
                continue
            return reading
    raise AssertionError("never reached")
