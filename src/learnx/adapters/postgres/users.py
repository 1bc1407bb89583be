"""The account of the owner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, update

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.users import users
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
        return user_of(row)

    async def update(self, user: User) -> None:
        changed = await self.session.execute(
            update(users)
            .where(users.c.owner_id == self.owner)
            .values(full_name=user.full_name, avatar_url=user.avatar_url, subscription_tier=user.subscription_tier)
        )
        if not changed.rowcount:
            raise NotFound("user")

    async def is_signed_in(self, session: UUID | None) -> bool:
        ((signed_in,),) = await self.session.ask_alone("SELECT is_signed_in($1, $2)", self.owner, session)
        return bool(signed_in)

    async def verify_email(self, *, at: datetime) -> None:
        await self.session.execute(
            update(users)
            .where(users.c.owner_id == self.owner, users.c.email_verified_at.is_(None))
            .values(email_verified_at=at)
        )

    async def delete(self) -> None:
        deleted = await self.session.execute(delete(users).where(users.c.owner_id == self.owner))
        if not deleted.rowcount:
            raise NotFound("user")


def user_of(row: Row[Any]) -> User:
    return User(
        id=row.owner_id,
        email=row.email,
        full_name=row.full_name,
        avatar_url=row.avatar_url,
        subscription_tier=row.subscription_tier,
        created_at=row.created_at,
        email_verified=row.email_verified_at is not None,
    )
