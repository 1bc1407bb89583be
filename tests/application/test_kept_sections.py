"""Sections are stored one by one, on a real Postgres: a changed persona costs what it changes."""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from tests.application.test_personalization import Reader, ScriptedModel, new_reader
from tests.conftest import DatabaseUrls
from tests.fakes.grounded_reply import grounded_reply

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.ports.llm import Recorder, Switched
from learnx.domain.lessons import Completed, Lesson, LessonEvent, LessonOptions, SectionStarted, Started, UsageReported
from learnx.domain.personas import ContentPreferences, Persona
from learnx.domain.prompts import Prompt

pytestmark = pytest.mark.anyio

WHOLE = LessonOptions()


class AnsweringModel(ScriptedModel):
    """Writes every section that it is asked for, of the excerpts' sentences."""

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        self.text = grounded_reply(prompt.text)
        async with aclosing(super().stream(prompt, max_tokens=max_tokens, record=record)) as pieces:
            async for piece in pieces:
                yield piece


@pytest.fixture
async def reader(database_urls: DatabaseUrls) -> AsyncIterator[Reader]:
    engine = open_engine(database_urls.app)
    reader = await new_reader(PostgresDatabase(engine), PostgresAccounts(engine))
    reader.model = AnsweringModel()
    reader.forget()
    yield reader
    await reader.generations.aclose()
    await engine.dispose()


def preferring(**changes: Any) -> Callable[[Persona], Persona]:
    def change(persona: Persona) -> Persona:
        preferences: ContentPreferences = msgspec.structs.replace(persona.content_preferences, **changes)
        return msgspec.structs.replace(persona, content_preferences=preferences)

    return change


def cached(events: Sequence[LessonEvent]) -> dict[str, bool]:
    started = events[0]
    assert isinstance(started, Started)
    assert started.cached == all(section.cached for section in started.sections)
    return {f"{section.type}: {section.title}": section.cached for section in started.sections}


async def lesson_of(reader: Reader, events: Sequence[LessonEvent]) -> Lesson:
    last = events[-1]
    assert isinstance(last, Completed)
    return await reader.get_lesson(reader.principal, last.lesson_id)


async def test_a_field_that_only_the_summary_uses_regenerates_the_summary_alone(reader: Reader) -> None:
    first = await lesson_of(reader, await reader.events(WHOLE))
    await reader.put(preferring(summary_style="paragraphs"))
    events = await reader.events(WHOLE)
    assert [name for name, kept in cached(events).items() if not kept] == ["summary: Summary"]
    again = reader.model.prompts[1].task
    assert re.findall(r"The line `(.*?)`", again) == ["## summary: Summary"]
    second = await lesson_of(reader, events)
    assert second.id != first.id
    assert second.sections[:-1] == first.sections[:-1]
    assert second.current and not (await reader.get_lesson(reader.principal, first.id)).current
    assert [event.section_id for event in events if isinstance(event, SectionStarted)] == [
        section.id for section in second.sections
    ]


async def test_a_field_that_no_section_uses_costs_nothing(reader: Reader) -> None:
    options = LessonOptions(sections=("explanation", "practice"))
    first = await reader.events(options)
    await reader.put(preferring(summary_style="outline", examples_per_concept=5))
    second = await reader.events(options)
    assert len(reader.model.prompts) == 1
    assert first[-1] == second[-1]


async def test_a_lesson_of_which_every_section_is_stored_is_put_together_without_a_model(reader: Reader) -> None:
    first = await lesson_of(reader, await reader.events(WHOLE))
    await reader.put(preferring(summary_style="paragraphs", examples_per_concept=0))
    second = await lesson_of(reader, await reader.events(WHOLE))
    await reader.put(preferring(summary_style="bullet_points", examples_per_concept=0))
    events = await reader.events(WHOLE)
    assert all(cached(events).values())
    assert len(reader.model.prompts) == 2
    usage = events[-2]
    assert isinstance(usage, UsageReported) and (usage.prompt_tokens, usage.cost_usd) == (0, 0)
    third = await lesson_of(reader, events)
    by_type = {section.type: section for section in third.sections}
    assert by_type["summary"] == first.sections[-1]
    assert by_type["examples"] == next(section for section in second.sections if section.type == "examples")


async def test_fresh_asks_for_every_section_and_what_it_writes_is_kept_from_then_on(reader: Reader) -> None:
    await reader.events(WHOLE)
    fresh = await lesson_of(reader, await reader.events(WHOLE, fresh=True))
    assert reader.model.prompts[0].task == reader.model.prompts[1].task
    await reader.put(preferring(summary_style="paragraphs"))
    third = await lesson_of(reader, await reader.events(WHOLE))
    assert third.sections[:-1] == fresh.sections[:-1]


async def test_sections_of_a_deleted_lesson_are_written_anew(reader: Reader) -> None:
    first = await lesson_of(reader, await reader.events(WHOLE))
    async with reader.database.transaction(reader.principal.user_id) as tx:
        await tx.lessons.delete(first.id)
        await tx.commit()
    reader.forget()
    assert not any(cached(await reader.events(WHOLE)).values())
