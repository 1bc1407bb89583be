"""What learners say of lessons: one row for a lesson, and one for each of its sentences that they rate."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.feedback import lesson_feedback
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound
from learnx.domain.feedback import Feedback

#: Of the whole lesson. No sentence has this id, and, other than NULL, it is equal to itself in a unique key.
_WHOLE = ""


@dataclass(frozen=True, slots=True)
class PostgresFeedback:
    session: OwnedSession
    owner: UUID

    async def put(self, feedback: Feedback) -> Feedback:
        columns = lesson_feedback.c
        rows = await self.session.execute(
            insert(lesson_feedback)
            .values(
                owner_id=self.owner,
                id=feedback.id,
                lesson_id=feedback.lesson_id,
                sentence_id=feedback.sentence_id or _WHOLE,
                rating=feedback.rating,
                comment=feedback.comment,
                created_at=feedback.created_at,
            )
            .on_conflict_do_update(
                index_elements=[columns.owner_id, columns.lesson_id, columns.sentence_id],
                set_={"rating": feedback.rating, "comment": feedback.comment},
            )
            .returning(lesson_feedback)
        )
        return _to_value(rows.one())

    async def get(self, feedback: UUID) -> Feedback:
        rows = await self.session.execute(
            select(lesson_feedback).where(lesson_feedback.c.owner_id == self.owner, lesson_feedback.c.id == feedback)
        )
        row = rows.one_or_none()
        if row is None:
            raise NotFound("feedback")
        return _to_value(row)

    async def page(self, lesson: UUID, page: Page) -> list[Feedback]:
        columns = lesson_feedback.c
        question = select(lesson_feedback).where(columns.owner_id == self.owner, columns.lesson_id == lesson)
        if page.after is not None:
            question = question.where(tuple_(columns.created_at, columns.id) < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(columns.created_at.desc(), columns.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]

    async def delete(self, feedback: UUID) -> None:
        deleted = await self.session.execute(
            delete(lesson_feedback).where(lesson_feedback.c.owner_id == self.owner, lesson_feedback.c.id == feedback)
        )
        if not deleted.rowcount:
            raise NotFound("feedback")


def _to_value(row: Row[Any]) -> Feedback:
    return Feedback(
        id=row.id,
        lesson_id=row.lesson_id,
        sentence_id=row.sentence_id or None,
        rating=row.rating,
        comment=row.comment,
        created_at=row.created_at,
    )
