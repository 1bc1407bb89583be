"""What is being written for a user just now: looked at, and stopped."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from msgspec import UNSET, UnsetType

from learnx.application.ports.generations import Generations
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound, Unavailable
from learnx.domain.generations import AnswerJob, Job, LessonJob
from learnx.domain.identity import Principal
from learnx.domain.lessons import LessonOptions, SectionOutline
from learnx.domain.model_calls import CallKind
from learnx.domain.values import Value


class RunningGeneration(Value):
    """A lesson, answer or summary that is being written: its id can be read once it is whole. ``model`` is the one that
    was asked for; ``options`` and ``sections`` are a lesson's."""

    kind: CallKind
    generation_id: UUID
    lesson_id: UUID | UnsetType = UNSET
    answer_id: UUID | UnsetType = UNSET
    summary_id: UUID | UnsetType = UNSET
    file_id: UUID | UnsetType = UNSET
    module_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    started_at: datetime
    persona_version: int | None
    model: str
    options: LessonOptions | UnsetType = UNSET
    sections: tuple[SectionOutline, ...] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class ListGenerations:
    """The user's running ones, newest first: their ids are ordered by time."""

    generations: Generations

    async def __call__(self, principal: Principal, page: Page) -> Sequence[RunningGeneration]:
        jobs = await self.generations.running(principal.user_id)
        newest_first = sorted(jobs, key=lambda job: job.generation_id, reverse=True)
        if page.after is not None:
            last = UUID(page.after[0])
            newest_first = [job for job in newest_first if job.generation_id < last]
        return [_shown(job) for job in newest_first[: page.limit]]


@dataclass(frozen=True, slots=True)
class GetGeneration:
    generations: Generations

    async def __call__(self, principal: Principal, generation_id: UUID) -> RunningGeneration:
        """``NotFound`` for one that is over, unknown or somebody else's."""
        for job in await self.generations.running(principal.user_id):
            if job.generation_id == generation_id:
                return _shown(job)
        raise NotFound("running generation")


@dataclass(frozen=True, slots=True)
class StopGeneration:
    """Its readers are told, its call of the model is broken off, and nothing of it is stored."""

    generations: Generations

    async def __call__(self, principal: Principal, generation_id: UUID) -> None:
        """``NotFound`` for one that is over, unknown or somebody else's."""
        await self.generations.stop(principal.user_id, generation_id)


def _shown(job: Job) -> RunningGeneration:
    shown = partial(
        RunningGeneration,
        generation_id=job.generation_id,
        started_at=job.started_at,
        persona_version=job.persona_version,
        model=job.model,
    )
    if isinstance(job, LessonJob):
        return shown(
            kind="lesson",
            lesson_id=job.lesson_id,
            file_id=job.file_id,
            options=job.options,
            sections=job.plan.sections,
        )
    place = partial(
        shown,
        file_id=job.scope.file_id or UNSET,
        module_id=job.scope.module_id or UNSET,
        course_id=job.scope.course_id or UNSET,
    )
    if isinstance(job, AnswerJob):
        return place(kind="answer", answer_id=job.answer_id)
    return place(kind="summary", summary_id=job.summary_id)


async def stop_generations(generations: Generations, owner: UUID, files: Collection[UUID] | None = None) -> None:
    """Those about one of these files, or all of the owner's: of what is deleted nothing more is told, nor
    paid for. Where Redis is away they end when they would be stored."""
    with suppress(Unavailable):
        for job in await generations.running(owner):
            if files is None or job.is_about(files):
                with suppress(NotFound):
                    await generations.stop(owner, job.generation_id)
