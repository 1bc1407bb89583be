"""Summaries over the wire: whole, streamed, resumed, replayed, listed and deleted; and what is refused."""

from typing import Any
from uuid import uuid4

import httpx
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner, served
from tests.entrypoints.http.test_lessons import PASSAGES, read, ready_file

from learnx.entrypoints.http.openapi import complete

pytestmark = pytest.mark.anyio

EVENTS = {"Accept": "text/event-stream"}


async def test_a_summary_is_written_once_kept_and_replayed(
    app: Litestar, ada: Learner, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "summaryType": "key_points", "maxWords": 60}
    summary = await ada.made("POST", "/ai/summarize", json=body)
    schema = complete(app)["components"]["schemas"]["Summary"]
    assert set(schema["required"]) <= set(summary) <= set(schema["properties"])
    assert set(summary) == {
        "id",
        "generationId",
        "fileId",
        "summaryType",
        "maxWords",
        "summary",
        "sentences",
        "keyTopics",
        "estimatedReadMinutes",
        "wordCount",
        "grounding",
        "usage",
        "personaVersion",
        "model",
        "promptVersion",
        "createdAt",
    }
    assert summary["summary"] == "".join(one["lead"] + one["text"] for one in summary["sentences"])
    assert 0 < summary["wordCount"] <= len(summary["summary"].split()) <= 60
    assert summary["keyTopics"]
    for sentence in summary["sentences"]:
        for citation in sentence["citations"]:
            assert citation["quote"] in PASSAGES[citation["pageNumber"] - 1]
    reply = await ada("GET", f"/summaries/{summary['id']}")
    assert reply.json() == summary
    known = {"If-None-Match": reply.headers["etag"]}
    assert (await ada("GET", f"/summaries/{summary['id']}", headers=known)).status_code == 304
    assert await ada.made("POST", "/ai/summarize", json=body) == summary
    assert await ada.made("GET", f"/files/{file['id']}/summaries") == {"items": [summary], "nextCursor": None}
    replayed = read((await ada("POST", "/ai/summarize", json=body, headers=EVENTS)).text)
    assert replayed[0][1]["cached"] is True
    assert [event["text"] for _, event in replayed if event["type"] == "sentence"] == [
        one["text"] for one in summary["sentences"]
    ]


