"""What every blob store does, and what the one on a filesystem leaves behind."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import Bucket

from learnx.adapters.blob_store import FileBlobStore
from learnx.adapters.blob_store.content import HEAD_BYTES, PIECE_BYTES, check_key
from learnx.adapters.blob_store.s3 import PART_BYTES, S3BlobStore
from learnx.application.ports.blob_store import BlobStore
from learnx.domain.errors import NotFound, PayloadTooLarge, Unavailable

pytestmark = pytest.mark.anyio


async def streamed(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def whole(store: BlobStore, key: str, **span: int) -> bytes:
    return b"".join([piece async for piece in store.read(key, **span)])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture(params=["file", "s3"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, request: pytest.FixtureRequest) -> BlobStore:
    if kind == "file":
        return FileBlobStore(request.getfixturevalue("root"))
    return s3_store(request.getfixturevalue("bucket"))


def s3_store(bucket: Bucket) -> S3BlobStore:
    return S3BlobStore(bucket.name, "documents of/us", endpoint=bucket.endpoint, clock=lambda: NOW)


@pytest.fixture
def remains(kind: str, request: pytest.FixtureRequest) -> Callable[[], list[str]]:
    """Names all that lies in the store, whole or not."""
    if kind == "file":
        folder: Path = request.getfixturevalue("root")
        return lambda: [str(path) for path in folder.rglob("*") if path.is_file()]
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda: bucket.keys() + bucket.unfinished()


NOW = datetime.now(UTC)
CONTENT = os.urandom(2 * PIECE_BYTES + 12_345)


async def test_reads_back_what_was_put_and_tells_size_digest_and_head(store: BlobStore) -> None:
    stored = await store.put("owner/file", streamed(CONTENT[:7], b"", CONTENT[7:]), limit=len(CONTENT))
    assert stored.size_bytes == len(CONTENT)
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert stored.head == CONTENT[:HEAD_BYTES]
    assert await whole(store, "owner/file") == CONTENT


async def test_empty_content_is_a_blob(store: BlobStore) -> None:
    assert (await store.put("owner/empty", streamed(), limit=0)).size_bytes == 0
    assert await whole(store, "owner/empty") == b""


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 1), (5, 5), (100, 50), (PIECE_BYTES - 1, PIECE_BYTES + 1), (len(CONTENT) - 3, None), (10, 10**9)],
)
async def test_reads_a_range(store: BlobStore, start: int, end: int | None) -> None:
    await store.put("owner/file", streamed(CONTENT), limit=len(CONTENT))
    expected = CONTENT[start:] if end is None else CONTENT[start : max(start, end)]
    assert b"".join([piece async for piece in store.read("owner/file", start=start, end=end)]) == expected


async def test_a_later_put_replaces_the_blob(store: BlobStore) -> None:
    await store.put("owner/file", streamed(b"first, and longer"), limit=100)
    await store.put("owner/file", streamed(b"second"), limit=100)
    assert await whole(store, "owner/file") == b"second"


async def test_downloads_to_a_path(store: BlobStore, tmp_path: Path) -> None:
    await store.put("owner/file", streamed(CONTENT), limit=len(CONTENT))
    await store.download("owner/file", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == CONTENT


async def test_an_unknown_key_is_not_found(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        await whole(store, "owner/none")
    with pytest.raises(NotFound):
        await store.download("owner/none", tmp_path / "copy")


async def test_deletes_a_key_and_all_below_it_but_not_its_namesakes(store: BlobStore) -> None:
    for key in ("a/1", "a/2", "ab/1"):
        await store.put(key, streamed(b"x"), limit=1)
    await store.delete("a/1")
    await store.delete("a/1")
    with pytest.raises(NotFound):
        await whole(store, "a/1")
    await store.delete("a")
    with pytest.raises(NotFound):
        await whole(store, "a/2")
    assert await whole(store, "ab/1") == b"x"


async def test_one_byte_over_the_limit_is_refused_and_leaves_the_old_blob(
    store: BlobStore, remains: Callable[[], list[str]]
) -> None:
    await store.put("owner/file", streamed(b"old"), limit=3)
    with pytest.raises(PayloadTooLarge):
        await store.put("owner/file", streamed(CONTENT), limit=len(CONTENT) - 1)
    assert await whole(store, "owner/file") == b"old"
    assert len(remains()) == 1


async def test_content_that_raises_leaves_nothing(store: BlobStore, remains: Callable[[], list[str]]) -> None:
    async def hangs_up() -> AsyncIterator[bytes]:
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await store.put("owner/file", hangs_up(), limit=len(CONTENT))
    with pytest.raises(NotFound):
        await whole(store, "owner/file")
    assert remains() == []


async def test_cancelled_at_any_moment_it_leaves_nothing(
    store: BlobStore, kind: str, remains: Callable[[], list[str]]
) -> None:
    pieces, moments = {"file": (PIECE_BYTES, range(0, 120, 3)), "s3": (PART_BYTES, range(0, 40, 4))}[kind]

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield bytes(pieces)
            await asyncio.sleep(0)

    for moment in moments:
        task = asyncio.create_task(store.put("owner/file", slow(), limit=6 * pieces))
        for _ in range(moment):
            await asyncio.sleep(0.01 if kind == "s3" else 0)
        if task.done():
            break
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert remains() == []


@given(st.text(max_size=30))
async def test_no_key_leads_out_of_the_store(key: str) -> None:
    try:
        check_key(key)
    except ValueError:
        return
    assert Path("/store", key).resolve().is_relative_to("/store")
    assert not any(part.startswith(".") for part in key.split("/"))


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".incoming/x", "a\0b", "a\n"])
async def test_a_key_that_is_no_key_is_refused(store: BlobStore, key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        await store.put(key, streamed(b"x"), limit=1)


async def test_a_broken_disk_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        await FileBlobStore(tmp_path / "blobs").put("owner/file", streamed(b"x"), limit=1)


async def test_what_a_killed_process_left_is_removed_once_it_is_old(root: Path) -> None:
    (root / ".incoming").mkdir(parents=True)
    old, young = root / ".incoming" / "old", root / ".incoming" / "young"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 7_200, time.time() - 7_200))
    await FileBlobStore(root).remove_abandoned(older_than_seconds=3_600)
    assert [path for path in root.rglob("*") if path.is_file()] == [young]


async def test_a_link_to_an_object_saves_it_under_its_name_and_soon_ends(bucket: Bucket) -> None:
    store = s3_store(bucket)
    await store.put("owner/file", streamed(b"a document"), limit=10)
    link = await store.signed_link(
        "owner/file", filename='Zellen "é".pdf', media_type="application/pdf", expires_at=NOW + timedelta(hours=1)
    )
    assert link is not None
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["300"]
    reply = httpx.get(link)
    assert reply.content == b"a document"
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"] == "attachment; filename*=UTF-8''Zellen%20%22%C3%A9%22.pdf"


async def test_a_server_that_is_away_and_a_bucket_that_is_not_there_are_unavailable(bucket: Bucket) -> None:
    away = S3BlobStore("bucket", "", endpoint="http://127.0.0.1:1", clock=lambda: NOW)
    missing = S3BlobStore("no-such-bucket", "", endpoint=bucket.endpoint, clock=lambda: NOW)
    for store, told in ((away, "reached"), (missing, "bucket")):
        with pytest.raises(Unavailable, match=told):
            await whole(store, "owner/file")
        with pytest.raises(Unavailable, match=told):
            await store.put("owner/file", streamed(CONTENT), limit=len(CONTENT))


async def test_deleting_leaves_no_folder_that_names_its_owner(root: Path) -> None:
    store = FileBlobStore(root)
    for key in ("owner/1", "owner/2"):
        await store.put(key, streamed(b"x"), limit=1)
    await store.delete("owner/1")
    assert (root / "owner").is_dir()
    await store.delete("owner/2")
    assert [path.name for path in root.iterdir()] == [".incoming"]
    await store.put("owner/3", streamed(b"x"), limit=1)
    await store.delete("owner")
    assert [path.name for path in root.iterdir()] == [".incoming"]


async def test_deleting_an_owner_ends_what_is_being_uploaded_for_them(bucket: Bucket) -> None:
    store = s3_store(bucket)
    for owner in ("owner", "other"):
        begin_upload(bucket, f"documents of/us/{owner}/file")
    await store.delete("owner/file")
    assert len(bucket.unfinished()) == 2
    await store.delete("owner")
    assert len(bucket.unfinished()) == 1


async def test_parts_that_a_killed_process_left_are_removed_once_they_are_old(bucket: Bucket) -> None:
    begin_upload(bucket, "documents of/us/owner/file")
    begin_upload(bucket, "documents of/others/file")
    began = datetime(2010, 11, 10, 20, 48, 33, tzinfo=UTC)  # so says this server of each upload
    for now, left in ((began + timedelta(minutes=59), 2), (began + timedelta(minutes=61), 1)):
        store = S3BlobStore(bucket.name, "documents of/us", endpoint=bucket.endpoint, clock=lambda now=now: now)
        await store.remove_abandoned(older_than_seconds=3_600)
        assert len(bucket.unfinished()) == left


def begin_upload(bucket: Bucket, key: str) -> None:
    """As a process does that is killed before it ends it."""
    httpx.post(f"{bucket.endpoint}/{bucket.name}/{key}?uploads").raise_for_status()


async def test_objects_are_encrypted_as_the_usual_variable_says(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SERVER_SIDE_ENCRYPTION", "AES256")
    store = s3_store(bucket)
    await store.put("owner/small", streamed(b"a document"), limit=10)
    await store.put("owner/large", streamed(bytes(2 * PART_BYTES)), limit=2 * PART_BYTES)
    for name in ("small", "large"):
        reply = httpx.head(f"{bucket.endpoint}/{bucket.name}/documents of/us/owner/{name}")
        assert reply.headers["x-amz-server-side-encryption"] == "AES256"
