"""Finished summaries, kept whole, found by the key of what they were made from, and which files each of them cites."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, cast, delete, insert, select, tuple_

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.summaries import summaries as _table
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound
from learnx.domain.summaries import Summary


@dataclass(frozen=True, slots=True)
class PostgresSummaries:
    session: OwnedSession
    owner: UUID

    async def add(self, summary: Summary, *, key: str) -> None:
        places = {"file_id": summary.file_id, "module_id": summary.module_id, "course_id": summary.course_id}
        await self.session.execute(
            insert(_table).values(
                owner_id=self.owner,
                id=summary.id,
                generation_id=summary.generation_id,
                key=key,
                cited_files=sorted(summary.cited_files),
                body=summary,
                created_at=summary.created_at,
                **{name: place for name, place in places.items() if place is not UNSET},
            )
        )

    async def get(self, summary: UUID) -> Summary:
        row = await self._newest(_table.c.id == summary)
        if row is None:
            raise NotFound("summary")
        return _to_value(row)

    async def by_key(self, key: str) -> Summary | None:
        row = await self._newest(_table.c.key == key)
        return None if row is None else _to_value(row)

    async def by_generation(self, generation: UUID) -> Summary | None:
        row = await self._newest(_table.c.generation_id == generation)
        return None if row is None else _to_value(row)

    async def page(self, file: UUID, page: Page) -> list[Summary]:
        question = select(_table).where(_table.c.owner_id == self.owner, _table.c.file_id == file)
        if page.after is not None:
            question = question.where(tuple_(_table.c.created_at, _table.c.id) < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(_table.c.created_at.desc(), _table.c.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]

    async def delete(self, summary: UUID) -> None:
        deleted = await self.session.execute(
            delete(_table).where(_table.c.owner_id == self.owner, _table.c.id == summary)
        )
        if not deleted.rowcount:
            raise NotFound("summary")

    async def delete_citing(self, files: Collection[UUID]) -> None:
        cites = _table.c.cited_files.op("&&", is_comparison=True)(cast(list(files), ARRAY(Uuid)))
        await self.session.execute(delete(_table).where(_table.c.owner_id == self.owner, cites))

    async def _newest(self, condition: ColumnElement[bool]) -> Row[Any] | None:
        found = await self.session.execute(
            select(_table)
            .where(_table.c.owner_id == self.owner, condition)
            .order_by(_table.c.created_at.desc(), _table.c.id.desc())
            .limit(1)
        )
        row: Row[Any] | None = found.one_or_none()
        return row


def _to_value(row: Row[Any]) -> Summary:
    return msgspec.convert(row.body, Summary)
