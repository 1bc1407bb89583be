"""Courses, with what they hold counted as they are read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, select, tuple_, update

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.modules import PostgresModules
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.courses import courses
from learnx.adapters.postgres.tables.files import files
from learnx.adapters.postgres.tables.modules import modules
from learnx.application.ports.paging import Page
from learnx.domain.courses import Course, Module
from learnx.domain.errors import NotFound

_MODULE_COUNT = (
    select(func.count())
    .where(modules.c.owner_id == courses.c.owner_id, modules.c.course_id == courses.c.id)
    .correlate(courses)
    .scalar_subquery()
)
_FILE_COUNT = (
    select(func.count())
    .select_from(files.join(modules, (files.c.owner_id == modules.c.owner_id) & (files.c.module_id == modules.c.id)))
    .where(modules.c.owner_id == courses.c.owner_id, modules.c.course_id == courses.c.id)
    .correlate(courses)
    .scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class PostgresCourses:
    session: OwnedSession
    owner: UUID

    async def add(self, course: Course) -> None:
        await self.session.execute(
            insert(courses).values(
                owner_id=self.owner, id=course.id, created_at=course.created_at, **_changeable(course)
            )
        )

    async def get(self, course: UUID) -> Course:
        row = (await self.session.execute(self._mine().where(courses.c.id == course))).one_or_none()
        if row is None:
            raise NotFound("course")
        return _to_value(row)

    async def update(self, course: Course) -> None:
        changed = await self.session.execute(
            update(courses)
            .where(courses.c.owner_id == self.owner, courses.c.id == course.id)
            .values(**_changeable(course))
        )
        if not changed.rowcount:
            raise NotFound("course")

    async def delete(self, course: UUID) -> None:
        deleted = await self.session.execute(
            delete(courses).where(courses.c.owner_id == self.owner, courses.c.id == course)
        )
        if not deleted.rowcount:
            raise NotFound("course")

    async def page(self, page: Page, *, archived: bool) -> list[Course]:
        key = tuple_(courses.c.created_at, courses.c.id)
        question = self._mine().where(courses.c.archived == archived)
        if page.after is not None:
            question = question.where(key < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(courses.c.created_at.desc(), courses.c.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]

    async def inbox(self) -> tuple[Course, Module] | None:
        module = await PostgresModules(self.session, self.owner).inbox()
        return None if module is None else (await self.get(module.course_id), module)

    async def add_inbox(self, course: Course, module: Module) -> None:
        await self.add(course)
        await PostgresModules(self.session, self.owner).add(module, inbox=True)

    def _mine(self) -> Select[Any]:
        return select(courses, _MODULE_COUNT.label("module_count"), _FILE_COUNT.label("file_count")).where(
            courses.c.owner_id == self.owner
        )


def _changeable(course: Course) -> dict[str, object]:
    return {
        "title": course.title,
        "description": course.description,
        "color": course.color,
        "icon": course.icon,
        "archived": course.archived,
        "updated_at": course.updated_at,
    }


def _to_value(row: Row[Any]) -> Course:
    return Course(
        id=row.id,
        title=row.title,
        description=row.description,
        color=row.color,
        icon=row.icon,
        archived=row.archived,
        module_count=row.module_count,
        file_count=row.file_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
