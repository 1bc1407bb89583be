"""The owner's password hash, which only functions of the migrations reach."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from learnx.adapters.postgres.session import OwnedSession

_GET = text("SELECT own_password_hash()")
_REPLACE = text("SELECT replace_own_password(:new, :old)")


@dataclass(frozen=True, slots=True)
class PostgresPasswords:
    """The functions know the owner from the transaction."""

    session: OwnedSession
    owner: UUID

    async def get(self) -> str | None:
        found: str | None = await self.session.scalar(_GET)
        return found

    async def replace(self, password_hash: str, *, old: str | None = None) -> bool:
        return bool(await self.session.scalar(_REPLACE, {"new": password_hash, "old": old}))
