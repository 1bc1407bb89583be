"""Requests with an Idempotency-Key: sent again, sent otherwise, sent by others, and refused."""

from typing import Any

import httpx
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner
from tests.entrypoints.http.test_lessons import ready_file

from learnx.entrypoints.http.openapi import complete

pytestmark = pytest.mark.anyio

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
#: Operations that take no key, and why sending them twice does no harm.
NO_KEY = {
    "/api/v1/stream-tickets": "a ticket more opens nothing that the first one does not",
    "/api/v1/me/password": "the second one is refused: the current password is another one",
    "/api/v1/me/verification-mail": "the link of the newest mail counts",
}


def same(first: httpx.Response, again: httpx.Response) -> bool:
    """Whether one is the other's replay."""
    names = ("location", "etag", "content-type")
    return (
        "idempotency-replayed" not in first.headers
        and again.headers.get("idempotency-replayed") == "true"
        and (first.status_code, first.content) == (again.status_code, again.content)
        and [first.headers.get(name) for name in names] == [again.headers.get(name) for name in names]
    )


async def test_every_operation_that_creates_or_spends_takes_a_key(app: Litestar) -> None:
    paths = complete(app)["paths"]
    for path, operations in paths.items():
        if "post" not in operations or "/auth/" in path or path in NO_KEY:
            continue
        operation = operations["post"]
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, path
        assert "409" in operation["responses"], path
        told = [reply for status, reply in operation["responses"].items() if status.startswith("2")]
        assert all("Idempotency-Replayed" in reply["headers"] for reply in told), path
    assert paths.keys() >= NO_KEY.keys()


async def test_the_first_reply_is_sent_again_and_nothing_else_happens(ada: Learner) -> None:
    body = {"title": "Biology", "description": "Cells"}
    first = await ada("POST", "/courses", json=body, headers=KEY)
    assert first.status_code == 201
    await ada("PATCH", f"/courses/{first.json()['id']}", json={"title": "Botany"})
    assert same(first, await ada("POST", "/courses", json=dict(reversed(body.items())), headers=KEY))
    assert len((await ada.made("GET", "/courses"))["items"]) == 1
    another = await ada("POST", "/courses", json=body, headers={"Idempotency-Key": "another"})
    assert (another.status_code, another.json()["id"] == first.json()["id"]) == (201, False)


async def test_a_key_of_another_body_or_another_place_is_refused_and_those_of_others_are_their_own(
    ada: Learner, eve: Learner
) -> None:
    first = await ada.made("POST", "/courses", json={"title": "Biology"}, headers=KEY)
    other = await ada("POST", "/courses", json={"title": "Chemistry"}, headers=KEY)
    assert other.status_code == 422
    assert other.json()["errors"] == [{"pointer": "Idempotency-Key", "detail": "was used with another body"}]
    second = await ada.made("POST", "/courses", json={"title": "Physics"})
    moved = {"json": {"title": "Moss"}, "headers": KEY}
    assert (await ada("POST", f"/courses/{first['id']}/modules", **moved)).status_code == 201
    assert (await ada("POST", f"/courses/{second['id']}/modules", **moved)).status_code == 422
    theirs = await eve("POST", "/courses", json={"title": "Chemistry"}, headers=KEY)
    assert (theirs.status_code, "idempotency-replayed" in theirs.headers) == (201, False)


async def test_what_was_refused_is_not_kept(ada: Learner) -> None:
    module = await ada.module()
    path = f"/courses/{module['courseId']}/modules"
    assert (await ada("POST", path, json={"title": ""}, headers=KEY)).status_code == 422
    unknown = path.replace(module["courseId"], "01930000-0000-7000-8000-000000000001")
    assert (await ada("POST", unknown, json={"title": "Moss"}, headers=KEY)).status_code == 404
    assert (await ada("POST", path, json={"title": "Moss"}, headers=KEY)).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 256, "schlüssel".encode().decode("latin-1"), "a\tb"])
async def test_what_is_no_key_is_refused(ada: Learner, key: str) -> None:
    headers = [("Idempotency-Key", key.encode("latin-1")), ("Authorization", f"Bearer {ada.tokens['accessToken']}")]
    refused = await ada.client.post(
        "/api/v1/courses", json={"title": "Biology"}, headers=[(name, value) for name, value in headers]
    )
    assert refused.status_code == 422, key
    assert refused.json()["errors"][0]["pointer"] == "Idempotency-Key"
    assert (await ada.made("GET", "/courses"))["items"] == []


async def test_an_upload_is_known_by_its_name_and_its_bytes(ada: Learner) -> None:
    def sent(content: bytes, name: str = "cells.md") -> dict[str, Any]:
        return {"files": {"file": (name, content)}, "headers": KEY}

    first = await ada("POST", "/files", **sent(b"# Cells\n\nA cell is alive.\n"))
    assert first.status_code == 202
    assert same(first, await ada("POST", "/files", **sent(b"# Cells\n\nA cell is alive.\n")))
    assert (await ada("POST", "/files", **sent(b"# Cells\n\nA cell is dead.\n"))).status_code == 422
    assert (await ada("POST", "/files", **sent(b"# Cells\n\nA cell is alive.\n", "other.md"))).status_code == 422
    assert len((await ada.made("GET", "/files"))["items"]) == 1


async def test_feedback_is_new_each_time_it_is_told_of_the_first(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"})
    path = f"/lessons/{lesson['id']}/feedback"
    first = await ada("POST", path, json={"rating": "helpful"}, headers=KEY)
    assert first.status_code == 201
    assert (await ada("POST", path, json={"rating": "wrong"})).status_code == 200
    assert same(first, await ada("POST", path, json={"rating": "helpful"}, headers=KEY))
    assert [one["rating"] for one in (await ada.made("GET", path))["items"]] == ["wrong"]


@pytest.mark.parametrize("operation", ["personalize", "ask", "summarize"])
async def test_what_was_written_is_not_written_again(ada: Learner, container: AsyncContainer, operation: str) -> None:
    file = await ready_file(ada, container)
    bodies: dict[str, Any] = {
        "personalize": {"persona": "off", "fresh": True},
        "ask": {"question": "Who described cells in 1665?"},
        "summarize": {"summaryType": "key_points"},
    }
    sent = {"json": {"fileId": file["id"], **bodies[operation]}, "headers": KEY}
    first = await ada("POST", f"/ai/{operation}", **sent)
    assert first.status_code == 200, first.text
    assert same(first, await ada("POST", f"/ai/{operation}", **sent))
    streamed = await ada("POST", f"/ai/{operation}", **sent | {"headers": KEY | {"Accept": "text/event-stream"}})
    assert streamed.headers["idempotency-replayed"] == "true"
    assert first.json()["id"] in streamed.text
    assert (await ada.made("GET", "/ai/generations"))["items"] == []


async def test_the_key_of_a_lesson_that_could_not_be_begun_is_free(ada: Learner, container: AsyncContainer) -> None:
    file = await ready_file(ada, container)
    asked = {"json": {"fileId": file["id"]}, "headers": KEY}
    assert (await ada("POST", "/ai/personalize", **asked)).status_code == 409  # there is no persona
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["chess"]}})
    reply = await ada("POST", "/ai/personalize", **asked)
    assert (reply.status_code, "idempotency-replayed" in reply.headers) == (200, False)
