"""Finished lessons, kept whole, found by the key of what they were made from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.lessons import lesson_sections, lessons
from learnx.application.ports.lessons import NO_KEYS
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound
from learnx.domain.lessons import Lesson, Section


@dataclass(frozen=True, slots=True)
class PostgresLessons:
    session: OwnedSession
    owner: UUID

    async def add(self, lesson: Lesson, *, key: str, section_keys: Mapping[str, str] = NO_KEYS) -> None:
        await self.session.execute(
            insert(lessons).values(
                owner_id=self.owner,
                id=lesson.id,
                generation_id=lesson.generation_id,
                file_id=lesson.file_id,
                key=key,
                body=lesson,
                created_at=lesson.created_at,
            )
        )
        rows = [
            {"owner_id": self.owner, "key": section_keys[section.id], "lesson_id": lesson.id, "section_id": section.id}
            for section in lesson.sections
            if section.id in section_keys
        ]
        if rows:
            await self.session.execute(insert(lesson_sections), rows)

    async def sections(self, keys: Collection[str]) -> dict[str, Section]:
        newest = (
            select(lesson_sections.c.key, lesson_sections.c.section_id, lessons.c.id)
            .distinct(lesson_sections.c.key)
            .join_from(
                lesson_sections,
                lessons,
                and_(lessons.c.owner_id == lesson_sections.c.owner_id, lessons.c.id == lesson_sections.c.lesson_id),
            )
            .where(lesson_sections.c.owner_id == self.owner, lesson_sections.c.key.in_(keys))
            .order_by(lesson_sections.c.key, lessons.c.created_at.desc(), lessons.c.id.desc())
            .subquery()
        )
        # Bodies are fetched once the newest are known, not for every lesson that has such a section.
        section = func.jsonb_array_elements(lessons.c.body["sections"]).table_valued("value", joins_implicitly=True)
        found = await self.session.execute(
            select(newest.c.key, type_coerce(section.c.value, JSONB).label("section"))
            .join(lessons, and_(lessons.c.owner_id == self.owner, lessons.c.id == newest.c.id))
            .where(type_coerce(section.c.value, JSONB)["id"].astext == newest.c.section_id)
        )
        return {row.key: msgspec.convert(row.section, Section) for row in found}

    async def get(self, lesson: UUID) -> tuple[Lesson, str]:
        row = await self._newest(lessons.c.id == lesson)
        if row is None:
            raise NotFound("lesson")
        return _to_value(row), row.key

    async def by_key(self, key: str) -> Lesson | None:
        row = await self._newest(lessons.c.key == key)
        return None if row is None else _to_value(row)

    async def by_generation(self, generation: UUID) -> Lesson | None:
        row = await self._newest(lessons.c.generation_id == generation)
        return None if row is None else _to_value(row)

    async def page(self, file: UUID, page: Page) -> list[tuple[Lesson, str]]:
        question = select(lessons).where(lessons.c.owner_id == self.owner, lessons.c.file_id == file)
        if page.after is not None:
            key = tuple_(lessons.c.created_at, lessons.c.id)
            question = question.where(key < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(lessons.c.created_at.desc(), lessons.c.id.desc()).limit(page.limit)
        )
        return [(_to_value(row), row.key) for row in rows]

    async def delete(self, lesson: UUID) -> None:
        deleted = await self.session.execute(
            delete(lessons).where(lessons.c.owner_id == self.owner, lessons.c.id == lesson)
        )
        if not deleted.rowcount:
            raise NotFound("lesson")

    async def _newest(self, condition: ColumnElement[bool]) -> Row[Any] | None:
        found = await self.session.execute(
            select(lessons)
            .where(lessons.c.owner_id == self.owner, condition)
            .order_by(lessons.c.created_at.desc(), lessons.c.id.desc())
            .limit(1)
        )
        row: Row[Any] | None = found.one_or_none()
        return row


def _to_value(row: Row[Any]) -> Lesson:
    return msgspec.convert(row.body, Lesson)
