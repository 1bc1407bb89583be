"""Answers are written once, verified and kept, whatever a model writes and whatever is deleted meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from tests.application.test_personalization import Reader, new_reader, now, storage
from tests.fakes.open_limiter import admit_generation
from uuid_utils.compat import uuid7

from learnx.application.lessons import FollowGeneration, LessonStream
from learnx.application.one_generation import OneGeneration
from learnx.application.ports.paging import Page
from learnx.application.questions import AskQuestion, Inquiry
from learnx.application.spending import ReserveSpend
from learnx.domain.answers import Answer
from learnx.domain.errors import Conflict, NotFound, PaymentRequired, ProviderError
from learnx.domain.lessons import Completed, Failed, LessonEvent, Restarted, SectionStarted, SentenceVerified, Started
from learnx.domain.plans import Budgets
from learnx.domain.question_answering import NOTHING_ASKED, UNANSWERED_NEAREST
from learnx.domain.retrieval import Scope
from learnx.domain.spending import UNLIMITED, Limits, Window

__all__ = ["storage"]

pytestmark = pytest.mark.anyio

QUESTION = "How many mitochondria does a human liver cell hold?"
FACT = "A human liver cell holds about 2,000 mitochondria [1]."


@pytest.fixture
async def reader(storage: object) -> AsyncIterator[Reader]:
    reader = await new_reader(*storage, described=False)  # type: ignore[misc]
    reader.model.text = FACT
    yield reader
    await reader.generations.aclose()


def asking(reader: Reader, limits: Limits = UNLIMITED) -> AskQuestion:
    budgets = Budgets(plans={"plan": limits}, default_plan="plan")
    admit = admit_generation(ReserveSpend(reader.database, budgets, now))
    once = OneGeneration(reader.database, reader.generations, now, uuid7)
    return AskQuestion(reader.database, reader.model, reader.generations, once, admit, now, uuid7)


async def ask(reader: Reader, question: str = QUESTION, conversation: UUID | None = None) -> list[LessonEvent]:
    inquiry = Inquiry(question=question, scope=Scope(file_id=reader.file_id), conversation_id=conversation)
    return [event async for _, event in await asking(reader)(reader.principal, inquiry)]


async def stored(reader: Reader, events: list[LessonEvent]) -> Answer:
    assert isinstance(events[-1], Completed), events[-1]
    async with reader.database.transaction(reader.principal.user_id) as tx:
        return await tx.answers.get(events[-1].stored_id)


def told(events: list[LessonEvent]) -> list[str]:
    """What a reader has at the end."""
    sentences: list[str] = []
    for event in events:
        if isinstance(event, SectionStarted | Restarted):
            sentences = []
        if isinstance(event, SentenceVerified):
            sentences.append(event.text)
    return sentences


async def test_what_is_told_is_what_is_kept(reader: Reader) -> None:
    events = await ask(reader)
    answer = await stored(reader, events)
    assert told(events) == [sentence.text for sentence in answer.sentences]
    assert answer.answered
    assert answer.usage.prompt_tokens == 100
    assert "question_asked" in await reader.activity()
    async with reader.database.transaction(reader.principal.user_id) as tx:
        [total] = await tx.model_calls.totals(
            Window(start=now() - timedelta(hours=1), until=now() + timedelta(hours=1))
        )
    assert (total.kind, total.calls) == ("answer", 1)


@pytest.mark.parametrize(
    "lie",
    [
        "A human liver cell holds about 7,000 mitochondria [1].",
        "A human liver cell holds no mitochondria, as Marie Dupont found [1].",
        "The book says “a liver cell holds millions” [1].",
        "The excerpts don't say it. A human liver cell holds about 2,000 mitochondria [1].",
    ],
)
async def test_what_a_model_makes_up_or_denies_is_neither_told_nor_kept(reader: Reader, lie: str) -> None:
    reader.model.text = lie
    events = await ask(reader)
    answer = await stored(reader, events)
    assert told(events) == [UNANSWERED_NEAREST] == [answer.answer]
    assert not answer.answered
    assert answer.sources


async def test_a_follow_up_has_a_call_of_its_own_and_continues_its_conversation(reader: Reader) -> None:
    first = await stored(reader, await ask(reader))
    events = await ask(reader, "And how many of them does it hold?", first.conversation_id)
    second = await stored(reader, events)
    assert second.conversation_id == first.conversation_id
    rewriting, answering = reader.model.prompts[1:]
    assert f"Earlier question: {QUESTION}" in rewriting.task
    assert f"Question: {second.searched_for}" in answering.task
    assert second.usage.prompt_tokens == 200


async def test_who_asks_the_same_at_once_reads_one_answer(reader: Reader) -> None:
    """The model waits until both are reading: whoever comes once the first answer is written has one of its own."""
    gate = reader.model.gate = asyncio.Event()
    inquiry = Inquiry(question=QUESTION, scope=Scope(file_id=reader.file_id))
    streams = await asyncio.gather(*(asking(reader)(reader.principal, inquiry) for _ in range(2)))
    gate.set()
    both = await asyncio.gather(*(_read(stream) for stream in streams))
    assert both[0] == both[1]
    assert len(reader.model.prompts) == 1
    again = await ask(reader)
    assert again[0] != both[0][0]


async def _read(stream: LessonStream) -> list[LessonEvent]:
    return [event async for _, event in stream]


@pytest.mark.parametrize("said", ["Thanks!", "ok, great"])
async def test_who_only_thanks_is_not_told_the_last_answer_again(reader: Reader, said: str) -> None:
    first = await stored(reader, await ask(reader))
    events = await ask(reader, said, first.conversation_id)
    answer = await stored(reader, events)
    assert told(events) == [NOTHING_ASKED] == [answer.answer]
    assert (answer.answered, answer.sources, answer.sentences[0].citations) == (False, (), ())
    assert answer.conversation_id == first.conversation_id
    assert len(reader.model.prompts) == 1


async def test_a_reader_is_placed_by_its_last_event_also_once_the_log_is_gone(reader: Reader) -> None:
    events = await ask(reader)
    start = events[0]
    assert isinstance(start, Started)
    reader.forget()
    follow = FollowGeneration(reader.database, reader.generations)
    replayed = [event async for _, event in await follow(reader.principal, start.generation_id)]
    assert told(replayed) == told(events)
    assert replayed[-1] == events[-1]


async def test_another_model_begins_anew_and_is_named(reader: Reader) -> None:
    reader.model.text = "A human liver cell holds "
    reader.model.substitute = FACT
    events = await ask(reader)
    answer = await stored(reader, events)
    assert any(isinstance(event, Restarted) for event in events)
    assert (answer.model, told(events)) == ("substitute", [answer.answer])


async def test_a_provider_that_fails_leaves_nothing_behind(reader: Reader) -> None:
    reader.model.failure = ProviderError("down")
    events = await ask(reader)
    assert isinstance(events[-1], Failed)
    assert events[-1].code == "PROVIDER_ERROR"
    async with reader.database.transaction(reader.principal.user_id) as tx:
        assert await tx.conversations.page(Page()) == []


@pytest.mark.parametrize("deleted", ["file", "conversation"])
async def test_what_is_deleted_while_it_is_written_is_not_kept(reader: Reader, deleted: str) -> None:
    first = await stored(reader, await ask(reader))
    gate = reader.model.gate = asyncio.Event()
    running = asyncio.create_task(ask(reader, f"{QUESTION} Please.", first.conversation_id))
    while len(reader.model.prompts) < 2:
        await asyncio.sleep(0.01)
    async with reader.database.transaction(reader.principal.user_id) as tx:
        if deleted == "file":
            await tx.files.delete(reader.file_id)
        else:
            await tx.conversations.delete(first.conversation_id)
        await tx.commit()
    gate.set()
    ending = (await running)[-1]
    assert isinstance(ending, Failed)
    assert ending.code == "NOT_FOUND"
    async with reader.database.transaction(reader.principal.user_id) as tx:
        assert await tx.conversations.page(Page()) == []


async def test_what_may_cost_more_than_there_is_is_refused_before_it_begins(reader: Reader) -> None:
    inquiry = Inquiry(question=QUESTION, scope=Scope(file_id=reader.file_id))
    with pytest.raises(PaymentRequired):
        await asking(reader, Limits(budget_usd_per_day=1.5))(reader.principal, inquiry)
    assert reader.model.prompts == []


async def test_of_an_archived_course_files_alone_are_asked_about(reader: Reader) -> None:
    async with reader.database.transaction(reader.principal.user_id) as tx:
        file = await tx.files.get(reader.file_id)
        course = await tx.courses.get(file.course_id)
        await tx.courses.update(replace(course, archived=True))
        await tx.commit()
    for scope in (Scope(course_id=course.id), Scope(module_id=file.module_id)):
        with pytest.raises(Conflict):
            await asking(reader)(reader.principal, Inquiry(question=QUESTION, scope=scope))
    assert (await stored(reader, await ask(reader))).answered


async def test_an_unknown_place_does_not_exist(reader: Reader) -> None:
    for scope in (Scope(file_id=uuid7()), Scope(module_id=uuid7()), Scope(course_id=uuid7())):
        with pytest.raises(NotFound):
            await asking(reader)(reader.principal, Inquiry(question=QUESTION, scope=scope))
