"""Sessions, as families of refresh tokens: a family that has ended has no rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, tuple_, update

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.refresh_tokens import refresh_tokens
from learnx.application.ports.paging import Page
from learnx.domain.identity import Session

#: A token of the release before does not know when its session began.
_STARTED_AT = func.coalesce(refresh_tokens.c.started_at, refresh_tokens.c.created_at).label("started_at")


@dataclass(frozen=True, slots=True)
class PostgresRefreshTokens:
    session: OwnedSession
    owner: UUID

    async def start_family(
        self, family: UUID, token_hash: bytes, *, now: datetime, expires_at: datetime, user_agent: str | None = None
    ) -> None:
        await self._forget_expired(now)
        await self._add(family, token_hash, now=now, expires_at=expires_at, started_at=now, user_agent=user_agent)

    async def rotate(
        self,
        token_hash: bytes,
        child_hash: bytes,
        *,
        now: datetime,
        expires_at: datetime,
        replayable_for: timedelta = timedelta(),
        user_agent: str | None = None,
    ) -> bool:
        await self._forget_expired(now)
        this_token = (refresh_tokens.c.owner_id == self.owner) & (refresh_tokens.c.token_hash == token_hash)
        spent = (
            await self.session.execute(
                update(refresh_tokens)
                .where(this_token, refresh_tokens.c.spent_at.is_(None))
                .values(spent_at=now)
                .returning(refresh_tokens.c.family, _STARTED_AT)
            )
        ).one_or_none()
        if spent is not None:
            times = {"now": now, "expires_at": expires_at, "started_at": spent.started_at}
            await self._add(spent.family, child_hash, **times, user_agent=user_agent)
            return True
        replayed = (await self.session.execute(select(refresh_tokens).where(this_token))).one_or_none()
        if replayed is None:
            return False
        if now - replayed.spent_at < replayable_for and await self._is_unspent(replayed.family, child_hash):
            return True
        await self.end_family(replayed.family)
        return False

    async def sessions(self, page: Page, *, now: datetime, family: UUID | None = None) -> list[Session]:
        unspent = (
            select(
                refresh_tokens.c.family,
                _STARTED_AT,
                refresh_tokens.c.created_at.label("last_used_at"),
                refresh_tokens.c.expires_at,
                refresh_tokens.c.user_agent,
            )
            .where(
                refresh_tokens.c.owner_id == self.owner,
                refresh_tokens.c.spent_at.is_(None),
                refresh_tokens.c.expires_at > now,
            )
            .subquery()
        )
        place = tuple_(unspent.c.started_at, unspent.c.family)
        query = select(unspent).order_by(place.desc()).limit(page.limit)
        if family is not None:
            query = query.where(unspent.c.family == family)
        if page.after is not None:
            query = query.where(place < moment_and_id(page.after))
        return [
            Session(
                id=row.family,
                created_at=row.started_at,
                last_used_at=row.last_used_at,
                expires_at=row.expires_at,
                user_agent=row.user_agent,
            )
            for row in await self.session.execute(query)
        ]

    async def end_family(self, family: UUID) -> bool:
        ended = await self.session.execute(
            delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner, refresh_tokens.c.family == family)
        )
        return bool(ended.rowcount)

    async def end_all(self, *, but: UUID | None = None) -> None:
        query = delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner)
        await self.session.execute(query if but is None else query.where(refresh_tokens.c.family != but))

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

    async def _add(self, family: UUID, token_hash: bytes, *, now: datetime, **values: Any) -> None:
        await self.session.execute(
            insert(refresh_tokens).values(
                owner_id=self.owner, token_hash=token_hash, family=family, created_at=now, **values
            )
        )

    async def _forget_expired(self, now: datetime) -> None:
        await self.session.execute(
            delete(refresh_tokens).where(refresh_tokens.c.owner_id == self.owner, refresh_tokens.c.expires_at <= now)
        )
