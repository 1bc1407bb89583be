"""Crowds at the limits of several API servers, and Valkey stopped under them: each scenario in any size."""

import asyncio
import math
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.bad_weather.service import DOCUMENT, STARTS_WITHIN, Service, eventually, running_service
from tests.entrypoints.http.conftest import PASSWORD, Learner, sign_up
from tests.fakes.model_server import Script

from learnx.entrypoints.local_stack import LocalServers

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Requests a minute, uploads a day, the others an hour; as the plan ``free`` has them."""

    requests: int = 600
    generations: int = 5
    asks: int = 20
    uploads: int = 5

    def __str__(self) -> str:
        return f"""
[crowded]
requests_per_minute = {self.requests}
generations_per_hour = {self.generations}
asks_per_hour = {self.asks}
uploads_per_day = {self.uploads}
uploads_at_once = 10000
open_streams = 10000
"""


@asynccontextmanager
async def limited_service(folder: Path, servers: LocalServers, plan: Plan) -> AsyncIterator[Service]:
    """Four API servers that write offline, and a worker; everybody has the plan."""
    plans = folder / "plans.toml"
    plans.write_text(str(plan))
    settings = {"LEARNX_PLANS": str(plans), "LEARNX_DEFAULT_PLAN": "crowded", "LEARNX_LLM_MODEL": "offline"}
    async with running_service(folder, servers, Script(), apis=4, settings=settings) as service:
        yield service


@dataclass
class Crowd:
    """One learner at every API server at once; ``file`` is ready."""

    service: Service
    learner: Learner
    clients: list[httpx.AsyncClient]
    file: str

    def request(self, number: int, method: str, path: str, **options: Any) -> httpx.Request:
        """To one of the servers, by its number."""
        client = self.clients[number % len(self.clients)]
        headers = {"Authorization": f"Bearer {self.learner.tokens['accessToken']}"}
        return client.build_request(method, f"/api/v1{path}", headers=headers, **options)

    async def __call__(self, number: int, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.clients[number % len(self.clients)].send(self.request(number, method, path, **options))


async def together(requests: Iterable[httpx.Request]) -> list[httpx.Response]:
    """All at once, each on a connection of its own: a client for thousands would be slower than the servers."""
    return await asyncio.gather(*map(_sent, requests))


async def _sent(request: httpx.Request) -> httpx.Response:
    body = await request.aread()
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"connection"]
    lines = [f"{request.method} {request.url.raw_path.decode()} HTTP/1.1".encode(), b"Connection: close"]
    head = b"\r\n".join([*lines, *(name + b": " + value for name, value in headers), b"", b""])
    reader, writer = await asyncio.open_connection(request.url.host, request.url.port)
    writer.write(head + body)
    answer = await reader.read()
    writer.close()
    first, *told = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    pairs = [(name, value) for name, _, value in (line.partition(": ") for line in told)]
    return httpx.Response(int(first.split()[1]), headers=pairs, content=answer.partition(b"\r\n\r\n")[2])


@asynccontextmanager
async def crowd(service: Service) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as stack:
        unbounded = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=300, limits=unbounded))
            for url in service.urls
        ]
        learner = await sign_up(clients[0])
        file = await learner.upload(DOCUMENT.read_bytes(), DOCUMENT.name)
        async with asyncio.timeout(STARTS_WITHIN):
            while not file["ready"]:
                await asyncio.sleep(0.2)
                file = await learner.made("GET", f"/files/{file['id']}")
        yield Crowd(service, learner, clients, file["id"])


Act = Callable[[int], httpx.Request]


def statuses(replies: list[httpx.Response]) -> Counter[int]:
    return Counter(reply.status_code for reply in replies)


async def spending_is_exact(crowd: Crowd, plan: Plan, *, requests: int) -> dict[str, Counter[int]]:
    """As many begin as the plan has of each kind, of ``requests`` at once; once the oldest is an hour old, one more.

    The replies, by zone and status.
    """
    found: dict[str, Counter[int]] = {}

    def ask(number: int) -> httpx.Request:
        question = {"fileId": crowd.file, "question": f"What is cell {number}?"}
        return crowd.request(number, "POST", "/ai/ask", json=question)

    def start(number: int) -> httpx.Request:
        lesson = {"fileId": crowd.file, "persona": "off", "focus": f"cells {number}", "sections": ["summary"]}
        return crowd.request(number, "POST", "/ai/personalize", json=lesson)

    def upload(number: int) -> httpx.Request:
        form = {"file": (f"{number}.md", f"# Cell {number}\n\nIt is alive.\n".encode())}
        return crowd.request(number, "POST", "/files", files=form)

    async def exact(zone: str, act: Act, status: int, amount: int, period: float, *, drawn_before: int = 0) -> None:
        replies = await together([act(number) for number in range(requests)])
        found[zone] = statuses(replies)
        assert await drawn(crowd, zone) == amount, found
        begun = amount - drawn_before
        assert found[zone] == {status: begun, 429: requests - begun}, found
        for reply in replies:
            if reply.status_code == 429:
                assert f'"{zone}";r=0' in reply.headers["ratelimit"], reply.headers
        await nearly_over(crowd, zone, period)
        [refused] = await together([act(requests)])
        assert refused.status_code == 429, "the oldest is forgotten too early"
        await asyncio.sleep(int(refused.headers["retry-after"]))
        [again] = await together([act(requests + 1)])
        assert again.status_code == status, again.text

    async with evenness_aside(crowd):
        await exact("asks", ask, 200, plan.asks, HOUR)
        await exact("generations", start, 200, plan.generations, HOUR)
        await exact("uploads", upload, 202, plan.uploads, 24 * HOUR, drawn_before=1)
    return found


async def the_rest_is_even(crowd: Crowd, plan: Plan, *, requests: int) -> tuple[int, float]:
    """Of ``requests`` at once, more than a minute has, no more than the burst and the rate; after ``Retry-After`` a
    retry is let through. How many were let through, and in how many seconds."""
    async with evenness_aside(crowd):
        pass
    begun = time.monotonic()
    replies = await together([crowd.request(number, "GET", "/courses") for number in range(requests)])
    seconds = time.monotonic() - begun
    found = statuses(replies)
    assert set(found) == {200, 429}, found
    assert plan.requests <= found[200] <= plan.requests + seconds * plan.requests / 60 + 1, (found, seconds)
    refused = replies[0]
    while refused.status_code != 429:
        refused = (await together([crowd.request(number, "GET", "/courses") for number in range(20)]))[-1]
    await asyncio.sleep(int(refused.headers["retry-after"]))
    assert (await crowd(1, "GET", "/courses")).status_code == 200
    return found[200], seconds


@asynccontextmanager
async def evenness_aside(crowd: Crowd) -> AsyncIterator[None]:
    """All that a minute allows is free again and again, as after a quiet minute: what spends is limited alone."""
    key = f"learnx:limits:{{{crowd.learner.user['id']}}}:requests"
    over = asyncio.Event()
    async with crowd.service.redis() as redis:

        async def refill() -> None:
            while not over.is_set():
                await redis.delete(key)
                await asyncio.sleep(0.01)

        refilling = asyncio.create_task(refill())
        try:
            yield
        finally:
            over.set()
            await refilling
            await redis.delete(key)


async def drawn(crowd: Crowd, zone: str) -> int:
    async with crowd.service.redis() as redis:
        return int(await redis.zcard(f"learnx:limits:{{{crowd.learner.user['id']}}}:{zone}"))


async def nearly_over(crowd: Crowd, zone: str, period: float) -> None:
    """As much time passes for what was counted as leaves the oldest two seconds of its ``period``."""
    key = f"learnx:limits:{{{crowd.learner.user['id']}}}:{zone}"
    async with crowd.service.redis() as redis:
        counted = dict(await redis.zrange(key, 0, -1, withscores=True))
        seconds, microseconds = await redis.time()
        passed = min(counted.values()) - (1e6 * (seconds - period + 2) + microseconds)
        await redis.zadd(key, {event: at - passed for event, at in counted.items()}, xx=True)


@dataclass
class Outage:
    """What readers and writers saw while Valkey was stopped, and readers before. Seconds."""

    before: list[float] = field(default_factory=list)
    reads: list[float] = field(default_factory=list)
    edits: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1]


async def valkey_stopped(crowd: Crowd, *, seconds: float, readers: int) -> Outage:
    """Reading and editing go on; who signs in and what spends is told why not; afterwards all is as before. A reader
    reads about thirty times a second."""
    course = await crowd.learner.made("POST", "/courses", json={"title": "Biology"})
    lesson = await crowd(0, "POST", "/ai/personalize", json={"fileId": crowd.file, "persona": "off"})
    paths = ["/courses", f"/files/{crowd.file}", f"/lessons/{lesson.json()['id']}", f"/files/{crowd.file}/chunks"]
    for number in range(4 * len(paths)):
        await crowd(number, "GET", paths[number // 4])
    outage, over = Outage(), asyncio.Event()

    async def read(number: int, durations: list[float]) -> None:
        while not over.is_set():
            begun = time.monotonic()
            reply = await crowd(number, "GET", paths[number % len(paths)])
            durations.append(time.monotonic() - begun)
            outage.statuses[reply.status_code] += 1
            number += 1
            await asyncio.sleep(0.03)

    async def edit() -> None:
        for number in range(10**9):
            if over.is_set():
                return
            begun = time.monotonic()
            reply = await crowd(number, "PATCH", f"/courses/{course['id']}", json={"title": f"Biology {number}"})
            outage.edits.append(time.monotonic() - begun)
            outage.statuses[reply.status_code] += 1
            await asyncio.sleep(0.1)

    usual = [asyncio.create_task(read(number, outage.before)) for number in range(readers)]
    await asyncio.sleep(seconds / 2)
    over.set()
    await asyncio.gather(*usual)
    over.clear()
    valkey = crowd.service.server("valkey").process
    os.kill(valkey.pid, signal.SIGSTOP)
    running = [asyncio.create_task(read(number, outage.reads)) for number in range(readers)]
    running.append(asyncio.create_task(edit()))
    try:
        begun = time.monotonic()
        await _spending_is_refused(crowd)
        await asyncio.sleep(max(0.0, seconds - (time.monotonic() - begun)))
    finally:
        over.set()
        await asyncio.gather(*running)
        os.kill(valkey.pid, signal.SIGCONT)
    assert set(outage.statuses) == {200}, outage.statuses
    await eventually(lambda: _signs_in(crowd), 15, "signing in again")
    return outage


async def _spending_is_refused(crowd: Crowd) -> None:
    credentials = {"email": crowd.learner.email, "password": PASSWORD}
    newcomer = credentials | {"email": "new@example.org", "fullName": "New"}
    refused = await asyncio.gather(
        crowd.clients[0].post("/api/v1/auth/login", json=credentials),
        crowd.clients[1].post("/api/v1/auth/register", json=newcomer),
        crowd(2, "POST", "/ai/ask", json={"fileId": crowd.file, "question": "What is a memory cell?"}),
        crowd(3, "POST", "/files", files={"file": ("a.md", b"# A\n\nText.\n")}),
    )
    for reply in refused:
        assert reply.status_code == 503, reply.text
        assert "can't be counted at the moment" in reply.json()["detail"]


async def _signs_in(crowd: Crowd) -> bool:
    credentials = {"email": crowd.learner.email, "password": PASSWORD}
    return (await crowd.clients[0].post("/api/v1/auth/login", json=credentials)).status_code == 200
