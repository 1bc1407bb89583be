"""Feedback: one row for each target, its owner's alone, and gone with its lesson."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.adapters.postgres.test_records import lesson_of
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.courses import File
from learnx.domain.errors import NotFound
from learnx.domain.feedback import Feedback, Rating

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]


async def test_a_second_one_for_the_same_target_replaces_the_first_and_keeps_its_id(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    lesson = lesson_of(await new_file(owner))

    def said(rating: Rating, sentence: str | None = None, minutes: int = 0) -> Feedback:
        return Feedback(
            id=uuid7(),
            lesson_id=lesson.id,
            sentence_id=sentence,
            rating=rating,
            comment=f"{rating} 🧬",
            created_at=lesson.created_at + timedelta(minutes=minutes),
        )

    first, of_sentence, again = said("helpful"), said("wrong", "s1.1", 1), said("too_easy", minutes=2)
    async with database.transaction(owner) as tx:
        await tx.lessons.add(lesson, key="k")
        assert await tx.feedback.put(first) == first
        assert await tx.feedback.put(of_sentence) == of_sentence
        kept = await tx.feedback.put(again)
        assert (kept.id, kept.created_at, kept.rating, kept.comment) == (
            first.id,
            first.created_at,
            "too_easy",
            again.comment,
        )
        assert await tx.feedback.page(lesson.id, Page()) == [of_sentence, kept]
        after = (of_sentence.created_at.isoformat(), str(of_sentence.id))
        assert await tx.feedback.page(lesson.id, Page(after=after)) == [kept]
        await tx.commit()
    async with database.transaction(uuid7()) as other:
        assert await other.feedback.page(lesson.id, Page()) == []
        with pytest.raises(NotFound):
            await other.feedback.get(first.id)
        with pytest.raises(NotFound):
            await other.feedback.delete(first.id)
    async with database.transaction(owner) as tx:
        await tx.feedback.delete(of_sentence.id)
        with pytest.raises(NotFound):
            await tx.feedback.delete(of_sentence.id)
        await tx.lessons.delete(lesson.id)
        with pytest.raises(NotFound):
            await tx.feedback.get(first.id)
