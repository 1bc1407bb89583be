"""The devices that somebody is signed in on, and how they are signed out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from learnx.application.ports.accounts import Accounts
from learnx.application.ports.cache import Cache, user_tag
from learnx.application.ports.database import Database
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound
from learnx.domain.identity import Principal, Session, token_hash


@dataclass(frozen=True, slots=True)
class ListSessions:
    database: Database
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, page: Page) -> list[Session]:
        async with self.database.transaction(principal.user_id) as tx:
            found = await tx.refresh_tokens.sessions(page, now=self.clock())
        return [replace(session, current=session.id == principal.session_id) for session in found]


@dataclass(frozen=True, slots=True)
class GetSession:
    database: Database
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal, session_id: UUID) -> Session:
        async with self.database.transaction(principal.user_id) as tx:
            found = await tx.refresh_tokens.sessions(Page(limit=1), now=self.clock(), family=session_id)
        if not found:
            raise NotFound("session")
        return replace(found[0], current=session_id == principal.session_id)


@dataclass(frozen=True, slots=True)
class EndSession:
    """Its refresh token is worth nothing any more, nor are its access tokens."""

    database: Database
    cache: Cache

    async def __call__(self, principal: Principal, session_id: UUID) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            if not await tx.refresh_tokens.end_family(session_id):
                raise NotFound("session")
            async with self.cache.changing(user_tag(principal.user_id)):
                await tx.commit()


@dataclass(frozen=True, slots=True)
class Logout:
    """Ends the session of a refresh token; an unknown one has none, and that is fine."""

    accounts: Accounts
    database: Database
    cache: Cache

    async def __call__(self, refresh_token: str) -> None:
        known = await self.accounts.by_refresh_token(token_hash(refresh_token))
        if known is None:
            return
        async with self.database.transaction(known.owner) as tx:
            await tx.refresh_tokens.end_family(known.family)
            async with self.cache.changing(user_tag(known.owner)):
                await tx.commit()


@dataclass(frozen=True, slots=True)
class LogoutEverywhere:
    database: Database
    cache: Cache

    async def __call__(self, principal: Principal) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.refresh_tokens.end_all()
            async with self.cache.changing(user_tag(principal.user_id)):
                await tx.commit()
