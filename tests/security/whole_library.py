"""A learner who owns one of everything, so that others can try to get at it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import msgspec
from dishka import AsyncContainer
from tests.entrypoints.http.conftest import PASSWORD, Learner
from tests.entrypoints.http.test_lessons import ready_file

QUESTION = "Who described cells in 1665?"
PERSONA = {"interests": {"primary": ["basketball"]}}


@dataclass
class Library:
    """``ids`` by the name that the API has for them: ``fileId``, ``lessonId``, …; ``events`` is the id of an event."""

    learner: Learner
    ids: dict[str, str] = field(default_factory=dict)


async def whole_library(learner: Learner, container: AsyncContainer) -> Library:
    """Two courses (the second to archive), a module, a ready file, and all that can be made of it."""
    ids = {"sessionId": await another_session(learner)}
    await learner.made("PUT", "/persona", json=PERSONA)
    file = await ready_file(learner, container)
    module = await learner.module()
    ids |= {"moduleId": module["id"], "courseId": module["courseId"], "fileId": file["id"]}
    await learner.made("PATCH", f"/files/{file['id']}", json={"moduleId": module["id"]})
    chunks = await learner.made("GET", f"/files/{file['id']}/chunks")
    lesson = await learner.made("POST", "/ai/personalize", json={"fileId": file["id"]})
    feedback = await learner.made("POST", f"/lessons/{lesson['id']}/feedback", json={"rating": "helpful"})
    answer = await learner.made("POST", "/ai/ask", json={"question": QUESTION, "fileId": file["id"]})
    summary = await learner.made("POST", "/ai/summarize", json={"fileId": file["id"], "summaryType": "key_points"})
    ids |= {
        "chunkId": chunks["items"][0]["id"],
        "lessonId": lesson["id"],
        "feedbackId": feedback["id"],
        "answerId": answer["id"],
        "conversationId": answer["conversationId"],
        "summaryId": summary["id"],
    }
    return Library(learner, ids)


async def signed_in_again(learner: Learner) -> str:
    """A new access token."""
    credentials = {"email": learner.email, "password": PASSWORD}
    reply = await learner.client.post("/api/v1/auth/login", json=credentials)
    return str(reply.raise_for_status().json()["tokens"]["accessToken"])


async def another_session(learner: Learner) -> str:
    """Of a second device, so that it can be ended without ending what the test does."""
    await signed_in_again(learner)
    sessions = await learner.made("GET", "/me/sessions")
    return str(next(one["id"] for one in sessions["items"] if not one["current"]))


@asynccontextmanager
async def running_generation(library: Library, address: str) -> AsyncIterator[None]:
    """A lesson that is being written at ``address``, whose model never comes to an end."""
    bearer = {"Authorization": f"Bearer {library.learner.tokens['accessToken']}"}
    asked = {"fileId": library.ids["fileId"], "focus": "membranes"}
    async with (
        httpx.AsyncClient(base_url=address, headers=bearer, timeout=60) as client,
        client.stream("GET", "/api/v1/ai/personalize/stream", params=asked) as reply,
    ):
        assert reply.status_code == 200
        lines = reply.aiter_lines()
        event_id, start = await anext(lines), msgspec.json.decode((await anext(lines)).removeprefix("data: "))
        library.ids |= {"generationId": start["generationId"], "Last-Event-ID": event_id.removeprefix("id: ")}
        yield
        await asyncio.sleep(0)
