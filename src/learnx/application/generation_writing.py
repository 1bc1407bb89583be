"""Drives the writing of one generation with a model's text, tells what is verified, stores it, and settles its cost."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
import structlog

from learnx.application.answer_author import AnswerAuthor
from learnx.application.lesson_author import LessonAuthor
from learnx.application.ports.cache import Cache
from learnx.application.ports.database import Database, Transaction
from learnx.application.ports.generations import HANDED_OVER
from learnx.application.ports.llm import LanguageModel, Switched
from learnx.application.summary_author import SummaryAuthor
from learnx.application.writing import Author, Finished, LookUp, Step, Work
from learnx.domain.errors import Conflict, LearnXError, NotFound, ProviderError, Unavailable
from learnx.domain.generations import AnswerJob, Job, LessonJob, SummaryJob
from learnx.domain.lessons import Failed, LessonEvent, Restarted, Usage, UsageReported
from learnx.domain.model_calls import ModelCall, total_usage
from learnx.domain.prompts import Prompt

log = structlog.get_logger()

#: The longest reply to a prompt, in tokens, unless the prompt asks for more words than it has room for.
REPLY_TOKENS = 6_000
#: Tokens of a word that is asked for: with its markers and Markdown, and since models write more than they are asked.
TOKENS_PER_WORD = 2
#: Characters of a piece that are verified before other generations have their turn.
AT_A_TIME = 300
SWITCHED = "The model broke off. Another one writes it, from its beginning."
STORED_MEANWHILE = "It is finished; here it is, as it is kept."
DELETED = "What this is made from was deleted, or processed anew, while it was written. Ask for it again."

K = TypeVar("K", bound=Job)


@dataclass(slots=True)
class _Account:
    """What a generation has consumed, until that is written down; it is ``charged`` unless another goes on with it."""

    model: str
    calls: list[ModelCall] = field(default_factory=list)
    charged: bool = True
    settled: bool = False

    @property
    def usage(self) -> Usage:
        return total_usage(self.calls, model=self.model)


@dataclass(frozen=True, slots=True)
class WriteGeneration:
    """Writes what a job asks for, on whichever API server it runs, also after another has died of it.

    What was called is written down however it ends: with what is stored, in its transaction, or alone.
    """

    database: Database
    cache: Cache
    model: LanguageModel
    clock: Callable[[], datetime]
    lessons: LessonAuthor
    answers: AnswerAuthor
    summaries: SummaryAuthor

    async def __call__(self, job: Job) -> AsyncGenerator[LessonEvent, None]:
        async with aclosing(self._run(job)) as events:
            async for event in events:
                yield event

    def _run(self, job: Job) -> AsyncGenerator[LessonEvent, None]:
        match job:
            case LessonJob():
                return _Run(self, job, self.lessons)()
            case AnswerJob():
                return _Run(self, job, self.answers)()
            case SummaryJob():
                return _Run(self, job, self.summaries)()
            case _:
                raise TypeError(f"nobody writes {type(job).__name__}")


class _Run(Generic[K]):
    """One run of one job."""

    def __init__(self, writer: WriteGeneration, job: K, author: Author[K]) -> None:
        self._writer, self._job, self._author = writer, job, author
        self._account = _Account(model=job.model)
        self._ending: Finished | Failed | None = None

    async def __call__(self) -> AsyncGenerator[LessonEvent, None]:
        try:
            async with aclosing(self._events()) as events:
                async for event in events:
                    yield event
        except asyncio.CancelledError as cancelled:
            self._account.charged = HANDED_OVER not in cancelled.args
            raise
        finally:
            # Cancelled, too, it has been paid for; a cancelled task waits for nothing that is not shielded.
            if not self._account.settled:
                await asyncio.shield(asyncio.ensure_future(self._settle_alone()))

    async def _events(self) -> AsyncGenerator[LessonEvent, None]:
        last: LessonEvent
        try:
            async with self._writer.database.transaction(self._job.owner) as tx:
                opened = await self._author.open(tx, self._job)
            if isinstance(opened, tuple):
                for event in opened:
                    yield event
                return
            async with aclosing(self._written(opened)) as events:
                async for event in events:
                    yield event
            assert self._ending is not None
            if isinstance(self._ending, Failed):
                last = self._ending
            else:
                stored = await self._store(self._ending)
                if stored is not None:  # by another runner of this generation, while this one was out of sight
                    yield Restarted(reason=STORED_MEANWHILE)
                    for event in stored:
                        yield event
                    return
                last = self._ending.completed
        except LearnXError as error:
            last = _failure(error)
        yield _reported(self._account.usage)
        yield last

    async def _written(self, work: Work) -> AsyncGenerator[LessonEvent, None]:
        """What one model writes, or, where it is given up, the next one from the beginning, up to an ending."""
        account = self._account
        beginning = await work.begin(account.model, anew=False)
        yield beginning.started
        model, told, writing = self._writer.model, beginning.tells, beginning.writing
        try:
            step = next(writing)
            while True:
                if isinstance(step, tuple):
                    for event in step:
                        yield event
                    step = writing.send(None)
                    continue
                if isinstance(step, LookUp):
                    step = writing.send(await work.look_up(step))
                    continue
                asked = step
                pieces = model.stream(asked, max_tokens=reply_tokens(asked), record=account.calls.append)
                async with aclosing(pieces):
                    async for piece in pieces:
                        if not isinstance(piece, Switched):
                            for start in range(0, len(piece), AT_A_TIME):
                                told = True  # what was read without a word to the reader counts, too
                                for event in _as_events(writing.send(piece[start : start + AT_A_TIME])):
                                    yield event
                                await asyncio.sleep(0)
                            continue
                        account.model = piece.model
                        if not told:  # nothing was written yet that a reader would have to forget
                            model = model.from_model(account.model)
                            continue
                        told = False
                        yield Restarted(reason=SWITCHED)
                        # What another model has written before is stored under its own name.
                        beginning = await work.begin(account.model, anew=True)
                        yield beginning.started
                        model, writing = model.from_model(account.model), beginning.writing
                        step = next(writing)
                        while isinstance(step, LookUp):
                            step = writing.send(await work.look_up(step))
                        if step != asked:  # it was asked for a part: for what was missing, or lost too much
                            break
                    else:
                        step = writing.send(None)
        except StopIteration as end:
            self._ending = end.value

    async def _store(self, finished: Finished) -> tuple[LessonEvent, ...] | None:
        """None, or the replay of what is there already under this generation's id."""
        now = self._writer.clock()
        database, cache = self._writer.database, self._writer.cache
        try:
            async with database.transaction(self._job.owner) as tx:
                await finished.store(tx, self._account.usage, now)
                await self._settle(tx, now)
                async with cache.changing(*self._author.tags(self._job)):
                    await tx.commit()
        except Conflict:
            async with database.transaction(self._job.owner) as tx:
                stored = await self._author.stored(tx, self._job)
            if stored is None:
                raise
            return stored
        self._account.settled = True
        return None

    async def _settle(self, tx: Transaction, now: datetime) -> None:
        calls, generation = self._account.calls, self._job.generation_id
        await tx.model_calls.add(calls, kind=self._author.kind, generation=generation, at=now)
        if self._account.charged:
            await tx.spending.settle(generation, usd=sum(call.cost_usd or 0.0 for call in calls))

    async def _settle_alone(self) -> None:
        generation = str(self._job.generation_id)
        try:
            async with self._writer.database.transaction(self._job.owner) as tx:
                await self._settle(tx, self._writer.clock())
                await tx.commit()
        except LearnXError as error:
            # The reservation ends by itself; what was called is in the log at least.
            for call in self._account.calls:
                log.warning("generation.unsettled", generation_id=generation, call=msgspec.to_builtins(call))
            log.warning("generation.settling_failed", generation_id=generation, detail=error.detail)


def _failure(error: LearnXError) -> Failed:
    if isinstance(error, ProviderError):
        return Failed(code="PROVIDER_ERROR", detail=error.detail, retryable=error.retryable)
    if isinstance(error, NotFound):
        return Failed(code="NOT_FOUND", detail=DELETED, retryable=False)
    if isinstance(error, Unavailable):
        return Failed(code="SERVICE_UNAVAILABLE", detail=error.detail, retryable=True)
    raise error


def _as_events(step: Step) -> tuple[LessonEvent, ...]:
    if not isinstance(step, tuple):
        raise RuntimeError("a writing asked for something while text was coming in")
    return step


def _reported(usage: Usage) -> UsageReported:
    return UsageReported(
        prompt_tokens=usage.prompt_tokens,
        cached_prompt_tokens=usage.cached_prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=usage.cost_usd,
        cache_hit=usage.cache_hit,
        model=usage.model,
    )


def reply_tokens(prompt: Prompt) -> int:
    """The longest reply to it that is paid for."""
    return max(REPLY_TOKENS, TOKENS_PER_WORD * prompt.reply_words)
