"""Conversations: which place they ask about, and when they were last answered in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert, select, tuple_, update

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.conversations import conversations as _table
from learnx.application.ports.paging import Page
from learnx.domain.conversations import Conversation
from learnx.domain.errors import NotFound
from learnx.domain.retrieval import Scope


@dataclass(frozen=True, slots=True)
class PostgresConversations:
    session: OwnedSession
    owner: UUID

    async def add(self, conversation: Conversation) -> None:
        await self.session.execute(
            insert(_table).values(
                owner_id=self.owner,
                id=conversation.id,
                title=conversation.title,
                created_at=conversation.created_at,
                updated_at=conversation.updated_at,
                **_place(conversation.scope),
            )
        )

    async def get(self, conversation: UUID) -> Conversation:
        found = await self.session.execute(
            select(_table).where(_table.c.owner_id == self.owner, _table.c.id == conversation)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("conversation")
        return _to_value(row)

    async def touch(self, conversation: UUID, *, at: datetime) -> None:
        touched = await self.session.execute(
            update(_table).where(_table.c.owner_id == self.owner, _table.c.id == conversation).values(updated_at=at)
        )
        if not touched.rowcount:
            raise NotFound("conversation")

    async def page(self, page: Page, *, scope: Scope | None = None) -> list[Conversation]:
        question = select(_table).where(_table.c.owner_id == self.owner)
        if scope is not None:
            question = question.where(
                *(_table.c[name] == place for name, place in _place(scope).items() if place is not None)
            )
        if page.after is not None:
            question = question.where(tuple_(_table.c.updated_at, _table.c.id) < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(_table.c.updated_at.desc(), _table.c.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]

    async def delete(self, conversation: UUID) -> None:
        deleted = await self.session.execute(
            delete(_table).where(_table.c.owner_id == self.owner, _table.c.id == conversation)
        )
        if not deleted.rowcount:
            raise NotFound("conversation")


def _place(scope: Scope) -> dict[str, UUID | None]:
    return {"file_id": scope.file_id, "module_id": scope.module_id, "course_id": scope.course_id}


def _to_value(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        scope=Scope(file_id=row.file_id, module_id=row.module_id, course_id=row.course_id),
        title=row.title,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
