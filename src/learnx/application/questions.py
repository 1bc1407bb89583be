"""Ask about a file, module or course: one answer is started, or joined, and followed."""

import hashlib
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec

from learnx.application.answer_author import PASSAGES_TOKENS
from learnx.application.generation_writing import REPLY_TOKENS
from learnx.application.idempotency import Once
from learnx.application.lessons import FollowGeneration, LessonStream
from learnx.application.one_generation import Begun, OneGeneration
from learnx.application.personalization import as_error
from learnx.application.ports.database import Database, Transaction
from learnx.application.ports.generations import Generations, StreamPosition
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.paging import Page
from learnx.application.rate_limits import AdmitGeneration
from learnx.domain.activity import Activity
from learnx.domain.answer_prompt import build_answer_prompt
from learnx.domain.answers import Answer
from learnx.domain.conversations import Turn
from learnx.domain.errors import Conflict, NotReady, ProviderError
from learnx.domain.follow_ups import TURNS
from learnx.domain.generations import AnswerJob
from learnx.domain.identity import Principal
from learnx.domain.lessons import Completed, Failed
from learnx.domain.prompts import Prompt
from learnx.domain.retrieval import Scope
from learnx.domain.values import Value

#: How long a question may be, in characters.
MOST_CHARACTERS = 2_000
DEFAULT_PASSAGES, MOST_PASSAGES = 8, 20
ARCHIVED = "The course is archived, and left out of what is asked. Restore it, or ask about one of its files."
NOT_READY = "The file is not ready: it has no passages yet. Follow its events, and ask again when it is completed."
ELSEWHERE = "The conversation is about another file, module or course. Ask there, or begin a new one."


class Inquiry(Value):
    """``passages``: how many are looked at, at most."""

    question: str
    scope: Scope
    passages: int = DEFAULT_PASSAGES
    conversation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """An answer for the owner of the place that is asked about, as a stream."""

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
        inquiry: Inquiry,
        *,
        resume: StreamPosition | None = None,
        once: Once | None = None,
    ) -> LessonStream:
        """Refuses before the first event: ``NotFound`` for the place or the conversation, ``NotReady``, ``Conflict``
        where the course is archived or the conversation is about another place; and as ``AdmitGeneration`` does.

        ``resume`` places a reader by its last event alone.
        """
        if resume is not None:
            follow = FollowGeneration(self.database, self.generations)
            return await follow(principal, resume.generation_id, resume=resume)
        return await self.one_generation(principal, once, partial(self._begin, principal, inquiry))

    async def _begin(self, principal: Principal, inquiry: Inquiry, generation_id: UUID) -> Begun:
        async with self.database.transaction(principal.user_id) as tx:
            await check_open(tx, inquiry.scope)
            turns = await _turns(tx, inquiry)
            persona = await tx.personas.current()
            await tx.activities.add(
                Activity(id=self.new_id(), kind="question_asked", at=self.clock(), file_id=inquiry.scope.file_id)
            )
            await tx.commit()
        job = AnswerJob(
            generation_id=generation_id,
            owner=principal.user_id,
            key=_key(inquiry, turns, persona.version if persona else None),
            started_at=self.clock(),
            persona=persona.persona if persona else None,
            persona_version=persona.version if persona else None,
            model=self.model.name,
            answer_id=self.new_id(),
            conversation_id=inquiry.conversation_id or self.new_id(),
            scope=inquiry.scope,
            question=inquiry.question,
            turns=turns,
            passages=inquiry.passages,
        )
        admit = partial(self.admit, principal.user_id, generation_id, partial(self._most_usd, job), zone="asks")
        return await self.generations.start_or_join(job, admit), None

    async def _most_usd(self, job: AnswerJob) -> float | None:
        """What it may cost at most: two replies to a prompt as long as one may be, and one to a follow-up's, which is
        shorter."""
        prompt = build_answer_prompt(job.question, (), titles={}, persona=job.persona)
        longest = Prompt(rules=prompt.rules, excerpts="a " * PASSAGES_TOKENS, persona=prompt.persona, task=prompt.task)
        most = self.model.most_usd(longest, max_tokens=REPLY_TOKENS)
        return None if most is None else (3 if job.turns else 2) * most


@dataclass(frozen=True, slots=True)
class WriteAnswer:
    """The whole answer at once, for those who don't read streams."""

    ask: AskQuestion
    database: Database

    async def __call__(self, principal: Principal, inquiry: Inquiry, *, once: Once | None = None) -> Answer:
        async with aclosing(await self.ask(principal, inquiry, once=once)) as stream:
            async for _, event in stream:
                if isinstance(event, Failed):
                    raise as_error(event)
                if isinstance(event, Completed):
                    async with self.database.transaction(principal.user_id) as tx:
                        return await tx.answers.get(event.stored_id)
        raise ProviderError("The answer ended before it was whole. Ask again.")


async def check_open(tx: Transaction, scope: Scope) -> None:
    """Whether a place is there, and can be asked about now."""
    course_id = scope.course_id
    if scope.file_id is not None:
        if not (await tx.files.get(scope.file_id)).ready:
            raise NotReady(NOT_READY)
        return
    if scope.module_id is not None:
        course_id = (await tx.modules.get(scope.module_id)).course_id
    assert course_id is not None
    if (await tx.courses.get(course_id)).archived:
        raise Conflict(ARCHIVED)


async def _turns(tx: Transaction, inquiry: Inquiry) -> tuple[Turn, ...]:
    if inquiry.conversation_id is None:
        return ()
    conversation = await tx.conversations.get(inquiry.conversation_id)
    if conversation.scope != inquiry.scope:
        raise Conflict(ELSEWHERE)
    answers = await tx.answers.page(conversation.id, Page(limit=TURNS))
    return tuple(
        Turn(question=answer.searched_for, answer=answer.answer if answer.answered else "")
        for answer in reversed(answers)
    )


def _key(inquiry: Inquiry, turns: tuple[Turn, ...], persona_version: int | None) -> str:
    """Who asks the same twice at once reads one answer; asked again later, it is answered again."""
    asked = msgspec.json.encode((inquiry, len(turns), persona_version))
    return f"answer:{hashlib.sha256(asked).hexdigest()}"
