"""Sessions, as families of refresh tokens: a family that has ended has no rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables import refresh_tokens


@dataclass(frozen=True, slots=True)
class PostgresRefreshTokens:
    session: OwnedSession
    owner: UUID

    async def start_family(self, family: UUID, token_hash: bytes, *, now: datetime, expires_at: datetime) -> None:
        await self._forget_expired(now)
        await self._add(family, token_hash, now=now, expires_at=expires_at)

    async def rotate(
        self,
        token_hash: bytes,
        child_hash: bytes,
        *,
        now: datetime,
        expires_at: datetime,
        replayable_for: timedelta = timedelta(),
    ) -> bool:
        await self._forget_expired(now)
        this_token = (refresh_tokens.c.owner_id == self.owner) & (refresh_tokens.c.token_hash == token_hash)
        family = await self.session.scalar(
            update(refresh_tokens)
            .where(this_token, refresh_tokens.c.spent_at.is_(None))
            .values(spent_at=now)
            .returning(refresh_tokens.c.family)
        )
        if family is not None:
            await self._add(family, child_hash, now=now, expires_at=expires_at)
            return True
        replayed = (await self.session.execute(select(refresh_tokens).where(this_token))).one_or_none()
        if replayed is None:
            return False
        if now - replayed.spent_at < replayable_for and await self._is_unspent(replayed.family, child_hash):
            return True
        await self.end_family(replayed.family)
        return False

    async def end_family(self, family: UUID) -> None:
        await self.session.execute(
            delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner, refresh_tokens.c.family == family)
        )

    async def end_all(self) -> None:
        await self.session.execute(delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner))

    async def _is_unspent(self, family: UUID, token_hash: bytes) -> bool:
        found = await self.session.scalar(
            select(refresh_tokens.c.family).where(
                refresh_tokens.c.owner_id == self.owner,
                refresh_tokens.c.token_hash == token_hash,
                refresh_tokens.c.family == family,
                refresh_tokens.c.spent_at.is_(None),
            )
        )
        return found is not None

    async def _add(self, family: UUID, token_hash: bytes, *, now: datetime, expires_at: datetime) -> None:
        await self.session.execute(
            insert(refresh_tokens).values(
                owner_id=self.owner, token_hash=token_hash, family=family, created_at=now, expires_at=expires_at
            )
        )

    async def _forget_expired(self, now: datetime) -> None:
        await self.session.execute(
            delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner, refresh_tokens.c.expires_at <= now)
        )
