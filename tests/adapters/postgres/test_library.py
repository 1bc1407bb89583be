"""Courses, modules and files as a learner orders them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.courses import Course, File, Module
from learnx.domain.errors import Conflict, InvalidInput, NotFound
from learnx.domain.identity import User

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]


async def joined(database: PostgresDatabase, owner: UUID) -> User:
    async with database.transaction(owner) as tx:
        return await tx.users.get()


def course_of(user: User, title: str = "Biology", minutes: int = 0) -> Course:
    at = user.created_at + timedelta(minutes=minutes)
    return Course(
        id=uuid7(), title=title, description="About life", color="#00ff00", icon="leaf", created_at=at, updated_at=at
    )


def module_of(course: Course, title: str, position: int) -> Module:
    return Module(
        id=uuid7(),
        course_id=course.id,
        title=title,
        position=position,
        created_at=course.created_at,
        updated_at=course.updated_at,
    )


async def with_modules(database: PostgresDatabase, owner: UUID, titles: str) -> tuple[Course, dict[str, Module]]:
    course = course_of(await joined(database, owner))
    made = {title: module_of(course, title, position) for position, title in enumerate(titles)}
    async with database.transaction(owner) as tx:
        await tx.courses.add(course)
        for module in made.values():
            await tx.modules.add(module)
        await tx.commit()
    return course, made


async def order(database: PostgresDatabase, owner: UUID, course: UUID) -> str:
    async with database.transaction(owner) as tx:
        found = await tx.modules.page(course, Page(limit=100))
    assert [module.position for module in found] == list(range(len(found)))
    return "".join(module.title for module in found)


async def test_a_course_is_read_as_it_was_written_with_its_contents_counted(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    course, modules = await with_modules(database, owner, "ab")
    for module in (modules["a"], modules["a"], modules["b"]):
        await new_file(owner, module=module)
    async with database.transaction(owner) as tx:
        assert await tx.courses.get(course.id) == replace(course, module_count=2, file_count=3)
        assert await tx.modules.get(modules["a"].id) == replace(modules["a"], file_count=2)


async def test_a_course_is_changed_and_a_missing_one_is_not_found(database: PostgresDatabase, owner: UUID) -> None:
    course = course_of(await joined(database, owner))
    async with database.transaction(owner) as tx:
        await tx.courses.add(course)
        changed = replace(course, title="Botany", color=None, archived=True)
        await tx.courses.update(changed)
        await tx.commit()
        assert await tx.courses.get(course.id) == changed
        with pytest.raises(NotFound):
            await tx.courses.update(course_of(await tx.users.get()))
        await tx.courses.delete(course.id)
        for missing in (tx.courses.get, tx.courses.delete):
            with pytest.raises(NotFound):
                await missing(course.id)


async def test_pages_of_courses_are_newest_first_and_stable_while_rows_come_and_go(
    database: PostgresDatabase, owner: UUID
) -> None:
    user = await joined(database, owner)
    same_moment = [course_of(user, f"c{number}", minutes=number // 2) for number in range(6)]
    async with database.transaction(owner) as tx:
        for course in same_moment:
            await tx.courses.add(course)
        await tx.courses.add(replace(course_of(user, "old"), archived=True))
        first = await tx.courses.page(Page(limit=3), archived=False)
        after = (first[-1].created_at.isoformat(), str(first[-1].id))
        await tx.courses.delete(first[-1].id)
        await tx.courses.add(course_of(user, "new", minutes=99))
        rest = await tx.courses.page(Page(limit=9, after=after), archived=False)
        archived = await tx.courses.page(Page(), archived=True)
    expected = sorted(same_moment, key=lambda course: (course.created_at, course.id), reverse=True)
    assert [course.title for course in [*first, *rest]] == [course.title for course in expected]
    assert [course.title for course in archived] == ["old"]


@pytest.mark.parametrize(
    "after",
    [
        (),
        ("x", "y"),
        ("2026-11-22T12:00:00", "01930000-0000-7000-8000-000000000001"),
        ("2026-11-22T12:00:00Z", "no-id"),
        ("1", "2", "3"),
    ],
)
async def test_a_sort_key_of_another_list_is_refused(
    database: PostgresDatabase, owner: UUID, after: tuple[str, ...]
) -> None:
    async with database.transaction(owner) as tx:
        with pytest.raises(InvalidInput):
            await tx.courses.page(Page(after=after), archived=False)
        with pytest.raises(InvalidInput):
            await tx.modules.page(uuid7(), Page(after=(*after, str(2**40))))
        with pytest.raises(InvalidInput):
            await tx.personas.history(Page(after=("-1",)))


async def test_there_is_one_inbox_however_a_course_is_called(database: PostgresDatabase, owner: UUID) -> None:
    user = await joined(database, owner)
    namesake, inbox = course_of(user, "Inbox"), course_of(user, "Inbox")
    async with database.transaction(owner) as tx:
        await tx.courses.add(namesake)
        assert await tx.courses.inbox() is None
        module = module_of(inbox, "Inbox", 0)
        await tx.courses.add_inbox(inbox, module)
        await tx.commit()
        assert await tx.courses.inbox() == (replace(inbox, module_count=1), module)
    async with database.transaction(owner) as tx:
        another = course_of(user, "Inbox")
        with pytest.raises(Conflict):
            await tx.courses.add_inbox(another, module_of(another, "Inbox", 0))


@pytest.mark.parametrize(
    ("moved", "position", "expected"),
    [("a", 2, "bcad"), ("d", 0, "dabc"), ("b", 1, "abcd"), ("c", 99, "abdc"), ("c", -5, "cabd"), ("a", 1, "bacd")],
)
async def test_a_module_is_moved(
    database: PostgresDatabase, owner: UUID, moved: str, position: int, expected: str
) -> None:
    course, modules = await with_modules(database, owner, "abcd")
    async with database.transaction(owner) as tx:
        await tx.modules.move(modules[moved].id, position)
        await tx.commit()
    assert await order(database, owner, course.id) == expected


async def test_the_only_module_of_a_course_stays_where_it_is(database: PostgresDatabase, owner: UUID) -> None:
    course, modules = await with_modules(database, owner, "a")
    async with database.transaction(owner) as tx:
        await tx.modules.move(modules["a"].id, 3)
        await tx.commit()
    assert await order(database, owner, course.id) == "a"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.sampled_from("abcde"), st.integers(-1, 6)), max_size=6))
async def test_any_moves_give_the_order_that_a_list_would_have(
    database: PostgresDatabase, owner: UUID, moves: list[tuple[str, int]]
) -> None:
    course, modules = await with_modules(database, owner, "abcde")
    expected = list("abcde")
    async with database.transaction(owner) as tx:
        for title, position in moves:
            await tx.modules.move(modules[title].id, position)
            expected.remove(title)
            expected.insert(max(0, position), title)
        await tx.commit()
    assert await order(database, owner, course.id) == "".join(expected)


async def test_moves_at_the_same_time_leave_no_gap_and_no_tie(database: PostgresDatabase, owner: UUID) -> None:
    course, modules = await with_modules(database, owner, "abcdef")

    async def move(title: str) -> None:
        async with database.transaction(owner) as tx:
            await tx.modules.move(modules[title].id, 0)
            await tx.commit()

    async with anyio.create_task_group() as group:
        for title in "fedc":
            group.start_soon(move, title)
    assert sorted(await order(database, owner, course.id)) == list("abcdef")


async def test_a_deleted_module_leaves_no_gap(database: PostgresDatabase, owner: UUID) -> None:
    course, modules = await with_modules(database, owner, "abcd")
    async with database.transaction(owner) as tx:
        await tx.modules.delete(modules["b"].id)
        await tx.commit()
        with pytest.raises(NotFound):
            await tx.modules.delete(modules["b"].id)
    assert await order(database, owner, course.id) == "acd"


async def test_a_module_is_renamed_and_keeps_its_place(database: PostgresDatabase, owner: UUID) -> None:
    course, modules = await with_modules(database, owner, "abc")
    async with database.transaction(owner) as tx:
        await tx.modules.update(replace(modules["b"], title="x", description="new", position=0))
        await tx.commit()
        assert (await tx.modules.get(modules["b"].id)).description == "new"
        with pytest.raises(NotFound):
            await tx.modules.update(module_of(course, "y", 0))
    assert await order(database, owner, course.id) == "axc"


async def test_modules_are_paged_by_position(database: PostgresDatabase, owner: UUID) -> None:
    course, _ = await with_modules(database, owner, "abcde")
    async with database.transaction(owner) as tx:
        first = await tx.modules.page(course.id, Page(limit=2))
        last = first[-1]
        rest = await tx.modules.page(course.id, Page(limit=2, after=(str(last.position), str(last.id))))
    assert "".join(module.title for module in [*first, *rest]) == "abcd"


async def test_a_file_is_read_as_it_was_written(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner, filename="résumé 📄.pdf")
    async with database.transaction(owner) as tx:
        assert await tx.files.get(file.id) == file
        progress = await tx.files.progress(file.id)
        assert (progress.status, progress.step, progress.progress, progress.attempt) == ("pending", None, 0, 0)


async def test_a_file_is_renamed_and_moved(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file, elsewhere = await new_file(owner), await new_file(owner)
    moved = replace(file, filename="b.pdf", module_id=elsewhere.module_id, course_id=elsewhere.course_id)
    async with database.transaction(owner) as tx:
        await tx.files.update_place(moved)
        await tx.commit()
        assert await tx.files.get(file.id) == moved
        with pytest.raises(NotFound):
            await tx.files.update_place(replace(file, module_id=uuid7()))


async def test_files_are_listed_newest_first_and_oldest_first_within_a_module(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    _, modules = await with_modules(database, owner, "ab")
    user = await joined(database, owner)
    for number in range(4):
        module = modules["a" if number < 3 else "b"]
        await new_file(
            owner, module=module, filename=str(number), created_at=user.created_at + timedelta(minutes=number)
        )
    async with database.transaction(owner) as tx:
        newest = await tx.files.page(Page(limit=2))
        after = (newest[-1].created_at.isoformat(), str(newest[-1].id))
        rest = await tx.files.page(Page(after=after))
        within = await tx.files.page(Page(limit=2), module=modules["a"].id)
        after = (within[-1].created_at.isoformat(), str(within[-1].id))
        last = await tx.files.page(Page(after=after), module=modules["a"].id)
        assert await tx.files.page(Page(), status="failed") == []
        assert len(await tx.files.page(Page(), status="pending")) == 4
        in_course = await tx.files.ids_in(course=modules["a"].course_id)
        in_module = await tx.files.ids_in(module=modules["b"].id)
    assert [file.filename for file in [*newest, *rest]] == ["3", "2", "1", "0"]
    assert [file.filename for file in [*within, *last]] == ["0", "1", "2"]
    assert len(in_course) == 4
    assert in_module == [newest[0].id]


async def test_a_course_takes_its_modules_and_files_with_it(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    async with database.transaction(owner) as tx:
        await tx.courses.delete(file.course_id)
        await tx.commit()
        for lookup in (tx.files.get(file.id), tx.modules.get(file.module_id)):
            with pytest.raises(NotFound):
                await lookup
        assert await tx.jobs.claim(file.id, worker="w", stale_after_seconds=9) is None


async def test_a_text_with_a_nul_is_refused_and_not_an_accident(database: PostgresDatabase, owner: UUID) -> None:
    user = await joined(database, owner)
    async with database.transaction(owner) as tx:
        with pytest.raises(InvalidInput):
            await tx.courses.add(course_of(user, "a\x00b"))
