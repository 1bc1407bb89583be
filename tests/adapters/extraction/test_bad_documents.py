"""Every document of the corpora, and each hostile one made here, ends as ``expected`` says, in bounded memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from learnx.adapters.extraction.messages import Limits
from learnx.adapters.extraction.sandbox import SandboxedExtractor
from learnx.domain.cleaning import clean
from learnx.domain.errors import ProcessingFailed

from . import hostile
from .expected import COMPLETED, COVERED, EXPECTED, EXPECTED_OF_MADE, PASSWORDS, outcome_of

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

#: A document that keeps a processor busy is given less time than in production.
HASTY = Limits(seconds=2)
AT_ONCE = 2


@pytest.fixture
async def extractor() -> AsyncIterator[SandboxedExtractor]:
    extractor = SandboxedExtractor()
    yield extractor
    await extractor.aclose()


async def outcome(extractor: SandboxedExtractor, path: Path, password: str | None = None) -> str:
    """Within the time that the limits promise; a failure says what to do, a success has something to read."""
    limits, pages = Limits(), 0

    def see(_: int, total: int) -> None:
        nonlocal pages
        pages = total

    started = asyncio.get_running_loop().time()
    async with asyncio.timeout(limits.time_for(limits.pages)):
        try:
            document = await extractor.extract(path, filename=path.name, password=password, on_pages=see)
        except ProcessingFailed as failed:
            assert len(failed.detail) > 40, path
            assert failed.detail.endswith("."), path
            return failed.code
        finally:
            assert asyncio.get_running_loop().time() - started <= limits.time_for(pages) + 1
    text = "".join(block.text for block in clean(document).blocks)
    assert any(character.isalnum() for character in text), path
    return COMPLETED


def covered(corpora: Path) -> dict[str, Path]:
    paths = (path for folder in COVERED for path in sorted((corpora / folder).rglob("*")) if path.is_file())
    return {str(path.relative_to(corpora)): path for path in paths}


def test_the_table_has_an_entry_for_every_file_and_a_file_for_every_entry(corpora: Path) -> None:
    files = covered(corpora)
    assert [name for name in files if outcome_of(name) is None] == []
    assert [entry for entry in [*EXPECTED, *PASSWORDS] if not (corpora / entry).exists()] == []


async def test_every_document_of_the_corpora_ends_as_expected(extractor: SandboxedExtractor, corpora: Path) -> None:
    files = covered(corpora)
    found: dict[str, str] = {}
    waiting = list(files.items())

    async def work() -> None:
        while waiting:
            name, path = waiting.pop()
            found[name] = await outcome(extractor, path)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(work())
    assert found == {name: outcome_of(name) for name in files}


async def test_the_right_password_opens_what_is_encrypted(extractor: SandboxedExtractor, corpora: Path) -> None:
    for name, password in PASSWORDS.items():
        assert await outcome(extractor, corpora / name, "wrong") == "encrypted"
        assert await outcome(extractor, corpora / name, password) == COMPLETED


async def test_a_password_that_is_not_needed_does_no_harm(extractor: SandboxedExtractor, tmp_path: Path) -> None:
    path = tmp_path / "open.pdf"
    path.write_bytes(hostile.good_pdf())
    assert await outcome(extractor, path, "any") == COMPLETED


@pytest.mark.parametrize("name", EXPECTED_OF_MADE)
async def test_what_is_made_to_harm_ends_as_expected_and_the_next_document_is_read(name: str, tmp_path: Path) -> None:
    expected = EXPECTED_OF_MADE[name]
    extractor = SandboxedExtractor(limits=HASTY if expected == "timed_out" else None)
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(getattr(hostile, name)())
    good.write_bytes(hostile.good_pdf())
    try:
        assert await outcome(extractor, good) == COMPLETED
        server = fork_server()
        before = server.memory_info().rss
        async with watched(server) as seen:
            assert await outcome(extractor, bad) == expected
        assert max(seen, default=0) <= before + Limits().memory_bytes
        assert await outcome(extractor, good) == COMPLETED
        assert fork_server() == server
    finally:
        await extractor.aclose()


async def test_an_encrypted_document_is_read_with_its_password(extractor: SandboxedExtractor, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    path.write_bytes(hostile.pdf_with_a_password())
    assert await outcome(extractor, path, "wrong") == "encrypted"
    assert await outcome(extractor, path, hostile.PASSWORD) == COMPLETED


def fork_server() -> psutil.Process:
    (server,) = (
        child for child in psutil.Process().children() if any("fork_server" in part for part in child.cmdline())
    )
    return server


@asynccontextmanager
async def watched(parent: psutil.Process) -> AsyncIterator[list[int]]:
    """Looks at the memory of a process's children, in bytes, while a block runs."""
    seen: list[int] = []

    async def look() -> None:
        while True:
            for child in parent.children():
                with suppress(psutil.NoSuchProcess):
                    seen.append(child.memory_info().rss)
            await asyncio.sleep(0.005)

    task = asyncio.create_task(look())
    try:
        yield seen
    finally:
        task.cancel()
