"""All that is a user's, as an archive: whole, theirs alone, and never in memory."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from dishka import AsyncContainer
from tests.entrypoints.http.conftest import Learner
from tests.entrypoints.http.test_lessons import ready_file

from learnx.adapters.postgres.own_rows import DERIVED, TAKEN
from learnx.adapters.postgres.tables.schema import schema
from learnx.application.archive import Archive
from learnx.application.files import blob_key
from learnx.application.ports.blob_store import BlobStore

pytestmark = pytest.mark.anyio

#: Tables that an archive leaves out, and why.
LEFT_OUT = {
    "credentials": "a hash of the password",
    "mail_tokens": "hashes of tokens",
    "identities": "who the user is at another provider, which that provider knows",
    "erased_identities": "nobody's",
    "erasures": "of those who are gone",
    "service_spending": "nobody's",
    "jobs": "how far the processing of a file is; files.json says it",
    "lesson_sections": "what sections are found again by",
    "file_words": "what words are looked up in, made of the chunks",
    "chunk_formulas": "what formulas are looked up in, made of the chunks",
    "idempotency_keys": "replies that are kept for a day, in case they are asked for again",
}


def test_every_table_is_in_the_archive_or_left_out_for_a_reason() -> None:
    taken = {table.name for table in TAKEN.values()}
    assert not taken & set(LEFT_OUT)
    assert set(schema.tables) - taken <= set(LEFT_OUT)
    columns = {f"{table.name}.{column.name}" for table in schema.tables.values() for column in table.c}
    assert columns >= DERIVED


async def archive_of(learner: Learner) -> zipfile.ZipFile:
    reply = await learner("GET", "/me/export")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "application/zip"
    assert reply.headers["content-disposition"] == 'attachment; filename="learnx.zip"'
    assert reply.headers["cache-control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(reply.content))
    assert archive.testzip() is None
    return archive


async def test_it_holds_all_rows_and_the_documents_under_their_names(
    ada: Learner, eve: Learner, container: AsyncContainer
) -> None:
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["chess"]}})
    await ada.made("PATCH", "/persona", json={"interests": {"primary": ["go"]}})
    file = await ready_file(ada, container)
    other = await ada.upload(b"Waves carry energy.\n", "../Fü\u202ech se.txt")
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"]})
    await ada.made("POST", f"/lessons/{lesson['id']}/feedback", json={"rating": "helpful", "comment": "Good."})
    await ada.made("POST", "/ai/ask", json={"question": "Who described cells in 1665?", "fileId": file["id"]})
    await ada.made("POST", "/ai/summarize", json={"fileId": file["id"], "summaryType": "key_points"})
    await eve.made("PUT", "/persona", json={"interests": {"primary": ["sailing"]}})
    await eve.upload(b"Nothing of hers.\n", "eve.txt")

    archive = await archive_of(ada)
    rows = {
        name.removesuffix(".json"): json.loads(archive.read(name))
        for name in archive.namelist()
        if name.endswith(".json")
    }
    assert set(rows) == set(TAKEN)
    assert [row["email"] for row in rows["user"]] == [ada.email]
    assert [sorted(row) for row in rows["sessions"]] == [
        ["createdAt", "expiresAt", "family", "spentAt", "startedAt", "userAgent"]
    ]
    assert [row["persona"]["interests"]["primary"] for row in rows["personas"]] == [["chess"], ["go"]]
    assert {row["id"] for row in rows["files"]} == {file["id"], other["id"]}
    assert rows["chunks"] and all(row["text"] and "embedding" not in row for row in rows["chunks"])
    assert [row["body"]["sections"] for row in rows["lessons"]] == [lesson["sections"]]
    assert [row["comment"] for row in rows["feedback"]] == ["Good."]
    for name in ("courses", "modules", "conversations", "answers", "summaries", "activities", "usage"):
        assert rows[name], name
    documents = {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}
    assert documents == {
        f"files/{file['id']}/cells.md": b"# Cells\n\nA cell is alive.\n",
        f"files/{other['id']}/Füch se.txt": b"Waves carry energy.\n",
    }
    assert b"sailing" not in b"".join(archive.read(name) for name in archive.namelist())


async def test_a_document_that_is_gone_is_left_out(ada: Learner, container: AsyncContainer) -> None:
    file, kept = await ada.upload(), await ada.upload(b"It stays.\n", "kept.txt")
    blobs = await container.get(BlobStore)
    await blobs.delete(blob_key(UUID(ada.user["id"]), UUID(file["id"])))
    names = (await archive_of(ada)).namelist()
    assert [name for name in names if name.startswith("files/")] == [f"files/{kept['id']}/kept.txt"]


async def test_more_rows_than_are_read_at_a_time_come_each_once(ada: Learner) -> None:
    made = [(await ada.made("POST", "/courses", json={"title": f"Course {number}"}))["id"] for number in range(205)]
    courses = json.loads((await archive_of(ada)).read("courses.json"))
    assert sorted(row["id"] for row in courses) == sorted(made)


async def test_head_of_it_is_no_method_and_it_needs_a_bearer(ada: Learner, client: httpx.AsyncClient) -> None:
    assert (await ada("HEAD", "/me/export")).status_code == 405
    assert (await client.get("/api/v1/me/export")).status_code == 401


async def test_of_a_large_archive_little_is_held() -> None:
    piece, held = bytes(range(256)) * 4096, 0

    async def content() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield piece

    archive, size = Archive(datetime.now(UTC)), 0
    tracemalloc.start()
    async for written in archive.file("large", content(), compress=False):
        size += len(written)
        held = max(held, tracemalloc.get_traced_memory()[1])
    size += len(archive.end())
    tracemalloc.stop()
    assert size > 100 * len(piece) > 20 * held
