"""Answers, kept whole within their conversations, and which files each of them quotes."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Row, Uuid, cast, delete, insert, select, tuple_

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.answers import answers as _table
from learnx.application.ports.paging import Page
from learnx.domain.answers import Answer
from learnx.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class PostgresAnswers:
    session: OwnedSession
    owner: UUID

    async def add(self, answer: Answer) -> None:
        await self.session.execute(
            insert(_table).values(
                owner_id=self.owner,
                id=answer.id,
                conversation_id=answer.conversation_id,
                generation_id=answer.generation_id,
                cited_files=sorted(answer.quoted_files),
                body=answer,
                created_at=answer.created_at,
            )
        )

    async def get(self, answer: UUID) -> Answer:
        row = await self._one(_table.c.id == answer)
        if row is None:
            raise NotFound("answer")
        return _to_value(row)

    async def by_generation(self, generation: UUID) -> Answer | None:
        row = await self._one(_table.c.generation_id == generation)
        return None if row is None else _to_value(row)

    async def page(self, conversation: UUID, page: Page) -> list[Answer]:
        question = select(_table).where(_table.c.owner_id == self.owner, _table.c.conversation_id == conversation)
        if page.after is not None:
            question = question.where(tuple_(_table.c.created_at, _table.c.id) < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(_table.c.created_at.desc(), _table.c.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]

    async def delete_citing(self, files: Collection[UUID]) -> None:
        await self.session.execute(
            delete(_table).where(
                _table.c.owner_id == self.owner, _table.c.cited_files.bool_op("&&")(cast(list(files), ARRAY(Uuid)))
            )
        )

    async def _one(self, condition: ColumnElement[bool]) -> Row[Any] | None:
        found = await self.session.execute(select(_table).where(_table.c.owner_id == self.owner, condition))
        row: Row[Any] | None = found.one_or_none()
        return row


def _to_value(row: Row[Any]) -> Answer:
    return msgspec.convert(row.body, Answer)
