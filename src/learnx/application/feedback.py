"""Learners say how a lesson, or a sentence of it, was; what is called wrong is told to the operators, without words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from learnx.application.idempotency import Once, keep, recall
from learnx.application.ports.database import Database
from learnx.application.ports.paging import Page
from learnx.domain.errors import InvalidInput, NotFound
from learnx.domain.feedback import Feedback, Rating
from learnx.domain.identity import Principal

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class GiveFeedback:
    """Returns it as it is kept, and whether it is new: a second one for the same target replaces the first.

    A sentence that the lesson has not: ``InvalidInput``.
    """

    database: Database
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self,
        principal: Principal,
        lesson_id: UUID,
        rating: Rating,
        *,
        sentence_id: str | None = None,
        comment: str | None = None,
        once: Once | None = None,
    ) -> tuple[Feedback, bool]:
        given = Feedback(
            id=self.new_id(),
            lesson_id=lesson_id,
            sentence_id=sentence_id,
            rating=rating,
            comment=comment,
            created_at=self.clock(),
        )
        async with self.database.transaction(principal.user_id) as tx:
            said: tuple[Feedback, bool] | None = await recall(tx, once, tuple[Feedback, bool], given.created_at)
            if said is not None:
                return said
            lesson, _ = await tx.lessons.get(lesson_id)
            sentences = {sentence.id: sentence for section in lesson.sections for sentence in section.sentences}
            if sentence_id is not None and sentence_id not in sentences:
                raise InvalidInput("The lesson has no such sentence.", [("/sentenceId", "is not one of the lesson's")])
            kept = await tx.feedback.put(given)
            await keep(tx, once, (kept, kept.id == given.id), given.created_at)
            await tx.commit()
        if rating == "wrong" and sentence_id is not None:
            log.warning(
                "feedback.wrong",
                lesson_id=str(lesson_id),
                sentence_id=sentence_id,
                sentence_kind=sentences[sentence_id].kind,
                model=lesson.model,
                prompt_version=lesson.prompt_version,
            )
        return kept, kept.id == given.id


@dataclass(frozen=True, slots=True)
class ListFeedback:
    """Of one lesson, newest first."""

    database: Database

    async def __call__(self, principal: Principal, lesson_id: UUID, page: Page) -> list[Feedback]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.lessons.get(lesson_id)
            return await tx.feedback.page(lesson_id, page)


@dataclass(frozen=True, slots=True)
class DeleteFeedback:
    """``check`` is given what is there, and may refuse by raising."""

    database: Database

    async def __call__(
        self, principal: Principal, lesson_id: UUID, feedback_id: UUID, check: Callable[[object], None]
    ) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            found = await tx.feedback.get(feedback_id)
            if found.lesson_id != lesson_id:
                raise NotFound("feedback")
            check(found)
            await tx.feedback.delete(feedback_id)
            await tx.commit()
