"""Fifty equal requests with one Idempotency-Key, over two servers, for every operation that takes one."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
from tests.bad_weather.service import Reader, Service

TWINS = 50
IN_FLIGHT = 409


@dataclass(frozen=True)
class Operation:
    """``effects`` counts what it did, so far."""

    path: str
    options: dict[str, Any]
    effects: Callable[[], Awaitable[int]]


async def operations(service: Service, reader: Reader) -> dict[str, Operation]:
    """What a learner with a document can create and spend; each asks for what nobody asked for before."""
    learner = reader.learner
    module = await learner.module()
    plain = {"fileId": reader.file, "persona": "off"}
    lesson = await learner.made("POST", "/ai/personalize", json=plain | {"sections": ["summary"]})

    async def listed(path: str) -> int:
        return len((await learner.made("GET", f"{path}?limit=100"))["items"])

    async def attempts() -> int:
        return int((await learner.made("GET", f"/files/{reader.file}"))["attempt"])

    modules = f"/courses/{module['courseId']}/modules"
    files = f"/modules/{module['id']}/files"
    feedback = f"/lessons/{lesson['id']}/feedback"
    lessons, summaries = f"/files/{reader.file}/lessons", f"/files/{reader.file}/summaries"
    form = {"file": ("cells.md", b"# Cells\n\nA cell is alive.\n")}
    return {
        "create_course": Operation("/courses", {"json": {"title": "Botany"}}, lambda: listed("/courses")),
        "create_module": Operation(modules, {"json": {"title": "Moss"}}, lambda: listed(modules)),
        "upload_to_inbox": Operation("/files", {"files": form}, lambda: listed("/files")),
        "upload_to_module": Operation(files, {"files": form}, lambda: listed(files)),
        "give_feedback": Operation(feedback, {"json": {"rating": "helpful"}}, lambda: listed(feedback)),
        "personalize": Operation("/ai/personalize", {"json": plain | {"fresh": True}}, lambda: listed(lessons)),
        "ask": Operation(
            "/ai/ask",
            {"json": {"question": "What do memory cells remember?", "fileId": reader.file}},
            lambda: listed("/ai/conversations"),
        ),
        "summarize": Operation(
            "/ai/summarize", {"json": {"summaryType": "exam_prep", "fileId": reader.file}}, lambda: listed(summaries)
        ),
        "reprocess_file": Operation(f"/files/{reader.file}/reprocess", {}, attempts),
    }


async def one_effect(service: Service, reader: Reader, name: str, operation: Operation, twins: int = TWINS) -> None:
    """One of the twins is served, the others are told to wait or get its reply; then all get it."""
    headers = reader.headers | {"Idempotency-Key": f"twins-of-{name}"}
    before = await operation.effects()

    async def send(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"/api/v1{operation.path}", headers=headers, **operation.options)

    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=service.urls[0], timeout=60, limits=limits) as one,
        httpx.AsyncClient(base_url=service.urls[1], timeout=60, limits=limits) as other,
    ):
        replies = await asyncio.gather(*(send((one, other)[number % 2]) for number in range(twins)))
        served = [reply for reply in replies if reply.is_success]
        assert {reply.status_code for reply in replies if not reply.is_success} <= {IN_FLIGHT}, replies
        (first,) = [reply for reply in served if "idempotency-replayed" not in reply.headers]
        again = [*served, await send(one), await send(other)]
        assert {(reply.status_code, reply.content) for reply in again} == {(first.status_code, first.content)}, name
    assert await operation.effects() == before + 1, name
