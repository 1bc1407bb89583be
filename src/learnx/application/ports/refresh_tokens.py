"""What sessions are continued with."""

from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.identity import Session


class RefreshTokens(Protocol):
    """A session is a family of refresh tokens; of each token only the SHA-256 is kept."""

    async def start_family(
        self, family: UUID, token_hash: bytes, *, now: datetime, expires_at: datetime, user_agent: str | None = None
    ) -> None: ...
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
        """Spend a token for its child, which ``user_agent`` asks for; True also where it was spent for this child less
        than ``replayable_for`` ago, and the child is unspent. Else, where it was spent before: False, and the family is
        ended."""
        ...

    async def sessions(self, page: Page, *, now: datetime, family: UUID | None = None) -> list[Session]:
        """Those that have not ended, or that one of them, newest first; sort key: createdAt, id."""
        ...

    async def end_family(self, family: UUID) -> bool:
        """Whether there was one."""
        ...

    async def end_all(self, *, but: UUID | None = None) -> None: ...
