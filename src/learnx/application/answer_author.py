"""What is particular to writing an answer: its passages, which are looked up, and how it is stored."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from learnx.application.ports.database import Database, Transaction
from learnx.application.ports.llm import LanguageModel
from learnx.application.retrieval import RetrievePassages
from learnx.application.writing import Beginning, Finished, LookUp, Work, Writing
from learnx.domain.answer_prompt import ANSWER_PROMPT_VERSION, OUTLINE
from learnx.domain.answers import Answer, answer_replay
from learnx.domain.conversations import Conversation
from learnx.domain.errors import NotFound
from learnx.domain.follow_ups import asks_nothing, standalone_question
from learnx.domain.generations import AnswerJob
from learnx.domain.lessons import Completed, LessonEvent, Started, Usage
from learnx.domain.model_calls import CallKind
from learnx.domain.prompts import Excerpt
from learnx.domain.question_answering import AnswerDraft, Found, answer_question, reply_to_courtesy

#: What the passages of one prompt may take, in tokens, where the model's context is large.
PASSAGES_TOKENS = 8_000


class PassagesWanted(LookUp):
    question: str


@dataclass(frozen=True, slots=True)
class AnswerAuthor:
    database: Database
    model: LanguageModel
    retrieve: RetrievePassages

    @property
    def kind(self) -> CallKind:
        return "answer"

    def tags(self, job: AnswerJob) -> Collection[str]:
        return ()

    async def stored(self, tx: Transaction, job: AnswerJob) -> tuple[LessonEvent, ...] | None:
        answer = await tx.answers.by_generation(job.generation_id)
        return None if answer is None else answer_replay(answer)

    async def open(self, tx: Transaction, job: AnswerJob) -> Work | tuple[LessonEvent, ...]:
        stored = await self.stored(tx, job)
        return stored if stored is not None else _AnswerWork(self, job)


@dataclass(frozen=True, slots=True)
class _AnswerWork:
    author: AnswerAuthor
    job: AnswerJob

    async def begin(self, model: str, *, anew: bool) -> Beginning:
        job = self.job
        started = Started(
            generation_id=job.generation_id,
            answer_id=job.answer_id,
            conversation_id=job.conversation_id,
            persona_version=job.persona_version,
            model=model,
            prompt_version=ANSWER_PROMPT_VERSION,
            cached=False,
            sections=(OUTLINE,),
        )
        return Beginning(started, self._write())

    async def look_up(self, wanted: LookUp) -> Found:
        assert isinstance(wanted, PassagesWanted)
        author, job = self.author, self.job
        passages = await author.retrieve(
            job.owner,
            job.scope,
            wanted.question,
            budget_tokens=min(PASSAGES_TOKENS, author.model.context_tokens // 2),
            limit=job.passages,
        )
        # Passages of one file follow each other, whatever their order was.
        by_file = dict.fromkeys(passage.file_id for passage in passages)
        chunks = [
            (chunk, passage.score)
            for file_id in by_file
            for passage in passages
            if passage.file_id == file_id
            for chunk in passage.chunks
        ]
        titles = {}
        async with author.database.transaction(job.owner) as tx:
            for file_id in by_file:
                file = await tx.files.get(file_id)
                titles[file_id] = file.title or file.filename
        return Found(
            excerpts=tuple(Excerpt(number=number, chunk=chunk) for number, (chunk, _) in enumerate(chunks, start=1)),
            scores={chunk.id: score for chunk, score in chunks},
            titles=titles,
        )

    def _write(self) -> Writing:
        job = self.job
        question = job.question
        if asks_nothing(question):
            draft = yield from reply_to_courtesy()
        else:
            question = yield from standalone_question(question, job.turns)
            found = yield PassagesWanted(question=question)
            assert isinstance(found, Found)
            draft = yield from answer_question(question, found, job.persona)

        async def store(tx: Transaction, usage: Usage, now: datetime) -> None:
            await self._store(tx, question, draft, usage, now)

        completed = Completed(
            answer_id=job.answer_id, answered=draft.answered, grounding=draft.grounding, word_count=draft.word_count
        )
        return Finished(completed, store)

    async def _store(self, tx: Transaction, question: str, draft: AnswerDraft, usage: Usage, now: datetime) -> None:
        """With its conversation, where it is the first in it. Deleted meanwhile, that or a file: ``NotFound``."""
        job = self.job
        answer = Answer(
            id=job.answer_id,
            conversation_id=job.conversation_id,
            generation_id=job.generation_id,
            question=job.question,
            searched_for=question,
            answered=draft.answered,
            answer=draft.section.markdown,
            sentences=draft.section.sentences,
            sources=draft.sources,
            related_concepts=draft.related_concepts,
            persona_version=job.persona_version,
            model=usage.model,
            prompt_version=ANSWER_PROMPT_VERSION,
            created_at=now,
            grounding=draft.grounding,
            usage=usage,
            word_count=draft.word_count,
        )
        for file_id in answer.quoted_files:
            await tx.files.get(file_id)
        await self._keep_conversation(tx, now)
        await tx.answers.add(answer)

    async def _keep_conversation(self, tx: Transaction, now: datetime) -> None:
        job = self.job
        try:
            await tx.conversations.touch(job.conversation_id, at=now)
        except NotFound:
            if job.turns:
                raise
            await tx.conversations.add(
                Conversation(
                    id=job.conversation_id,
                    scope=job.scope,
                    title=job.question,
                    created_at=job.started_at,
                    updated_at=now,
                )
            )
