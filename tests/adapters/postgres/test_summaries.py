"""Summaries come back as they were put, go with what they are of, and with the files that they cite."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.courses import File
from learnx.domain.errors import Conflict, NotFound
from learnx.domain.lessons import Citation, GroundingCounts, Sentence, Usage
from learnx.domain.summaries import Summary

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]


def summary_of(*cited: File, minutes: int = 0, course: bool = False) -> Summary:
    file = cited[0]
    sentences = tuple(
        Sentence(
            id=f"s1.{number}",
            lead="\n- ",
            text="Cells are small.",
            kind="sourced",
            citations=(
                Citation(file_id=one.id, chunk_id=uuid7(), page_number=12, page_label="xii", quote="„Zellen“ 🧬"),
            ),
            because=("contentPreferences.summaryStyle",),
        )
        for number, one in enumerate(cited, start=1)
    )
    return Summary(
        id=uuid7(),
        generation_id=uuid7(),
        file_id=UNSET if course else file.id,
        course_id=file.course_id if course else UNSET,
        summary_type="exam_prep",
        max_words=200,
        summary="- Cells are small.",
        sentences=sentences,
        key_topics=("Cells",),
        estimated_read_minutes=1,
        word_count=3,
        grounding=GroundingCounts(sourced=len(cited)),
        usage=Usage(prompt_tokens=10, cost_usd=0.1 + 0.2, model="offline"),
        persona_version=3,
        model="offline",
        prompt_version="s1",
        created_at=file.created_at + timedelta(minutes=minutes),
    )


async def test_a_summary_comes_back_equal_and_is_deleted_once(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    for summary in (summary_of(file), summary_of(file, course=True)):
        async with database.transaction(owner) as tx:
            await tx.summaries.add(summary, key="k1")
            await tx.commit()
            assert await tx.summaries.get(summary.id) == summary
            assert await tx.summaries.by_generation(summary.generation_id) == summary
            assert await tx.summaries.by_key("k1") == summary
            assert await tx.summaries.by_key("k2") is None
            assert await tx.summaries.by_generation(summary.id) is None
            await tx.summaries.delete(summary.id)
            for lookup in (tx.summaries.get(summary.id), tx.summaries.delete(summary.id)):
                with pytest.raises(NotFound):
                    await lookup
            await tx.commit()


async def test_of_summaries_with_one_key_the_newest_counts_and_lists_are_newest_first(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    made = [summary_of(file, minutes=minutes) for minutes in (2, 3, 1)]
    async with database.transaction(owner) as tx:
        for summary in made:
            await tx.summaries.add(summary, key="k")
        await tx.summaries.add(summary_of(file, minutes=9, course=True), key="of the course")
        newest_first = sorted(made, key=lambda summary: summary.created_at, reverse=True)
        assert await tx.summaries.by_key("k") == newest_first[0]
        assert await tx.summaries.page(file.id, Page()) == newest_first
        after = (newest_first[0].created_at.isoformat(), str(newest_first[0].id))
        assert await tx.summaries.page(file.id, Page(limit=1, after=after)) == [newest_first[1]]


async def test_a_generation_is_stored_once(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    summary = summary_of(await new_file(owner))
    async with database.transaction(owner) as tx:
        await tx.summaries.add(summary, key="k")
        with pytest.raises(Conflict):
            await tx.summaries.add(replace(summary, id=uuid7()), key="k")


async def test_summaries_go_with_their_file_and_with_each_file_that_they_cite(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file, other = await new_file(owner), await new_file(owner)
    own, both, others = summary_of(file), summary_of(other, file, course=True), summary_of(other, course=True)
    async with database.transaction(owner) as tx:
        for summary in (own, both, others):
            await tx.summaries.add(summary, key="k")
        await tx.files.delete(file.id)
        await tx.summaries.delete_citing([file.id])
        for gone in (own, both):
            with pytest.raises(NotFound):
                await tx.summaries.get(gone.id)
        assert await tx.summaries.get(others.id) == others
        await tx.courses.delete(other.course_id)
        with pytest.raises(NotFound):
            await tx.summaries.get(others.id)


async def test_somebody_elses_summary_is_not_there(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    summary = summary_of(file)
    async with database.transaction(owner) as tx:
        await tx.summaries.add(summary, key="k")
        await tx.commit()
    async with database.transaction(stranger) as tx:
        assert await tx.summaries.by_key("k") is None
        assert await tx.summaries.by_generation(summary.generation_id) is None
        assert await tx.summaries.page(file.id, Page()) == []
        await tx.summaries.delete_citing([file.id])
        for lookup in (tx.summaries.get(summary.id), tx.summaries.delete(summary.id)):
            with pytest.raises(NotFound):
                await lookup
        await tx.commit()
    async with database.transaction(owner) as tx:
        assert await tx.summaries.get(summary.id) == summary
