"""Search over the wire."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import Learner
from uuid_utils.compat import uuid7

from learnx.application.ingestion import ProcessFile, WorkFolder
from learnx.bootstrap import make_container
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import Secret, Settings

pytestmark = pytest.mark.anyio

MEMORY = b"""# Memory

Hermann Ebbinghaus measured how quickly we forget what we have learned.

# Energy

Einstein found that $E = mc^2$ holds for every body at rest.

# Sleep

The <b>hippocampus</b> replays the day while we sleep.

# Fields

The divergence \xe2\x88\x87 \xc2\xb7 E of a field is its density.

# Libraries

The first of them had 275,000 scrolls, and the last had 418000.
"""
FIELDS = {"type", "id", "fileId", "filename", "snippet", "highlights", "pageNumber", "relevanceScore"}

Process = Callable[[Learner, dict[str, Any]], Awaitable[None]]


@pytest.fixture
def process(settings: Settings, database_urls: DatabaseUrls) -> Process:
    """As a worker does, with a worker's rights."""

    async def run(learner: Learner, file: dict[str, Any]) -> None:
        container = make_container(msgspec.structs.replace(settings, database_url=Secret(database_urls.worker)))
        prepare_folder(await container.get(WorkFolder))
        await (await container.get(ProcessFile))(UUID(learner.user["id"]), UUID(file["id"]), worker="test")
        await container.close()

    return run


@pytest.fixture
async def file(ada: Learner, process: Process) -> dict[str, Any]:
    """Of Ada's, processed, in a course of its own."""
    module = await ada.module()
    uploaded = await ada.made("POST", f"/modules/{module['id']}/files", files={"file": ("psychology.md", MEMORY)})
    await process(ada, uploaded)
    return await ada.made("GET", f"/files/{uploaded['id']}")


async def found(learner: Learner, q: str, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await learner.made("GET", "/search", params={"q": q, **params}))["items"]
    assert all(set(item) == FIELDS and 0 <= item["relevanceScore"] <= 1 for item in items)
    return items


def marked(item: dict[str, Any]) -> list[str]:
    return [item["snippet"][one["start"] : one["end"]] for one in item["highlights"]]


@pytest.mark.parametrize(
    ("q", "words"),
    [
        ("measuring how fast we forget what we learn", "measured"),
        ("Ebinghaus", "Ebbinghaus"),
        ("E = mc²", "E = mc^2"),
        ("∇·E", "∇ · E"),
        ("275000", "275,000"),
        ("275,000", "275,000"),
        ("418,000", "418000"),
        ('"the day while we sleep"', "the day while we sleep"),
    ],
)
async def test_a_passage_is_found_by_what_is_remembered_of_it(
    ada: Learner, file: dict[str, Any], q: str, words: str
) -> None:
    [first, *_] = await found(ada, q)
    assert (first["type"], first["fileId"], first["filename"]) == ("chunk", file["id"], "psychology.md")
    assert words in marked(first)
    assert (await ada.made("GET", f"/chunks/{first['id']}"))["fileId"] == file["id"]


async def test_a_file_is_found_by_its_name_and_both_kinds_can_be_asked_for_alone(
    ada: Learner, file: dict[str, Any]
) -> None:
    [named] = await found(ada, "psycology", type="file")
    assert (named["type"], named["id"], named["pageNumber"]) == ("file", file["id"], None)
    assert {item["type"] for item in await found(ada, "hippocampus")} == {"chunk"}
    assert await found(ada, "hippocampus", type="file") == []
    other = await ada("GET", "/search", params={"q": "x", "type": "lesson"})
    assert other.status_code == 422
    assert [error["pointer"] for error in other.json()["errors"]] == ["type"]


async def test_a_course_or_file_narrows_and_must_be_ones_own(ada: Learner, eve: Learner, file: dict[str, Any]) -> None:
    for name in ("fileId", "courseId"):
        own = file["id"] if name == "fileId" else file["courseId"]
        assert await found(ada, "hippocampus", **{name: own})
        for learner, value in [(eve, own), (ada, str(uuid7()))]:
            reply = await learner("GET", "/search", params={"q": "hippocampus", name: value})
            assert (reply.status_code, reply.json()["code"]) == (404, "NOT_FOUND")
        assert (await ada("GET", "/search", params={"q": "cells", name: "x"})).status_code == 422
    empty = (await ada.module())["courseId"]
    assert await found(ada, "hippocampus", courseId=empty) == []
    assert await found(eve, "hippocampus") == []


async def test_a_file_that_is_processed_again_or_deleted(ada: Learner, file: dict[str, Any], process: Process) -> None:
    before = await found(ada, "hippocampus")
    assert (await ada("POST", f"/files/{file['id']}/reprocess")).status_code == 202
    assert await found(ada, "hippocampus") == before
    await process(ada, file)
    assert await found(ada, "hippocampus") == before
    assert (await ada("DELETE", f"/courses/{file['courseId']}")).status_code == 204
    assert await found(ada, "hippocampus") == []
    await ada.made("PATCH", f"/courses/{file['courseId']}", json={"archived": False})
    assert await found(ada, "hippocampus") == before
    assert (await ada("DELETE", f"/files/{file['id']}")).status_code == 204
    assert await found(ada, "hippocampus") == []


