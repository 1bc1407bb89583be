"""Tokens in mailed links, each for one purpose."""

from datetime import datetime
from typing import Literal, Protocol

MailPurpose = Literal["password_reset", "email_verification"]


class MailTokens(Protocol):
    """What was mailed to the owner, to prove that they read it; of each token only the SHA-256 is kept."""

    async def add(self, token_hash: bytes, purpose: MailPurpose, *, now: datetime, expires_at: datetime) -> None: ...
    async def added_since(self, moment: datetime, purpose: MailPurpose) -> int:
        """Of those that were not taken."""
        ...

    async def take(self, token_hash: bytes, purpose: MailPurpose, *, now: datetime) -> bool:
        """Whether it was there, unexpired; it is no more. Of two at once, one."""
        ...

    async def end_all(self, purpose: MailPurpose) -> None: ...
