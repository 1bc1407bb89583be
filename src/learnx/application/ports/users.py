"""The account of an owner, once it is known who that is."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from learnx.domain.identity import User


class Users(Protocol):
    async def get(self) -> User: ...
    async def update(self, user: User) -> None:
        """Name, avatar and tier: an e-mail address is what someone logs in with, and stays."""
        ...

    async def is_signed_in(self, session: UUID | None) -> bool:
        """Whether the account exists and, where there is one to ask for, the session."""
        ...

    async def verify_email(self, *, at: datetime) -> None:
        """The user's address is theirs; the first time counts."""
        ...

    async def delete(self) -> None:
        """The user and every row that is theirs."""
        ...
