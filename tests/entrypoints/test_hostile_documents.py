"""Hostile documents in the real pipeline, among good ones: each ends as the table says, and the worker lives on."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.adapters.extraction import hostile
from tests.adapters.extraction.expected import COMPLETED, EXPECTED_OF_MADE, outcome_of
from tests.entrypoints.test_worker import Stack, running_on, until

from learnx.domain.courses import File

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(170)]

#: Each takes all of its time, by design: one is enough elsewhere.
SLOW = ("pdf_that_takes_minutes_to_lay_out",)
CORPORA = ("derived", "docx_bad", "pptx_bad", "pdf_nasty/malformed", "pdf_nasty/encrypted", "pdf_nasty/cyclic")


async def ended(stack: Stack, file: UUID) -> File:
    async def is_over(file: UUID) -> bool:
        return (await stack.file(file)).status in ("completed", "failed")

    await until(is_over, file)
    return await stack.file(file)


async def check(stack: Stack, documents: dict[str, tuple[bytes, str]]) -> None:
    """Uploads all, and a good document between any two of them; looks at what has become of each."""
    worker = stack.start_worker()
    good = hostile.good_pdf()
    uploaded = {}
    between = []
    for name, (content, _) in documents.items():
        uploaded[name] = await stack.upload(content)
        between.append(await stack.upload(good))
    found = {}
    for name, file in uploaded.items():
        done = await ended(stack, file)
        chunks = await stack.chunks(file)
        found[name] = done.error.code if done.error else COMPLETED
        assert done.ready == bool(chunks) == (done.error is None), name
        assert (done.chunk_count or 0) == len(chunks), name
        if done.error:
            assert len(done.error.detail) > 40, name
    assert found == {name: expected for name, (_, expected) in documents.items()}
    assert [(await ended(stack, file)).status for file in between] == ["completed"] * len(between)
    assert worker.poll() is None
    work = Path(stack.environment["LEARNX_DATA_DIR"], "work")
    assert work.is_dir()
    assert list(work.iterdir()) == []


async def test_a_batch_of_hostile_documents_made_here(database_urls: Any, redis_url: str, tmp_path: Path) -> None:
    documents = {
        name: (getattr(hostile, name)(), expected) for name, expected in EXPECTED_OF_MADE.items() if name not in SLOW
    }
    async with running_on(database_urls.app, database_urls.worker, redis_url, tmp_path) as stack:
        await check(stack, documents)


async def test_a_batch_of_bad_documents_of_the_corpora(
    database_urls: Any, redis_url: str, tmp_path: Path, corpora: Path
) -> None:
    documents = {}
    for folder in CORPORA:
        for path in sorted((corpora / folder).iterdir()):
            expected = outcome_of(str(path.relative_to(corpora)))
            assert expected is not None
            documents[path.name] = (path.read_bytes(), expected)
    assert len(documents) > 30
    async with running_on(database_urls.app, database_urls.worker, redis_url, tmp_path) as stack:
        await check(stack, documents)
