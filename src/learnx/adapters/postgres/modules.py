"""Modules, which have an order within their course."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, func, insert, select, text, tuple_, update

from learnx.adapters.postgres.keyset import number_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.courses import courses
from learnx.adapters.postgres.tables.files import files
from learnx.adapters.postgres.tables.modules import modules
from learnx.application.ports.paging import Page
from learnx.domain.courses import Module
from learnx.domain.errors import NotFound

_FILE_COUNT = (
    select(func.count())
    .where(files.c.owner_id == modules.c.owner_id, files.c.module_id == modules.c.id)
    .correlate(modules)
    .scalar_subquery()
)

# The others keep their order and leave a gap at the wanted place; positions come out dense whatever they were.
_MOVE = text("""
    WITH others AS (
        SELECT id, row_number() OVER (ORDER BY position, id) - 1 AS place, count(*) OVER () AS number
        FROM modules WHERE owner_id = :owner AND course_id = :course AND id <> :module
    ), wanted AS (
        SELECT greatest(0, least(CAST(:position AS bigint), coalesce((SELECT max(number) FROM others), 0))) AS place
    ), places AS (
        SELECT others.id, others.place + (others.place >= wanted.place)::integer AS place FROM others, wanted
        UNION ALL
        SELECT CAST(:module AS uuid), wanted.place FROM wanted
    )
    UPDATE modules SET position = places.place FROM places
    WHERE modules.owner_id = :owner AND modules.id = places.id AND modules.position <> places.place
""")


@dataclass(frozen=True, slots=True)
class PostgresModules:
    session: OwnedSession
    owner: UUID

    async def add(self, module: Module, *, inbox: bool = False) -> None:
        await self.session.execute(
            insert(modules).values(
                owner_id=self.owner,
                id=module.id,
                course_id=module.course_id,
                position=module.position,
                inbox=inbox,
                created_at=module.created_at,
                **_changeable(module),
            )
        )

    async def get(self, module: UUID) -> Module:
        row = (await self.session.execute(self._mine().where(modules.c.id == module))).one_or_none()
        if row is None:
            raise NotFound("module")
        return _to_value(row)

    async def inbox(self) -> Module | None:
        row = (await self.session.execute(self._mine().where(modules.c.inbox))).one_or_none()
        return None if row is None else _to_value(row)

    async def update(self, module: Module) -> None:
        changed = await self.session.execute(
            update(modules)
            .where(modules.c.owner_id == self.owner, modules.c.id == module.id)
            .values(**_changeable(module))
        )
        if not changed.rowcount:
            raise NotFound("module")

    async def move(self, module: UUID, position: int) -> None:
        course = await self._hold_course_of(module)
        await self.session.execute(
            _MOVE, {"owner": self.owner, "course": course, "module": module, "position": position}
        )

    async def delete(self, module: UUID) -> None:
        course = await self._hold_course_of(module)
        position = await self.session.scalar(
            delete(modules)
            .where(modules.c.owner_id == self.owner, modules.c.id == module)
            .returning(modules.c.position)
        )
        if position is None:
            raise NotFound("module")
        await self.session.execute(
            update(modules)
            .where(modules.c.owner_id == self.owner, modules.c.course_id == course, modules.c.position > position)
            .values(position=modules.c.position - 1)
        )

    async def page(self, course: UUID, page: Page) -> list[Module]:
        question = self._mine().where(modules.c.course_id == course)
        if page.after is not None:
            question = question.where(tuple_(modules.c.position, modules.c.id) > number_and_id(page.after))
        rows = await self.session.execute(question.order_by(modules.c.position, modules.c.id).limit(page.limit))
        return [_to_value(row) for row in rows]

    async def _hold_course_of(self, module: UUID) -> UUID:
        """Lock the course, so that two reorderings of its modules follow one another."""
        found: UUID | None = await self.session.scalar(
            select(courses.c.id)
            .join(modules, (modules.c.owner_id == courses.c.owner_id) & (modules.c.course_id == courses.c.id))
            .where(modules.c.owner_id == self.owner, modules.c.id == module)
            .with_for_update(of=courses, key_share=True)
        )
        if found is None:
            raise NotFound("module")
        return found

    def _mine(self) -> Select[Any]:
        return select(modules, _FILE_COUNT.label("file_count")).where(modules.c.owner_id == self.owner)


def _changeable(module: Module) -> dict[str, object]:
    return {"title": module.title, "description": module.description, "updated_at": module.updated_at}


def _to_value(row: Row[Any]) -> Module:
    return Module(
        id=row.id,
        course_id=row.course_id,
        title=row.title,
        description=row.description,
        position=row.position,
        file_count=row.file_count,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