async def test_pages_are_stable_while_files_come_and_go(ada: Learner) -> None:
    files = [await ada.upload(b"x", f"biology {number}.txt") for number in range(5)]
    whole = [item["id"] for item in await found(ada, "biology")]
    first = await ada.made("GET", "/search?q=biology&limit=2")
    await ada.upload(b"x", "biology.txt")
    await ada("DELETE", f"/files/{first['items'][1]['id']}")
    second = await ada.made("GET", f"/search?q=biology&limit=2&cursor={first['nextCursor']}")
    third = await ada.made("GET", f"/search?q=biology&limit=2&cursor={second['nextCursor']}")
    seen = [item["id"] for page in (first, second, third) for item in page["items"]]
    assert [one for one in seen if one in whole] == whole
    assert len(set(seen)) == len(seen)
    assert set(whole) == {file["id"] for file in files}


async def test_later_pages_keep_the_spelling_of_the_first(ada: Learner, process: Process) -> None:
    text = "\n\n".join(f"# Part {number}\n\n" + f"Ebbinghaus wrote part {number}. " * 60 for number in range(4))
    await process(ada, await ada.upload(text.encode(), "parts.md"))
    whole = [item["id"] for item in await found(ada, "Ebinghaus", limit=100)]
    assert len(whole) > 2
    first = await ada.made("GET", "/search?q=Ebinghaus&limit=1")
    await process(ada, await ada.upload(b"Ebinghaus is how this file spells it.\n", "misspelled.md"))
    second = await ada.made("GET", f"/search?q=Ebinghaus&limit=100&cursor={first['nextCursor']}")
    again = [item for item in first["items"] + second["items"] if item["filename"] == "parts.md"]
    assert [item["id"] for item in again] == whole
    assert all("Ebbinghaus" in marked(item) for item in again)


async def test_a_cursor_is_good_for_its_own_search_alone(ada: Learner) -> None:
    for number in range(3):
        await ada.upload(b"x", f"biology {number}.txt")
    cursor = (await ada.made("GET", "/search?q=biology&limit=1"))["nextCursor"]

    def packed(*key: Any) -> str:
        parts = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return base64.urlsafe_b64encode(msgspec.json.encode([*parts[:2], list(key)])).decode().rstrip("=")

    forged = [
        packed(2.0, str(uuid7()), False, "{}"),
        packed(0.5, "x", False, "{}"),
        packed(0.5, str(uuid7()), False, "not JSON"),
        packed(0.5, str(uuid7()), False, '{"a b":["c"]}'),
        packed(0.5, str(uuid7()), False, '{"a":["\\u0000"]}'),
        packed(0.5, str(uuid7()), False, "[]"),
        packed(0.5, str(uuid7()), "no", "{}"),
        packed(0.5, str(uuid7()), False),
    ]
    other = (await ada.made("GET", "/files?limit=1"))["nextCursor"]
    for bad in ["x", "", other, *forged]:
        reply = await ada("GET", "/search", params={"q": "biology", "limit": 1, "cursor": bad})
        assert reply.status_code == 422, bad
        assert reply.json()["errors"][0]["pointer"] == "cursor"
    for changed in ({"q": "biology 1"}, {"type": "file"}):
        reply = await ada("GET", "/search", params={"q": "biology", "cursor": cursor, **changed})
        assert reply.status_code == 422
    assert (await ada("GET", "/search", params={"q": "biology", "cursor": cursor})).status_code == 200


@pytest.mark.parametrize(
    "query", ["", "q=", "q=a&q=b", "q=a%00b", f"q={'word+' * 2000}", "q=a&limit=0", "q=a&moduleId=1"]
)
async def test_what_can_not_be_asked_is_refused(ada: Learner, query: str) -> None:
    reply = await ada("GET", f"/search?{query}")
    assert (reply.status_code, reply.json()["code"]) == (422, "VALIDATION_ERROR")
    assert reply.json()["errors"]


@pytest.mark.parametrize(
    "query",
    [
        "%20",
        "x",
        "%22",
        "%22%22",
        "the+of+and",
        "%FF%FE",
        "%ED%A0%80",
        "%F0%9F%98%80",
        "%25_",
        "'",
        "%5C",
        "(((:*",
        "+".join(["wort"] * 99),
    ],
)
async def test_what_says_little_is_answered_all_the_same(ada: Learner, file: dict[str, Any], query: str) -> None:
    reply = await ada("GET", f"/search?q={query}")
    assert reply.status_code == 200, reply.text
    assert reply.json()["nextCursor"] is None


async def test_markup_of_a_document_is_plain_text_in_a_snippet(ada: Learner, process: Process) -> None:
    await process(ada, await ada.upload(b"The code `<script>alert(1)</script>` runs in browsers.\n", "code.md"))
    [item] = await found(ada, "browsers", type="chunk")
    assert "<script>alert(1)</script>" in item["snippet"]
    assert marked(item) == ["browsers"]
