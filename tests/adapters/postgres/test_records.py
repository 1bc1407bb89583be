"""Personas, lessons and activities come back as they were put."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.activity import Activity
from learnx.domain.courses import File
from learnx.domain.errors import Conflict, NotFound
from learnx.domain.lessons import Citation, GroundingCounts, Lesson, Section, Sentence, Usage
from learnx.domain.personas import Interests, Persona, PersonaVersion

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]


def lesson_of(file: File, minutes: int = 0) -> Lesson:
    cited = Citation(file_id=file.id, chunk_id=uuid7(), page_number=12, page_label="xii", quote="„Zellen“ 🧬")
    sentence = Sentence(
        id="s1.1",
        lead="",
        text="Cells are small.",
        kind="sourced",
        citations=(cited,),
        because=("interests.primary",),
    )
    return Lesson(
        id=uuid7(),
        generation_id=uuid7(),
        file_id=file.id,
        file_sha256=file.sha256,
        persona_version=3,
        model="offline",
        prompt_version="1",
        created_at=file.created_at + timedelta(minutes=minutes),
        sections=(
            Section(id="s1", type="summary", title="Summary", sentences=(sentence,), markdown="Cells are small."),
        ),
        grounding=GroundingCounts(sourced=1),
        usage=Usage(prompt_tokens=10, cost_usd=0.1 + 0.2, model="offline"),
        word_count=3,
    )


async def test_personas_are_versions_and_the_newest_is_current(database: PostgresDatabase, owner: UUID) -> None:
    async with database.transaction(owner) as tx:
        assert await tx.personas.current() is None
        at = (await tx.users.get()).created_at
        versions = [
            PersonaVersion(version=number, updated_at=at, persona=Persona(interests=Interests(primary=(f"i{number}",))))
            for number in (1, 2, 3)
        ]
        for version in versions:
            await tx.personas.append(version)
        assert await tx.personas.current() == versions[2]
        assert await tx.personas.history(Page(limit=2)) == [versions[2], versions[1]]
        assert await tx.personas.history(Page(after=("2",))) == [versions[0]]
        with pytest.raises(Conflict):
            await tx.personas.append(versions[0])
        await tx.commit()


async def test_a_lesson_comes_back_equal_with_its_key(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    lesson = lesson_of(await new_file(owner))
    async with database.transaction(owner) as tx:
        await tx.lessons.add(lesson, key="k1")
        await tx.commit()
        assert await tx.lessons.get(lesson.id) == (lesson, "k1")
        assert await tx.lessons.by_generation(lesson.generation_id) == lesson
        assert await tx.lessons.by_key("k1") == lesson
        assert await tx.lessons.by_key("k2") is None
        assert await tx.lessons.by_generation(lesson.id) is None
        await tx.lessons.delete(lesson.id)
        for lookup in (tx.lessons.get(lesson.id), tx.lessons.delete(lesson.id)):
            with pytest.raises(NotFound):
                await lookup


async def test_of_lessons_with_one_key_the_newest_counts(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    made = [lesson_of(file, minutes) for minutes in (2, 3, 1)]
    async with database.transaction(owner) as tx:
        for lesson in made:
            await tx.lessons.add(lesson, key="k")
        newest_first = sorted(made, key=lambda lesson: lesson.created_at, reverse=True)
        assert await tx.lessons.by_key("k") == newest_first[0]
        assert await tx.lessons.page(file.id, Page()) == [(lesson, "k") for lesson in newest_first]
        after = (newest_first[0].created_at.isoformat(), str(newest_first[0].id))
        assert await tx.lessons.page(file.id, Page(limit=1, after=after)) == [(newest_first[1], "k")]


async def test_a_generation_is_stored_once(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    lesson = lesson_of(await new_file(owner))
    async with database.transaction(owner) as tx:
        await tx.lessons.add(lesson, key="k")
        with pytest.raises(Conflict):
            await tx.lessons.add(replace(lesson, id=uuid7()), key="k")


async def test_lessons_go_with_their_file_and_activities_stay(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    lesson = lesson_of(file)
    activities = [
        Activity(
            id=uuid7(),
            kind="lesson_finished",
            at=file.created_at + timedelta(minutes=minutes),
            file_id=file.id,
            lesson_id=lesson.id,
        )
        for minutes in range(3)
    ]
    async with database.transaction(owner) as tx:
        await tx.lessons.add(lesson, key="k")
        for activity in activities:
            await tx.activities.add(activity)
        await tx.files.delete(file.id)
        await tx.commit()
        with pytest.raises(NotFound):
            await tx.lessons.get(lesson.id)
        found = await tx.activities.page(Page(limit=2))
        assert found == activities[:0:-1]
        after = (found[-1].at.isoformat(), str(found[-1].id))
        assert await tx.activities.page(Page(after=after)) == activities[:1]


async def test_a_lesson_of_a_deleted_file_is_not_stored(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with database.transaction(owner) as tx:
        await tx.files.delete(file.id)
        with pytest.raises(NotFound):
            await tx.lessons.add(lesson_of(file), key="k")


def with_sections(lesson: Lesson, *texts: str) -> Lesson:
    (section,) = lesson.sections
    return replace(
        lesson,
        sections=tuple(
            replace(section, id=f"s{number}", title=text, markdown=text) for number, text in enumerate(texts, start=1)
        ),
    )


async def test_the_newest_section_of_a_key_is_found_as_its_lesson_has_it(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    older = with_sections(lesson_of(file, 1), "old a", "old b", "old c")
    newest = with_sections(lesson_of(file, 3), "new b", "new d")
    between = with_sections(lesson_of(file, 2), "other b")
    async with database.transaction(owner) as tx:
        await tx.lessons.add(older, key="k1", section_keys={"s1": "a", "s2": "b", "s3": "c", "s4": "left out"})
        await tx.lessons.add(newest, key="k2", section_keys={"s1": "b", "s2": "d"})
        await tx.lessons.add(between, key="k3", section_keys={"s1": "b"})
        await tx.commit()
        assert await tx.lessons.sections(["a", "b", "d", "left out", "unknown"]) == {
            "a": older.sections[0],
            "b": newest.sections[0],
            "d": newest.sections[1],
        }
        assert await tx.lessons.sections([]) == {}
        await tx.lessons.delete(newest.id)
        assert await tx.lessons.sections(["b", "d"]) == {"b": between.sections[0]}


async def test_sections_are_found_by_their_owner_alone_and_go_with_their_file(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with database.transaction(owner) as tx:
        await tx.lessons.add(lesson_of(file), key="k", section_keys={"s1": "a"})
        await tx.commit()
    async with database.transaction(stranger) as tx:
        assert await tx.lessons.sections(["a"]) == {}
    async with database.transaction(owner) as tx:
        assert set(await tx.lessons.sections(["a"])) == {"a"}
        await tx.files.delete(file.id)
        assert await tx.lessons.sections(["a"]) == {}
