"""Summarize a file, module or course: replay what is stored, else start one generation, or join it, and follow it."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from learnx.application.generation_writing import reply_tokens
from learnx.application.idempotency import Once
from learnx.application.lessons import FollowGeneration, LessonStream, replayed
from learnx.application.one_generation import Begun, OneGeneration
from learnx.application.personalization import as_error
from learnx.application.ports.database import Database
from learnx.application.ports.generations import Generations, StreamPosition
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.paging import Page
from learnx.application.rate_limits import AdmitGeneration
from learnx.application.summary_author import read_brief
from learnx.application.summary_request import PrepareSummary, SummaryOrder
from learnx.domain.errors import ProviderError
from learnx.domain.generations import SummaryJob
from learnx.domain.identity import Principal
from learnx.domain.lessons import Completed, Failed
from learnx.domain.summaries import Summary, summary_replay
from learnx.domain.summary_writing import longest_prompts


@dataclass(frozen=True, slots=True)
class Summarize:
    """A summary for the owner of what is summarized, as a stream: replayed, joined, or written now."""

    database: Database
    model: LanguageModel
    generations: Generations
    one_generation: OneGeneration
    admit: AdmitGeneration
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self,
        principal: Principal,
        order: SummaryOrder,
        *,
        resume: StreamPosition | None = None,
        once: Once | None = None,
    ) -> LessonStream:
        """Refuses before the first event: ``NotFound``, ``Conflict``, ``StreamOver``; where a generation would have to
        be started and there is no budget for it, as ``AdmitGeneration`` does.

        ``resume`` places a reader by its last event alone.
        """
        if resume is not None:
            follow = FollowGeneration(self.database, self.generations)
            return await follow(principal, resume.generation_id, resume=resume)
        return await self.one_generation(principal, once, partial(self._begin, principal, order))

    async def _begin(self, principal: Principal, order: SummaryOrder, generation_id: UUID) -> Begun:
        async with self.database.transaction(principal.user_id) as tx:
            request = await PrepareSummary(self.model)(tx, order)
            stored = await tx.summaries.by_key(request.key)
        if stored is not None:
            return stored.generation_id, replayed(stored.generation_id, summary_replay(stored))
        job = SummaryJob(
            generation_id=generation_id,
            summary_id=self.new_id(),
            owner=principal.user_id,
            key=request.key,
            summary_key=request.key,
            started_at=self.clock(),
            persona=request.persona.persona if request.persona else None,
            persona_version=request.persona.version if request.persona else None,
            model=self.model.name,
            scope=order.scope,
            summary_type=order.summary_type,
            max_words=request.max_words,
            material=request.material,
        )
        admit = partial(self.admit, principal.user_id, generation_id, partial(self._most_usd, job), zone="generations")
        return await self.generations.start_or_join(job, admit), None

    async def _most_usd(self, job: SummaryJob) -> float | None:
        """What the generation may cost at most: each of its prompts twice."""
        async with self.database.transaction(job.owner) as tx:
            brief = await read_brief(tx, job)
        costs = [self.model.most_usd(prompt, max_tokens=reply_tokens(prompt)) for prompt in longest_prompts(brief)]
        return None if None in costs else 2 * sum(cost for cost in costs if cost is not None)


@dataclass(frozen=True, slots=True)
class WriteSummary:
    """The whole summary at once, for those who don't read streams."""

    summarize: Summarize
    database: Database

    async def __call__(self, principal: Principal, order: SummaryOrder, *, once: Once | None = None) -> Summary:
        async with aclosing(await self.summarize(principal, order, once=once)) as stream:
            async for _, event in stream:
                if isinstance(event, Failed):
                    raise as_error(event)
                if isinstance(event, Completed):
                    async with self.database.transaction(principal.user_id) as tx:
                        return await tx.summaries.get(event.stored_id)
        raise ProviderError("The summary ended before it was whole. Ask for it again.")


@dataclass(frozen=True, slots=True)
class GetSummary:
    database: Database

    async def __call__(self, principal: Principal, summary_id: UUID) -> Summary:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.summaries.get(summary_id)


@dataclass(frozen=True, slots=True)
class ListSummaries:
    """The stored summaries of a file alone, newest first."""

    database: Database

    async def __call__(self, principal: Principal, file_id: UUID, page: Page) -> list[Summary]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.files.get(file_id)
            return await tx.summaries.page(file_id, page)


@dataclass(frozen=True, slots=True)
class DeleteSummary:
    """``check`` may refuse by raising."""

    database: Database

    async def __call__(self, principal: Principal, summary_id: UUID, check: Callable[[Summary], object]) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            check(await tx.summaries.get(summary_id))
            await tx.summaries.delete(summary_id)
            await tx.commit()
