"""The account of the owner."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables import users
from learnx.domain.errors import NotFound
from learnx.domain.identity import User


@dataclass(frozen=True, slots=True)
class PostgresUsers:
    session: OwnedSession
    owner: UUID

    async def get(self) -> User:
        row = (await self.session.execute(select(users).where(users.c.owner_id == self.owner))).one_or_none()
        if row is None:
            raise NotFound("user")
        return _to_value(row)

    async def update(self, user: User) -> None:
        changed = await self.session.execute(
            update(users)
            .where(users.c.owner_id == self.owner)
            .values(full_name=user.full_name, avatar_url=user.avatar_url, subscription_tier=user.subscription_tier)
        )
        if not changed.rowcount:
            raise NotFound("user")

    async def delete(self) -> None:
        deleted = await self.session.execute(delete(users).where(users.c.owner_id == self.owner))
        if not deleted.rowcount:
            raise NotFound("user")


def _to_value(row: Row[Any]) -> User:
    return User(
        id=row.owner_id,
        email=row.email,
        full_name=row.full_name,
        avatar_url=row.avatar_url,
        subscription_tier=row.subscription_tier,
        created_at=row.created_at,
    )
