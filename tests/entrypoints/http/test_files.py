"""Uploads, downloads and the life of a file over the wire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner, served

from learnx.application.ports.database import Database
from learnx.application.ports.file_progress import ProgressFeed
from learnx.domain.courses import FileError, FileProgress

pytestmark = pytest.mark.anyio

TEXT = b"Cells are the smallest living things. " * 50
LIMIT = 100_000


def blobs(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


async def test_an_upload_is_kept_and_its_job_due(ada: Learner, tmp_path: Path) -> None:
    module = await ada.module()
    reply = await ada("POST", f"/modules/{module['id']}/files", files={"file": ("../notes/cells.md", TEXT)})
    file = reply.json()
    assert reply.status_code == 202
    assert reply.headers["location"] == f"/api/v1/files/{file['id']}"
    assert file["filename"] == "cells.md"
    assert (file["mediaType"], file["sizeBytes"], file["status"], file["ready"]) == (
        "text/markdown",
        len(TEXT),
        "pending",
        False,
    )
    assert (file["moduleId"], file["courseId"]) == (module["id"], module["courseId"])
    assert [path.read_bytes() for path in blobs(tmp_path)] == [TEXT]
    assert await ada.made("GET", f"/files/{file['id']}") == file


async def test_without_a_module_files_go_to_one_inbox(ada: Learner) -> None:
    first, *others = await asyncio.gather(*(ada.upload(name=f"{number}.txt") for number in range(3)))
    assert {file["moduleId"] for file in others} == {first["moduleId"]}
    assert (await ada.made("GET", f"/modules/{first['moduleId']}"))["title"] == "Inbox"
    listed = await ada.made("GET", f"/modules/{first['moduleId']}/files")
    assert len(listed["items"]) == 3


#: Content and name, and the status of the answer.
UPLOADS = [
    (b"x" * LIMIT, "exact.txt", 202),
    (b"x" * (LIMIT + 1), "over.txt", 413),
    (b"x" * (LIMIT * 3), "far-over.txt", 413),
    (b"", "empty.txt", 422),
    (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "picture.pdf", 415),
    (b"\x7fELF" + bytes(200), "program.txt", 415),
    (b"<!doctype html><html><body>Hi</body></html>", "page.pdf", 202),
    (TEXT, "\u202egnp.txt", 202),
    (TEXT, "🦊" * 300 + ".txt", 202),
    (TEXT, "x" * 4000, 202),
]


async def test_uploads_are_accepted_or_leave_nothing(ada: Learner, tmp_path: Path) -> None:
    kept = 0
    for content, name, status in UPLOADS:
        reply = await ada("POST", "/files", files={"file": (name, content)})
        assert reply.status_code == status, (name, reply.text)
        kept += status == 202
        if status == 202:
            assert len(reply.json()["filename"].encode()) <= 255
        assert len(blobs(tmp_path)) == kept
    assert len((await ada.made("GET", "/files?limit=100"))["items"]) == kept


BOUNDARY = b"--b\r\n"
FILE_PART = BOUNDARY + b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
OTHER_PART = BOUNDARY + b'Content-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
FORMS = [
    (b"", 400),
    (b"nonsense", 400),
    (b"--b--\r\n", 422),
    (FILE_PART + TEXT, 400),
    (FILE_PART + TEXT + b"\r\n" + OTHER_PART + b"--b--\r\n", 422),
    (FILE_PART + TEXT + b"\r\n" + FILE_PART + TEXT + b"\r\n--b--\r\n", 422),
    (BOUNDARY + b"x" * 10_000 + b"\r\n\r\n--b--", 400),
]


async def test_a_form_that_is_not_one_is_refused_and_leaves_nothing(ada: Learner, tmp_path: Path) -> None:
    for body, status in FORMS:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        reply = await ada("POST", "/files", content=body, headers=headers)
        assert reply.status_code == status, (body[:80], reply.text)
    no_boundary = await ada("POST", "/files", content=b"x", headers={"Content-Type": "multipart/form-data"})
    assert no_boundary.status_code == 400
    assert (await ada("POST", "/files", json={"file": "x"})).status_code == 415
    assert blobs(tmp_path) == []
    assert (await ada.made("GET", "/files"))["items"] == []


async def test_a_client_that_hangs_up_leaves_nothing(app: Litestar, ada: Learner, tmp_path: Path) -> None:
    async with served(app) as running:
        host, port = running.address.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ada.tokens['accessToken']}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 50000\r\n\r\n"
        )
        writer.write(head.encode() + FILE_PART + TEXT)
        await writer.drain()
        while not [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]:
            await asyncio.sleep(0.01)
        writer.close()
        while [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]:
            await asyncio.sleep(0.01)
    assert (await ada.made("GET", "/files"))["items"] == []


async def test_a_password_may_stand_before_or_after_the_document(ada: Learner, container: AsyncContainer) -> None:
    secret = BOUNDARY + b'Content-Disposition: form-data; name="password"\r\n\r\nopen sesame\r\n'
    document = FILE_PART + TEXT + b"\r\n"
    database = await container.get(Database)
    for body in (secret + document, document + secret):
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        file = await ada.made("POST", "/files", content=body + b"--b--\r\n", headers=headers)
        assert "open sesame" not in str(file)
        async with database.transaction(UUID(ada.user["id"])) as tx:
            job = await tx.jobs.claim(UUID(file["id"]), worker="test", stale_after_seconds=60)
        assert job is not None
        assert job.password == "open sesame"


async def test_a_file_is_renamed_moved_and_deleted_with_its_bytes(ada: Learner, tmp_path: Path) -> None:
    file, module = await ada.upload(), await ada.module()
    moved = await ada.made(
        "PATCH", f"/files/{file['id']}", json={"filename": "a/../b\u0007.md", "moduleId": module["id"]}
    )
    assert (moved["filename"], moved["moduleId"], moved["courseId"]) == ("b.md", module["id"], module["courseId"])
    assert (await ada("DELETE", f"/files/{file['id']}", headers={"If-Match": '"x"'})).status_code == 412
    assert (await ada("DELETE", f"/files/{file['id']}")).status_code == 204
    assert (await ada("DELETE", f"/files/{file['id']}")).status_code == 404
    assert blobs(tmp_path) == []


async def test_a_download_link_needs_no_bearer_and_serves_ranges(ada: Learner, client: httpx.AsyncClient) -> None:
    file = await ada.upload(TEXT, "Zellen – Überblick.txt")
    link = await ada.made("GET", f"/files/{file['id']}/download")
    seconds = (datetime.fromisoformat(link["expiresAt"]) - datetime.now(UTC)).total_seconds()
    assert 0 < seconds <= 300
    whole = await client.get(link["downloadUrl"])
    assert (whole.status_code, whole.content) == (200, TEXT)
    assert whole.headers["content-disposition"].startswith("attachment;")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert whole.headers["cache-control"] == "no-store"
    for wanted, start, end in (
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, len(TEXT)),
        ("bytes=-7", len(TEXT) - 7, len(TEXT)),
    ):
        part = await client.get(link["downloadUrl"], headers={"Range": wanted})
        assert (part.status_code, part.content) == (206, TEXT[start:end])
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(TEXT)}"
    beyond = await client.get(link["downloadUrl"], headers={"Range": f"bytes={len(TEXT)}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(TEXT)}")
    odd = await client.get(link["downloadUrl"], headers={"Range": "bytes=5-2"})
    assert odd.content == TEXT
    assert (await client.get(link["downloadUrl"][:-3] + "abc")).status_code == 404


async def test_reprocessing_starts_over_and_is_refused_while_processing(
    ada: Learner, container: AsyncContainer
) -> None:
    file = await ada.upload()
    database = await container.get(Database)
    owner, file_id = UUID(ada.user["id"]), UUID(file["id"])
    waiting = await ada("POST", f"/files/{file['id']}/reprocess")
    assert waiting.status_code == 409
    assert waiting.json()["detail"] == "It is waiting to be processed already: follow its events."
    async with database.transaction(owner) as tx:
        job = await tx.jobs.claim(file_id, worker="test", stale_after_seconds=60)
        await tx.commit()
    assert job is not None
    refused = await ada("POST", f"/files/{file['id']}/reprocess")
    assert refused.status_code == 409
    assert refused.json()["detail"] == "It is being processed already: follow its events."
    async with database.transaction(owner) as tx:
        error = FileError(code="no_text", detail="There is no text in it.")
        await tx.jobs.fail(file_id, job.attempt, error, now=datetime.now(UTC))
        await tx.commit()
    again = await ada("POST", f"/files/{file['id']}/reprocess")
    assert (again.status_code, again.json()["status"], again.json()["error"]) == (202, "pending", None)


async def events(reply: httpx.Response) -> AsyncIterator[dict[str, Any]]:
    async for line in reply.aiter_lines():
        if line.startswith("data: "):
            yield msgspec.json.decode(line.removeprefix("data: "))


async def test_a_watcher_sees_each_step_and_the_end(app: Litestar, ada: Learner, container: AsyncContainer) -> None:
    file = await ada.upload()
    database, feed = await container.get(Database), await container.get(ProgressFeed)
    owner, file_id = UUID(ada.user["id"]), UUID(file["id"])
    async with served(app) as running, httpx.AsyncClient(base_url=running.address) as client:
        headers = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
        async with client.stream("GET", f"/api/v1/files/{file['id']}/events", headers=headers) as reply:
            assert reply.headers["content-type"].startswith("text/event-stream")
            assert reply.headers["cache-control"] == "no-cache"
            assert reply.headers["x-accel-buffering"] == "no"
            seen = events(reply)
            assert await anext(seen) == {"type": "progress", "step": None, "progress": 0, "attempt": 0}
            async with database.transaction(owner) as tx:
                job = await tx.jobs.claim(file_id, worker="test", stale_after_seconds=60)
                await tx.commit()
            assert job is not None
            async with database.transaction(owner) as tx:
                await tx.jobs.step(file_id, job.attempt, "extract", pages_done=1, pages_total=3)
                await tx.commit()
            while (event := await anext(seen))["step"] != "extract":
                assert event["progress"] < 30
            assert event == {
                "type": "progress",
                "step": "extract",
                "progress": 30,
                "attempt": job.attempt,
                "pagesDone": 1,
                "pagesTotal": 3,
            }
            hint = FileProgress(
                status="processing", step="extract", progress=30, attempt=job.attempt, pages_done=2, pages_total=3
            )
            await feed.publish(owner, file_id, hint)
            assert (await anext(seen))["pagesDone"] == 2
            async with database.transaction(owner) as tx:
                error = FileError(code="no_text", detail="There is no text in it.")
                await tx.jobs.fail(file_id, job.attempt, error, now=datetime.now(UTC))
                await tx.commit()
            assert [event async for event in seen] == [
                {"type": "failed", "code": "no_text", "detail": "There is no text in it."}
            ]


async def test_a_watched_file_that_is_deleted_ends_the_stream(app: Litestar, ada: Learner) -> None:
    file = await ada.upload()
    async with served(app) as running, httpx.AsyncClient(base_url=running.address) as client:
        headers = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
        async with client.stream("GET", f"/api/v1/files/{file['id']}/events", headers=headers) as reply:
            seen = events(reply)
            await anext(seen)
            await ada("DELETE", f"/files/{file['id']}")
            last = [event async for event in seen][-1]
            assert (last["type"], last["code"]) == ("failed", "deleted")


async def test_a_body_far_over_the_limit_is_answered_while_it_is_sent(app: Litestar, ada: Learner) -> None:
    async with served(app) as running, httpx.AsyncClient(base_url=running.address) as client:
        headers = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
        for _ in range(3):
            form = {"file": ("large.txt", b"x" * 20_000_000)}
            reply = await client.post("/api/v1/files", files=form, headers=headers)
            assert (reply.status_code, reply.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
        assert (await client.get("/api/v1/me", headers=headers)).status_code == 200


@pytest.mark.parametrize("announced", [LIMIT + 70_000, 10**12])
async def test_a_form_that_announces_too_much_is_refused_unread(ada: Learner, announced: int) -> None:
    async def unread() -> AsyncIterator[bytes]:
        raise AssertionError("this was read")
        yield b""

    headers = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(announced)}
    reply = await ada("POST", "/files", content=unread(), headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
