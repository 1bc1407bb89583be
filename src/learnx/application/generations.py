"""The generations that write lessons for a user just now: looked at, and stopped."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from learnx.application.ports.generations import Generations
from learnx.application.ports.repositories import Page
from learnx.domain.errors import NotFound, Unavailable
from learnx.domain.generations import GenerationJob
from learnx.domain.identity import Principal
from learnx.domain.lessons import LessonOptions, SectionOutline
from learnx.domain.values import Value


class RunningGeneration(Value):
    """A lesson that is being written. ``lesson_id`` can be read once it is whole; ``model`` is the one that was asked
    for."""

    generation_id: UUID
    lesson_id: UUID
    file_id: UUID
    started_at: datetime
    persona_version: int | None
    model: str
    options: LessonOptions
    sections: tuple[SectionOutline, ...]


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


def _shown(job: GenerationJob) -> RunningGeneration:
    return RunningGeneration(
        generation_id=job.generation_id,
        lesson_id=job.lesson_id,
        file_id=job.file_id,
        started_at=job.started_at,
        persona_version=job.persona_version,
        model=job.model,
        options=job.options,
        sections=job.plan.sections,
    )


async def stop_lessons(generations: Generations, owner: UUID, files: Collection[UUID] | None = None) -> None:
    """Those of these files, or all of the owner's, that are being written: of what is deleted nothing more is told, nor
    paid for. Where Redis is away they end when they would be stored."""
    with suppress(Unavailable):
        for job in await generations.running(owner):
            if files is None or job.file_id in files:
                with suppress(NotFound):
                    await generations.stop(owner, job.generation_id)
