"""Pins that no document can hurt the process that asks for its text: memory, time, crashes, cancellation."""

import asyncio
import os
import signal
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from reportlab.pdfgen.canvas import Canvas

from learnx.adapters.extraction.messages import Limits
from learnx.adapters.extraction.sandbox import SandboxedExtractor
from learnx.domain.errors import ProcessingFailed

from .conftest import MakePdf

pytestmark = pytest.mark.anyio

SENTENCE = "Waves carry energy without carrying any matter along."


@pytest.fixture
async def extractor() -> AsyncIterator[SandboxedExtractor]:
    extractor = SandboxedExtractor()
    yield extractor
    await extractor.aclose()


@pytest.fixture
def good(make_pdf: MakePdf) -> Path:
    def draw(canvas: Canvas) -> None:
        for _ in range(3):
            canvas.drawString(50, 500, SENTENCE)
            canvas.showPage()

    return make_pdf(draw).rename(make_pdf(draw).with_name("good.pdf"))


def pdf_with_content(path: Path, content: bytes) -> Path:
    """A PDF of one page with this (deflated) content stream."""
    stream = zlib.compress(content, 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % item for item in enumerate(objects, start=1))
    path.write_bytes(body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n")
    return path


async def code_of(extractor: SandboxedExtractor, path: Path) -> str:
    try:
        await extractor.extract(path, filename=path.name)
    except ProcessingFailed as failed:
        assert failed.detail.endswith(".")
        return failed.code
    return "completed"


def descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def fork_servers() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if any("fork_server" in part for part in child.cmdline())]


async def until(condition: object) -> None:
    async with asyncio.timeout(10):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.01)


async def test_a_document_comes_back_with_the_pages_counted_on_the_way(
    extractor: SandboxedExtractor, good: Path
) -> None:
    seen: list[tuple[int, int]] = []
    document = await extractor.extract(good, filename="x.bin", on_pages=lambda done, total: seen.append((done, total)))
    assert [block.text for block in document.blocks] == [SENTENCE] * 3
    assert seen[0] == (0, 3)
    assert seen[-1] == (3, 3)


async def test_what_takes_too_long_ends_in_timed_out_and_leaves_no_process(good: Path, tmp_path: Path) -> None:
    slow = pdf_with_content(tmp_path / "slow.pdf", b"BT /F 9 Tf " + b"1 0 0 1 5 5 Tm (wave) Tj " * 400_000 + b"ET")
    hasty = SandboxedExtractor(limits=Limits(seconds=0.3, seconds_per_page=0.0, memory_bytes=1 << 31))
    try:
        assert await code_of(hasty, slow) == "timed_out"
        (server,) = fork_servers()
        await until(lambda: not server.children())
    finally:
        await hasty.aclose()


async def test_more_pages_than_the_limit_are_too_large(good: Path) -> None:
    small = SandboxedExtractor(limits=Limits(pages=2))
    try:
        assert await code_of(small, good) == "too_large"
    finally:
        await small.aclose()


async def test_cancelling_ends_the_child(extractor: SandboxedExtractor, tmp_path: Path) -> None:
    slow = pdf_with_content(tmp_path / "slow.pdf", b"BT /F 9 Tf " + b"1 0 0 1 5 5 Tm (wave) Tj " * 400_000 + b"ET")
    extractor.start()
    (server,) = fork_servers()
    task = asyncio.create_task(extractor.extract(slow, filename="slow.pdf"))
    await until(server.children)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: not server.children())
    assert server.is_running()


async def test_a_dead_fork_server_is_replaced(extractor: SandboxedExtractor, good: Path) -> None:
    assert await code_of(extractor, good) == "completed"
    (server,) = fork_servers()
    server.send_signal(signal.SIGKILL)
    assert await code_of(extractor, good) == "completed"
    assert server.pid not in {child.pid for child in fork_servers()}


async def test_a_fork_server_killed_at_work_takes_its_child_along_and_the_document_is_read_by_the_next(
    extractor: SandboxedExtractor, tmp_path: Path
) -> None:
    busy = pdf_with_content(tmp_path / "busy.pdf", b"BT /F 9 Tf " + b"1 0 0 1 5 5 Tm (wave) Tj " * 60_000 + b"ET")
    extractor.start()
    (server,) = fork_servers()
    task = asyncio.create_task(extractor.extract(busy, filename="busy.pdf"))
    await until(server.children)
    (child,) = server.children()
    server.send_signal(signal.SIGKILL)
    assert (await task).page_count == 1
    await until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (signal.SIGSEGV, "corrupt"),
        (signal.SIGKILL, "too_complex"),
        (signal.SIGABRT, "too_complex"),
        (signal.SIGXCPU, "timed_out"),
    ],
)
async def test_a_child_that_dies_is_a_failed_document_and_nothing_more(
    extractor: SandboxedExtractor, good: Path, tmp_path: Path, end: signal.Signals, code: str
) -> None:
    busy = pdf_with_content(tmp_path / "busy.pdf", b"BT /F 9 Tf " + b"1 0 0 1 5 5 Tm (wave) Tj " * 400_000 + b"ET")
    extractor.start()
    (server,) = fork_servers()
    task = asyncio.create_task(code_of(extractor, busy))
    await until(server.children)
    os.kill(server.children()[0].pid, end)
    assert await task == code
    assert await code_of(extractor, good) == "completed"


async def test_documents_are_read_side_by_side(extractor: SandboxedExtractor, good: Path) -> None:
    outcomes = await asyncio.gather(*(code_of(extractor, good) for _ in range(4)))
    assert outcomes == ["completed"] * 4


async def test_closing_leaves_no_process_behind(good: Path) -> None:
    extractor = SandboxedExtractor()
    assert await code_of(extractor, good) == "completed"
    (server,) = fork_servers()
    await extractor.aclose()
    assert not server.is_running()


async def test_the_fork_server_knows_none_of_our_secrets(
    extractor: SandboxedExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEARNX_SECRET_KEY", "hush")
    extractor.start()
    (server,) = fork_servers()
    await until(lambda: "PATH" in server.environ())
    assert not any(name.startswith("LEARNX_") for name in server.environ())


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
async def test_what_is_no_document_is_refused(extractor: SandboxedExtractor, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "lecture.pdf"
    path.write_bytes(content)
    assert await code_of(extractor, path) == ("unsupported_type" if content else "no_text")
