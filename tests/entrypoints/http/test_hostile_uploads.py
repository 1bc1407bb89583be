"""Names of uploads as hostile as the wire allows: each is cleaned, kept, and sent back without harm."""

from pathlib import Path

import httpx
import pytest
from tests.entrypoints.http.conftest import Learner

pytestmark = pytest.mark.anyio

TEXT = b"Waves carry energy without carrying any matter along.\n"

#: What stands between the quotation marks of ``filename="…"``, and the name that is kept.
NAMES = [
    (b"../../etc/passwd", "passwd"),
    (rb"..\\..\\windows\\system.ini", "system.ini"),
    (b"/", "document"),
    (b"..", "document"),
    (b".", "document"),
    (b"   ", "document"),
    (b"notes\0.pdf.txt", "notes.pdf.txt"),
    (b"a\x1b[2Jb\x7f.txt", "a[2Jb.txt"),
    ("\u202etxt.exe".encode(), "txt.exe"),
    ("a\u200b\u2066b\ufeff.md".encode(), "ab.md"),
    ("🦊 Füchse.md".encode(), "🦊 Füchse.md"),
    ("Cafe\u0301.txt".encode(), "Café.txt"),
    (b"x" * 4096 + b".txt", "x" * 251 + ".txt"),
    ("🦊".encode() * 1000 + b".md", "🦊" * 63 + ".md"),
    (b"<script>alert(1)</script>.html", "script>.html"),
    (b"'; DROP TABLE files; --.txt", "'; DROP TABLE files; --.txt"),
    (b"{{7*7}}%s%n.txt", "{{7*7}}%s%n.txt"),
    (b"CON.txt", "CON.txt"),
]


async def upload(learner: Learner, raw_name: bytes) -> httpx.Response:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n--b--\r\n' % (
        raw_name,
        TEXT,
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    return await learner("POST", "/files", content=body, headers=headers)


async def test_a_hostile_name_is_cleaned_and_comes_back_safely(
    ada: Learner, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    named = {}
    for raw_name, _ in NAMES:
        reply = await upload(ada, raw_name)
        assert reply.status_code == 202, (raw_name, reply.text)
        named[raw_name] = reply.json()["filename"]
        link = await ada.made("GET", f"/files/{reply.json()['id']}/download")
        download = await client.get(link["downloadUrl"])
        assert download.content == TEXT
        assert download.headers["content-disposition"].startswith("attachment")
        assert not set("\r\n\0") & set(download.headers["content-disposition"])
    assert named == dict(NAMES)
    stored = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == TEXT]
    assert len(stored) == len(NAMES)
    assert all(tmp_path / "blobs" in path.parents for path in stored)


async def test_a_name_that_is_not_utf_8_is_no_form(ada: Learner) -> None:
    reply = await upload(ada, b"\xff\xfe.txt")
    assert (reply.status_code, reply.json()["code"]) == (400, "MALFORMED_REQUEST")
    assert (await ada.made("GET", "/files"))["items"] == []


async def test_a_file_without_a_name_gets_one(ada: Learner) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n%s\r\n--b--\r\n' % TEXT
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    reply = await ada("POST", "/files", content=body, headers=headers)
    assert reply.status_code == 202
    assert reply.json()["filename"] == "document"


async def test_one_byte_over_the_limit_is_refused_and_the_limit_itself_is_not(ada: Learner, tmp_path: Path) -> None:
    for size, status in ((100_000, 202), (100_001, 413), (0, 422)):
        reply = await ada("POST", "/files", files={"file": ("a.txt", b"x" * size)})
        assert reply.status_code == status
    assert [path.stat().st_size for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [100_000]
