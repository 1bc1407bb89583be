"""What may happen to readers of lessons, and what must be true all the same; how much of it is the caller's to say."""

import asyncio
import re
import signal
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import Literal

from tests.bad_weather.cutting_proxy import Breaking, cutting_proxy
from tests.bad_weather.event_reader import Cut, Reading, Refused, asked, read_on, read_whole
from tests.bad_weather.service import Reader, Service, eventually
from tests.fakes.grounded_reply import grounded_reply
from tests.fakes.model_server import Script

from learnx.application.generation_writing import REPLY_TOKENS

#: What a million tokens cost here, in US dollars, and what a day may cost at most: three lessons of the longest kind.
PRICES = {"LEARNX_LLM_PRICES": "openai/x=0/100"}
THREE_LESSONS = {"LEARNX_SERVICE_BUDGET_PER_DAY": str(3.5 * REPLY_TOKENS * 100 / 1e6)}

MEMORY_MB = 20
BASELINE_WITHIN = 35.0


def long_reply(prompt: str) -> str:
    """Much to say about little: one event for every sentence at least, and many of them."""
    written = grounded_reply(prompt)
    remarks = " ".join(f"Let's take step {number} slowly." for number in range(1, 13))
    return re.sub(r"\n\n(?=##|\Z)", f" {remarks}\n\n", written + "\n\n")


def usage_of(completion_tokens: int) -> dict[str, int]:
    return {"prompt_tokens": 1, "completion_tokens": completion_tokens, "total_tokens": 1 + completion_tokens}


def slow(seconds: float) -> Script:
    """A long lesson that takes about so long to write."""
    return Script(reply=long_reply, chunk_characters=40, token_delay=seconds / 200)


async def first_events(reader: Reader, path: str, count: int, url: str | None = None) -> Reading:
    """A reading that was left after so many events."""
    reading = Reading()
    async with cutting_proxy(url or reader.service.urls[0], Breaking(count, "fin")) as proxy:
        try:
            await read_on(reading, proxy, path, reader.headers)
        except Cut:
            return reading
    raise AssertionError("it was over before it was cut")


async def cut_at_every_event(service: Service, *, least: int) -> int:
    """A reader for each event, cut off there, by turns with FIN and RST, before the next or in the middle of it; it
    goes on at the other server. How many events there were."""
    service.model.script = slow(6)
    async with service.reader() as reader:
        path = reader.path
        asking = asyncio.create_task(read_whole(service.urls, path, reader.headers))
        whole = await read_whole(service.urls[::-1], path, reader.headers)
        assert [event.id for event in (await asking).events] == [event.id for event in whole.events]
        events = len(whole.events)
        assert events >= least, f"only {events} events"

        follow = f"/ai/generations/{whole.generation}/events"
        async with asyncio.TaskGroup() as group:
            cuts = [group.create_task(_cut_once(reader, follow, place)) for place in range(1, events)]
        for reading in (cut.result() for cut in cuts):
            assert reading.connections >= 2, "it was not cut"
            assert reading.events == whole.events
        assert await reader.stored(whole.lesson) == whole.text
    return events


