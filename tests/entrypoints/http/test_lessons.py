"""Lessons over the wire: streamed, resumed, replayed, returned whole, listed and deleted."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner, served

from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder
from learnx.domain.documents import Chunk, PageMark

pytestmark = pytest.mark.anyio

PASSAGES = (
    "A cell is the smallest unit of life. Every organism is made of one or more cells, and each cell comes from "
    "another cell. Robert Hooke described cells in 1665, when he looked at cork through a microscope.",
    "Mitochondria turn nutrients into energy that the cell can use. A mitochondrion has two membranes, and the inner "
    "membrane is folded. The folds are called cristae, and they give more room for the reactions.",
    "The cell membrane separates the inside of the cell from its surroundings. It is made of two layers of lipids, "
    "with proteins between them. Small molecules such as water pass it by osmosis.",
)


async def ready_file(learner: Learner, container: AsyncContainer) -> dict[str, Any]:
    """A file as the worker leaves it: completed, with chunks that can be searched."""
    file = await learner.upload()
    file_id, owner = UUID(file["id"]), UUID(learner.user["id"])
    database, embedder = await container.get(Database), await container.get(Embedder)
    chunks = [
        Chunk(
            id=uuid4(),
            file_id=file_id,
            index=index,
            text=text,
            page_marks=(PageMark(offset=0, page=index + 1),),
            heading_path=("Cells",),
            token_count=len(text) // 4,
            content_hash=str(index),
            page_start=index + 1,
            page_end=index + 1,
        )
        for index, text in enumerate(PASSAGES)
    ]
    vectors = await embedder.embed([chunk.text for chunk in chunks])
    async with database.transaction(owner) as tx:
        job = await tx.jobs.claim(file_id, worker="test", stale_after_seconds=60)
        assert job is not None
        await tx.chunks.replace(file_id, chunks, vectors, embedding_model=embedder.model, language="en")
        await tx.jobs.complete(
            file_id,
            job.attempt,
            title="Cells",
            language="en",
            page_count=3,
            word_count=sum(len(text.split()) for text in PASSAGES),
            chunk_count=len(chunks),
            now=datetime.now(UTC),
        )
        await tx.commit()
    return await learner.made("GET", f"/files/{file['id']}")


def read(body: str) -> list[tuple[str, dict[str, Any]]]:
    """Ids and events of a stream that was read to its end."""
    events = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            events.append((lines["id"], msgspec.json.decode(lines["data"])))
    return events


async def test_a_lesson_streams_is_kept_and_is_replayed(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    assert file["ready"] is True
    path = f"/ai/personalize/stream?fileId={file['id']}&persona=off&sections=explanation,summary&targetMinutes=1"
    reply = await ada("GET", path)
    assert reply.headers["content-type"].startswith("text/event-stream")
    written = read(reply.text)
    kinds = [event["type"] for _, event in written]
    assert (kinds[0], kinds[-2:]) == ("start", ["usage", "complete"])
    start = written[0][1]
    assert start["cached"] is False
    assert [place.rpartition(".")[0] for place, _ in written] == [f"{start['generationId']}.1"] * len(written)
    sentences = [event for _, event in written if event["type"] == "sentence"]
    assert any(sentence["kind"] == "sourced" for sentence in sentences)
    for sentence in sentences:
        for citation in sentence["citations"]:
            assert citation["quote"] in PASSAGES[citation["pageNumber"] - 1]
    lesson = await ada("GET", f"/lessons/{start['lessonId']}")
    assert lesson.json()["current"] is True
    for section in lesson.json()["sections"]:
        assert section["markdown"] == "".join(one["lead"] + one["text"] for one in section["sentences"])
    assert (
        await ada("GET", f"/lessons/{start['lessonId']}", headers={"If-None-Match": lesson.headers["etag"]})
    ).status_code == 304
    replayed = read((await ada("GET", path)).text)
    assert replayed[0][1]["cached"] is True
    assert [event for _, event in replayed if event["type"] == "sentence"] == [
        sentence for sentence in sentences if sentence["sentenceId"] in str(lesson.json())
    ]
    whole = await ada.made(
        "POST",
        "/ai/personalize",
        json={"fileId": file["id"], "persona": "off", "sections": ["explanation", "summary"], "targetMinutes": 1},
    )
    assert whole == lesson.json()
    listed = await ada.made("GET", f"/files/{file['id']}/lessons")
    assert listed == {"items": [lesson.json()], "nextCursor": None}


async def test_a_reader_goes_on_exactly_after_the_event_it_names(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    path = f"/ai/personalize/stream?fileId={file['id']}&persona=off"
    body, events = {"fileId": file["id"], "persona": "off"}, {"Accept": "text/event-stream"}
    written = read((await ada("GET", path)).text)
    generation = written[0][1]["generationId"]
    for index in (0, len(written) // 2, len(written) - 2):
        headers = {"Last-Event-ID": written[index][0]}
        for resumed in (path, f"/ai/generations/{generation}/events"):
            assert read((await ada("GET", resumed, headers=headers)).text) == written[index + 1 :]
        posted = await ada("POST", "/ai/personalize", json=body, headers=headers | events)
        assert read(posted.text) == written[index + 1 :]
    last = {"Last-Event-ID": written[-1][0]}
    assert (await ada("POST", "/ai/personalize", json=body, headers=last | events)).status_code == 204
    assert (await ada("GET", path, headers=last)).status_code == 204
    assert (await ada("GET", f"/ai/generations/{generation}/events", headers=last)).status_code == 204
    assert (await eve("GET", path, headers=last)).status_code == 404
    assert (await eve("GET", f"/ai/generations/{generation}/events")).status_code == 404


async def test_post_streams_where_events_are_accepted(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "persona": False, "sections": ["summary"]}
    reply = await ada("POST", "/ai/personalize", json=body, headers={"Accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert read(reply.text)[-1][1]["type"] == "complete"


async def test_a_persona_is_needed_unless_it_is_off(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    refused = await ada("GET", f"/ai/personalize/stream?fileId={file['id']}")
    assert (refused.status_code, "/api/v1/persona" in refused.json()["detail"]) == (409, True)
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["chess"]}})
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"]})
    assert lesson["personaVersion"] == 1
    fresh = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"], "fresh": True})
    assert fresh["id"] != lesson["id"]


async def test_a_lesson_can_be_deleted_once(ada: Learner, eve: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"})
    path = f"/lessons/{lesson['id']}"
    assert (await eve("GET", path)).status_code == (await eve("DELETE", path)).status_code == 404
    assert (await ada("DELETE", path, headers={"If-Match": '"another"'})).status_code == 412
    assert (await ada("DELETE", path)).status_code == 204
    assert (await ada("DELETE", path)).status_code == 404
    assert (await ada("GET", path)).status_code == 404


async def test_chunks_are_listed_in_order_and_know_their_neighbours(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    first = await ada.made("GET", f"/files/{file['id']}/chunks?limit=2")
    rest = await ada.made("GET", f"/files/{file['id']}/chunks?limit=2&cursor={first['nextCursor']}")
    chunks = first["items"] + rest["items"]
    assert [chunk["text"] for chunk in chunks] == list(PASSAGES)
    assert set(chunks[0]) == {
        "id",
        "fileId",
        "index",
        "text",
        "pageStart",
        "pageEnd",
        "pageLabel",
        "headingPath",
        "tokenCount",
    }
    for index, chunk in enumerate(chunks):
        found = await ada.made("GET", f"/chunks/{chunk['id']}")
        assert found["previous"] == (chunks[index - 1] if index else None)
        assert found["next"] == (chunks[index + 1] if index < 2 else None)


async def test_a_lesson_streams_through_a_real_server(app: Litestar, ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    async with served(app) as running, httpx.AsyncClient(base_url=running.address) as client:
        headers = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
        path = f"/api/v1/ai/personalize/stream?fileId={file['id']}&persona=off"
        async with client.stream("GET", path, headers=headers) as reply:
            body = "".join([piece async for piece in reply.aiter_text()])
    assert read(body)[-1][1]["type"] == "complete"