async def test_a_summary_streams_like_a_lesson_and_a_reader_goes_on_where_it_was(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "summaryType": "exam_prep"}
    written = read((await ada("POST", "/ai/summarize", json=body, headers=EVENTS)).text)
    kinds = [event["type"] for _, event in written]
    assert (kinds[0], kinds[-2:]) == ("start", ["usage", "complete"])
    start = written[0][1]
    assert start["sections"] == [{"id": "s1", "type": "summary", "title": "Summary", "cached": False}]
    assert "lessonId" not in start
    assert written[-1][1]["summaryId"] == start["summaryId"]
    summary = await ada.made("GET", f"/summaries/{start['summaryId']}")
    assert summary["generationId"] == start["generationId"]
    assert summary["sentences"][-1]["text"].endswith("?")
    events = f"/ai/generations/{start['generationId']}/events"
    for index in (0, len(written) // 2):
        headers = {"Last-Event-ID": written[index][0]}
        assert read((await ada("GET", events, headers=headers)).text) == written[index + 1 :]
        assert (
            read((await ada("POST", "/ai/summarize", json=body, headers=headers | EVENTS)).text)
            == (written[index + 1 :])
        )
    last = {"Last-Event-ID": written[-1][0]}
    assert (await ada("POST", "/ai/summarize", json=body, headers=last | EVENTS)).status_code == 204
    assert (await eve("GET", events)).status_code == 404


async def test_a_course_and_a_module_are_summarized_from_what_is_ready(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    await ada.upload(b"# More\n\nNothing of this is processed yet.\n", "more.md")
    for scope in ("moduleId", "courseId"):
        summary = await ada.made("POST", "/ai/summarize", json={scope: file[scope], "summaryType": "comprehensive"})
        assert summary[scope] == file[scope]
        assert "fileId" not in summary
        assert {c["fileId"] for one in summary["sentences"] for c in one["citations"]} == {file["id"]}
    assert (await ada.made("GET", f"/files/{file['id']}/summaries"))["items"] == []


async def test_the_personas_style_makes_another_summary(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "summaryType": "key_points"}
    plain = await ada.made("POST", "/ai/summarize", json=body)
    persona = {"interests": {"primary": ["chess"]}, "contentPreferences": {"summaryStyle": "paragraphs"}}
    await ada.made("PUT", "/persona", json=persona)
    styled = await ada.made("POST", "/ai/summarize", json=body)
    assert styled["id"] != plain["id"]
    assert plain["summary"].startswith("- ")
    assert not styled["summary"].startswith("- ")
    assert styled["personaVersion"] == 1
    assert styled["sentences"][0]["because"]
    assert [one["text"] for one in plain["sentences"]] == [one["text"] for one in styled["sentences"]]


async def test_summaries_go_with_a_file_that_they_cite(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    made = [
        await ada.made("POST", "/ai/summarize", json={scope: value, "summaryType": "key_points"})
        for scope, value in (("fileId", file["id"]), ("moduleId", file["moduleId"]), ("courseId", file["courseId"]))
    ]
    assert (await ada("DELETE", f"/files/{file['id']}")).status_code == 204
    for summary in made:
        assert (await ada("GET", f"/summaries/{summary['id']}")).status_code == 404
        events = f"/ai/generations/{summary['generationId']}/events"
        assert (await ada("GET", events)).status_code == 404


async def test_a_summary_can_be_deleted_once_by_its_owner(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "summaryType": "key_points"}
    summary = await ada.made("POST", "/ai/summarize", json=body)
    path = f"/summaries/{summary['id']}"
    assert (await eve("GET", path)).status_code == (await eve("DELETE", path)).status_code == 404
    assert (await eve("GET", f"/files/{file['id']}/summaries")).status_code == 404
    assert (await ada("DELETE", path, headers={"If-Match": '"another"'})).status_code == 412
    assert (await ada("DELETE", path)).status_code == 204
    assert (await ada("DELETE", path)).status_code == (await ada("GET", path)).status_code == 404
    assert (await ada.made("POST", "/ai/summarize", json=body))["id"] != summary["id"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"summaryType": "key_points"}, ""),
        ({"fileId": str(uuid4()), "moduleId": str(uuid4()), "summaryType": "key_points"}, ""),
        ({"fileId": str(uuid4())}, "/summaryType"),
        ({"fileId": str(uuid4()), "summaryType": "haiku"}, "/summaryType"),
        ({"fileId": str(uuid4()), "summaryType": "key_points", "maxWords": 49}, "/maxWords"),
        ({"fileId": str(uuid4()), "summaryType": "key_points", "maxWords": 2001}, "/maxWords"),
        ({"fileId": str(uuid4()), "summaryType": "key_points", "maxWords": "100"}, "/maxWords"),
        ({"fileId": "cells", "summaryType": "key_points"}, "/fileId"),
        ({"fileId": str(uuid4()), "summaryType": "key_points", "fresh": True}, "/fresh"),
    ],
)
async def test_what_does_not_fit_is_refused(ada: Learner, body: dict[str, Any], pointer: str) -> None:
    reply = await ada("POST", "/ai/summarize", json=body)
    assert reply.status_code == 422
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]


async def test_what_is_not_there_or_not_ready_is_not_summarized(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    file = await ready_file(ada, container)
    for scope, value in (("fileId", file["id"]), ("moduleId", file["moduleId"]), ("courseId", file["courseId"])):
        for learner, place in ((ada, str(uuid4())), (eve, value)):
            body = {scope: place, "summaryType": "key_points"}
            assert (await learner("POST", "/ai/summarize", json=body)).status_code == 404
    assert (await ada("GET", f"/summaries/{uuid4()}")).status_code == 404
    assert (await ada("GET", "/summaries/none")).status_code == 404
    waiting = await eve.upload()
    for scope, value in (("fileId", waiting["id"]), ("courseId", waiting["courseId"])):
        reply = await eve("POST", "/ai/summarize", json={scope: value, "summaryType": "key_points"}, headers=EVENTS)
        assert (reply.status_code, reply.json()["code"]) == (409, "CONFLICT")


async def test_a_summary_streams_through_a_real_server(app: Litestar, ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    async with served(app) as running, httpx.AsyncClient(base_url=running.address) as client:
        headers = {"Authorization": f"Bearer {ada.tokens['accessToken']}"} | EVENTS
        body = {"fileId": file["id"], "summaryType": "comprehensive"}
        async with client.stream("POST", "/api/v1/ai/summarize", json=body, headers=headers) as reply:
            text = "".join([piece async for piece in reply.aiter_text()])
    assert read(text)[-1][1]["type"] == "complete"