async def _cut_once(reader: Reader, path: str, place: int) -> Reading:
    urls = reader.service.urls
    here, there = urls[place % len(urls)], urls[(place + 1) % len(urls)]
    breaking = Breaking(place, "rst" if place // 2 % 2 else "fin", extra_bytes=place % 3 * 20)
    reading = Reading()
    async with cutting_proxy(here, breaking) as proxy:
        with suppress(Cut):
            await read_on(reading, proxy, path, reader.headers)
    return await read_whole([there, here], path, reader.headers, reading)


async def cut_all_the_way(service: Service) -> Reading:
    """One reader of a lesson that is being written, cut off after every other event of it."""
    service.model.script = slow(6)
    async with service.reader() as reader, AsyncExitStack() as stack:
        path = reader.path
        proxies = [
            await stack.enter_async_context(cutting_proxy(url, Breaking(2, how)))
            for how in ("fin", "rst")
            for url in service.urls
        ]
        cut = asyncio.create_task(read_whole(proxies, path, reader.headers))
        whole = await read_whole(service.urls, path, reader.headers)
        reading = await cut
        assert reading.events[-1] == whole.events[-1]
        assert reading.text == whole.text == await reader.stored(whole.lesson)
        return reading


async def crowd(service: Service, *, readers: int) -> None:
    """All ask for the same lesson at once, at both servers: it is written, and paid, once."""
    service.model.script = slow(2)
    async with service.reader() as reader:
        path, before, ledger = reader.path, service.calls, await service.sql("SELECT count(*) FROM model_calls")
        async with asyncio.TaskGroup() as group:
            readings = [
                group.create_task(read_whole(service.urls[number % 2 :], path, reader.headers))
                for number in range(readers)
            ]
        lessons = [reading.result() for reading in readings]
        assert service.calls == before + 1
        assert len({lesson.lesson for lesson in lessons}) == 1
        assert all(lesson.text == lessons[0].text for lesson in lessons)
        assert lessons[0].text == await reader.stored(lessons[0].lesson)
        assert await service.sql("SELECT count(*) FROM model_calls") == ledger + 1


async def writer_killed(service: Service, *, after: int) -> int:
    """The API process that writes is killed after so many events; all who read end with a whole lesson, paid once.

    The upstream calls that it took.
    """
    service.model.script = slow(6)
    async with service.reader() as reader:
        path, before = reader.path, service.calls
        writer, other = service.apis
        started = await first_events(reader, path, after, writer.url)
        here, there = Reading(), Reading()
        reading = [
            asyncio.create_task(read_whole([url, other.url], path, reader.headers, copy))
            for url, copy in [(writer.url, started), (writer.url, here), (other.url, there)]
        ]
        await eventually(lambda: here.events and there.events, 10, "readers at both servers")
        assert service.model.answering == 1, "it is not being written any more"
        writer.kill()
        try:
            lessons = await asyncio.gather(*reading)
        finally:
            await writer.restart()
        kept = await reader.stored(lessons[0].lesson)
        assert kept
        assert all(lesson.text == kept for lesson in lessons)
        assert service.calls - before <= 2
        generation = lessons[0].generation
        assert await service.sql(f"SELECT count(*) FROM lessons WHERE generation_id = '{generation}'") == 1
        settled = f"SELECT count(*) FROM charges WHERE generation_id = '{generation}' AND spent_usd IS NOT NULL"
        assert await service.sql(settled) == 1
        return service.calls - before


async def rude_clients(service: Service, *, resets: int, silent: int) -> dict[str, float]:
    """Some reset their connections while they are answered, some never read: nothing of them is left.

    Seconds until that was so, and the memory that the process grew by, in MB.
    """
    service.model.script = slow(60)
    async with service.reader() as reader:
        api = service.apis[0]
        path = reader.path
        resting = await first_events(reader, path, 2)
        # The pool of connections to Postgres is as full as many readers make it before it is looked at.
        await asyncio.gather(*(_reset_in_the_middle(api.url, path, reader) for _ in range(50)))
        await eventually(lambda: api.connections() == 0, 10, "connections before")
        connections = await _database_connections(service)
        memory = api.process.memory_info().rss
        await asyncio.gather(*(_reset_in_the_middle(api.url, path, reader) for _ in range(resets)))
        async with AsyncExitStack() as stack:
            for _ in range(silent):
                await stack.enter_async_context(_silent(api.url, path, reader))
            before = asyncio.get_running_loop().time()
            stopped = await reader.learner("DELETE", f"/ai/generations/{resting.generation}")
            assert stopped.status_code == 204
            await eventually(lambda: api.connections() == 0, BASELINE_WITHIN, "open connections")
            took = asyncio.get_running_loop().time() - before

        async def at_baseline() -> bool:
            return await _database_connections(service) <= connections

        await eventually(at_baseline, BASELINE_WITHIN, "connections of Postgres")
        await eventually(lambda: service.model.answering == 0, 5, "upstream calls")
        grown = (api.process.memory_info().rss - memory) / 1e6
        assert grown <= MEMORY_MB, f"{grown:.1f} MB more"
        return {"seconds": took, "grown": grown}


async def _database_connections(service: Service) -> int:
    count: int = await service.sql("SELECT count(*) FROM pg_stat_activity WHERE usename = 'learnx_app'")
    return count


async def _reset_in_the_middle(url: str, path: str, reader: Reader) -> None:
    async with _silent(url, path, reader) as connection:
        await asyncio.get_running_loop().sock_recv(connection, 16)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@asynccontextmanager
async def _silent(url: str, path: str, reader: Reader):  # type: ignore[no-untyped-def]
    host, port = url.removeprefix("http://").split(":")
    headers = "".join(f"{name}: {text}\r\n" for name, text in reader.headers.items())
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (host, int(port)))
        await loop.sock_sendall(connection, f"GET /api/v1{path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode())
        yield connection


async def budget_for_three(service: Service, *, requests: int) -> None:
    """The service was started with a budget for three lessons and something, of which each uses up what was reserved
    for it: no more are begun."""
    service.model.script = replace(slow(2), usage=usage_of(REPLY_TOKENS))
    async with service.reader() as reader:
        before = service.calls
        outcomes = await asyncio.gather(
            *(read_whole(service.urls[number % 2 :], reader.path, reader.headers) for number in range(requests)),
            return_exceptions=True,
        )
        whole = [one for one in outcomes if isinstance(one, Reading)]
        refused = [one for one in outcomes if isinstance(one, Refused)]
        assert len(whole) + len(refused) == requests, [one for one in outcomes if one not in whole + refused]
        assert 1 <= len(whole) <= 3
        assert service.calls - before <= 3
        assert {one.status for one in refused} <= {402, 429}


async def provider_dead(service: Service, *, seconds: float, cool_down: float) -> None:
    """Its failures open the breaker: requests are then refused at once; when it is back, the breaker closes."""
    service.model.script = Script(status=500)
    loop = asyncio.get_running_loop()
    async with service.reader() as reader:
        until = loop.time() + seconds
        slowest_of_late = 0.0
        while (began := loop.time()) < until:
            try:
                await read_whole(service.urls[:1], reader.path, reader.headers)
                raise AssertionError("a lesson without a provider")
            except Refused as refused:
                assert refused.code == "PROVIDER_ERROR"
            if began > until - seconds / 2:
                slowest_of_late = max(slowest_of_late, loop.time() - began)
        assert slowest_of_late < 2, f"refused only after {slowest_of_late:.1f} s"
        calls = service.calls
        service.model.script = Script()
        deadline = loop.time() + 3 * cool_down + 5
        while True:
            try:
                assert (await read_whole(service.urls[:1], reader.path, reader.headers)).over
                break
            except Refused:
                assert loop.time() < deadline, "the breaker never closed"
                await asyncio.sleep(0.2)
        assert service.calls > calls


async def strangers(service: Service) -> None:
    """Another user's generation, lesson and last event are answered as if they did not exist."""
    service.model.script = slow(3)
    async with service.reader() as reader, service.reader() as eve:
        path = reader.path
        begun = await first_events(reader, path, 5)

        async def refused(wanted: str, **headers: str) -> None:
            for url in service.urls:
                async with asked(url, wanted, eve.headers | headers) as reply:
                    assert reply.status == 404, wanted

        lesson = begun.events[0].content["lessonId"]
        follow = f"/ai/generations/{begun.generation}/events"
        whole = asyncio.create_task(read_whole(service.urls, path, reader.headers, begun))
        for _ in range(2):
            await refused(follow)
            await refused(f"/ai/generations/{begun.generation}")
            await refused(f"/lessons/{lesson}")
            await refused(path, **{"Last-Event-ID": begun.events[1].id})
            await refused(eve.path, **{"Last-Event-ID": begun.events[1].id})
            await refused(follow, **{"Last-Event-ID": begun.events[1].id})
            assert (await eve.learner("DELETE", f"/ai/generations/{begun.generation}")).status_code == 404
            assert (await eve.learner.made("GET", "/ai/generations"))["items"] == []
            await whole
        assert whole.result().over


Fault = Literal["killed", "flushed", "stopped", "out of memory", "Postgres restarted"]


async def server_away(service: Service, fault: Fault, *, stopped_for: float) -> None:
    """In the middle of a lesson that readers at both servers follow: all of them end with the same whole lesson."""
    service.model.script = slow(6)
    async with service.reader() as reader:
        path, before = reader.path, service.calls
        started = await first_events(reader, path, 10)
        here, there = Reading(), Reading()
        readings = [
            asyncio.create_task(read_whole(urls, path, reader.headers, reading))
            for urls, reading in [(service.urls, started), (service.urls, here), (service.urls[::-1], there)]
        ]
        await eventually(lambda: here.events and there.events, 10, "readers at both servers")
        assert service.model.answering == 1, "it is not being written any more"
        await FAULTS[fault](service, stopped_for)
        lessons = await asyncio.gather(*readings)
        kept = await reader.stored(lessons[0].lesson)
        assert kept
        assert all(lesson.text == kept for lesson in lessons)
        assert service.calls == before + 1, "it was written more than once"
        again = await read_whole(service.urls, f"/ai/generations/{lessons[0].generation}/events", reader.headers)
        assert again.text == kept


async def _killed(service: Service, seconds: float) -> None:
    valkey = service.server("valkey")
    valkey.process.kill()
    valkey.process.wait()
    await asyncio.sleep(min(seconds, 1.0))
    valkey.restart()


async def _flushed(service: Service, seconds: float) -> None:
    async with service.redis() as redis:
        await redis.flushall()


async def _stopped(service: Service, seconds: float) -> None:
    process = service.server("valkey").process
    process.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        process.send_signal(signal.SIGCONT)


async def _out_of_memory(service: Service, seconds: float) -> None:
    async with service.redis() as redis:
        await redis.config_set("maxmemory", "1")
        try:
            await asyncio.sleep(seconds)
        finally:
            await redis.config_set("maxmemory", "0")


async def _postgres_restarted(service: Service, seconds: float) -> None:
    postgres = service.server("postgres")
    postgres.process.send_signal(signal.SIGINT)
    await asyncio.to_thread(postgres.process.wait)
    postgres.restart()


FAULTS: dict[Fault, Callable[[Service, float], Awaitable[None]]] = {
    "killed": _killed,
    "flushed": _flushed,
    "stopped": _stopped,
    "out of memory": _out_of_memory,
    "Postgres restarted": _postgres_restarted,
}
