"""Conversations and answers come back as they were put, to their owner alone, and go with what they are about."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.adapters.postgres.conftest import NOW
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.answers import Answer, Source
from learnx.domain.conversations import Conversation
from learnx.domain.courses import File
from learnx.domain.errors import Conflict, InvalidInput, NotFound
from learnx.domain.lessons import Citation, GroundingCounts, Sentence, Usage
from learnx.domain.retrieval import Scope

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]


def conversation_of(scope: Scope, minutes: int = 0) -> Conversation:
    at = NOW + timedelta(minutes=minutes)
    return Conversation(id=uuid7(), scope=scope, title="What is a cell? 🧬", created_at=NOW, updated_at=at)


def answer_of(conversation: Conversation, file: UUID, minutes: int = 0) -> Answer:
    chunk = uuid7()
    cited = Citation(file_id=file, chunk_id=chunk, page_number=12, page_label="xii", quote="„Zellen“")
    source = Source(
        chunk_id=chunk, file_id=file, page_number=12, page_label="xii", quote="„Zellen“", relevance_score=0.1 + 0.2
    )
    sentence = Sentence(id="s1.1", lead="", text="Cells are small.", kind="sourced", citations=(cited,))
    return Answer(
        id=uuid7(),
        conversation_id=conversation.id,
        generation_id=uuid7(),
        question="What is it?",
        searched_for="What is a cell?",
        answered=True,
        answer="Cells are small.",
        sentences=(sentence,),
        sources=(source,),
        related_concepts=("Membrane",),
        persona_version=None,
        model="offline",
        prompt_version="a1",
        created_at=NOW + timedelta(minutes=minutes),
        grounding=GroundingCounts(sourced=1),
        usage=Usage(model="offline"),
        word_count=3,
    )


async def test_a_conversation_and_its_answers_come_back_equal(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    conversation = conversation_of(Scope(file_id=file.id))
    answers = [answer_of(conversation, file.id, minutes) for minutes in (2, 3, 1)]
    async with database.transaction(owner) as tx:
        await tx.conversations.add(conversation)
        for answer in answers:
            await tx.answers.add(answer)
        await tx.commit()
        assert await tx.conversations.get(conversation.id) == conversation
        assert await tx.answers.get(answers[0].id) == answers[0]
        assert await tx.answers.by_generation(answers[1].generation_id) == answers[1]
        assert await tx.answers.by_generation(answers[1].id) is None
        newest_first = [answers[1], answers[0], answers[2]]
        assert await tx.answers.page(conversation.id, Page()) == newest_first
        after = (answers[1].created_at.isoformat(), str(answers[1].id))
        assert await tx.answers.page(conversation.id, Page(limit=1, after=after)) == [answers[0]]


async def test_conversations_are_listed_by_their_last_answer_and_place(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    places = [Scope(file_id=file.id), Scope(module_id=file.module_id), Scope(course_id=file.course_id)]
    made = [conversation_of(scope, minutes) for minutes, scope in enumerate(places)]
    async with database.transaction(owner) as tx:
        for conversation in made:
            await tx.conversations.add(conversation)
        assert await tx.conversations.page(Page()) == [made[2], made[1], made[0]]
        for conversation in made:
            assert await tx.conversations.page(Page(), scope=conversation.scope) == [conversation]
        later = NOW + timedelta(hours=1)
        await tx.conversations.touch(made[0].id, at=later)
        touched = replace(made[0], updated_at=later)
        assert await tx.conversations.page(Page(limit=2)) == [touched, made[2]]
        after = (made[2].updated_at.isoformat(), str(made[2].id))
        assert await tx.conversations.page(Page(after=after)) == [made[1]]
        with pytest.raises(InvalidInput):
            await tx.conversations.page(Page(after=("yesterday", "none")))


async def test_a_generation_stores_one_answer(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner)
    conversation = conversation_of(Scope(file_id=file.id))
    answer = answer_of(conversation, file.id)
    async with database.transaction(owner) as tx:
        await tx.conversations.add(conversation)
        await tx.answers.add(answer)
        with pytest.raises(Conflict):
            await tx.answers.add(replace(answer, id=uuid7()))


async def test_answers_go_with_the_files_that_they_quote(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file, other = await new_file(owner), await new_file(owner)
    conversation = conversation_of(Scope(module_id=file.module_id))
    quoting, nearest, unrelated = (answer_of(conversation, one) for one in (file.id, other.id, other.id))
    nearest = replace(nearest, sentences=(), answered=False, sources=(replace(nearest.sources[0], file_id=file.id),))
    async with database.transaction(owner) as tx:
        await tx.conversations.add(conversation)
        for answer in (quoting, nearest, unrelated):
            await tx.answers.add(answer)
        await tx.answers.delete_citing([])
        assert len(await tx.answers.page(conversation.id, Page())) == 3
        await tx.answers.delete_citing([file.id, uuid7()])
        assert await tx.answers.page(conversation.id, Page()) == [unrelated]


async def test_all_goes_with_the_conversation_and_with_its_place(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    first, second = conversation_of(Scope(file_id=file.id)), conversation_of(Scope(file_id=file.id))
    answers = [answer_of(first, file.id), answer_of(second, file.id)]
    async with database.transaction(owner) as tx:
        for conversation, answer in zip((first, second), answers, strict=True):
            await tx.conversations.add(conversation)
            await tx.answers.add(answer)
        await tx.conversations.delete(first.id)
        await tx.answers.get(answers[1].id)
        await tx.files.delete(file.id)
        for lookup in (
            tx.answers.get(answers[0].id),
            tx.answers.get(answers[1].id),
            tx.conversations.get(second.id),
            tx.conversations.delete(second.id),
            tx.conversations.touch(second.id, at=NOW),
        ):
            with pytest.raises(NotFound):
                await lookup


async def test_a_stranger_finds_and_changes_nothing(
    database: PostgresDatabase, owner: UUID, new_user: Callable[[], Awaitable[UUID]], new_file: NewFile
) -> None:
    file = await new_file(owner)
    conversation = conversation_of(Scope(file_id=file.id))
    answer = answer_of(conversation, file.id)
    async with database.transaction(owner) as tx:
        await tx.conversations.add(conversation)
        await tx.answers.add(answer)
        await tx.commit()
    async with database.transaction(await new_user()) as tx:
        for lookup in (
            tx.conversations.get(conversation.id),
            tx.conversations.touch(conversation.id, at=NOW),
            tx.conversations.delete(conversation.id),
            tx.answers.get(answer.id),
        ):
            with pytest.raises(NotFound):
                await lookup
        assert await tx.conversations.page(Page()) == []
        assert await tx.answers.page(conversation.id, Page()) == []
        assert await tx.answers.by_generation(answer.generation_id) is None
        await tx.answers.delete_citing([file.id])
        await tx.commit()
    async with database.transaction(owner) as tx:
        assert await tx.answers.get(answer.id) == answer


async def test_nothing_is_kept_of_a_place_that_is_a_strangers(
    database: PostgresDatabase, owner: UUID, new_user: Callable[[], Awaitable[UUID]], new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with database.transaction(await new_user()) as tx:
        with pytest.raises(NotFound):
            await tx.conversations.add(conversation_of(Scope(file_id=file.id)))
