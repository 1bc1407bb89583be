"""Accounts, while it is not known yet whose a request is."""

from typing import Protocol
from uuid import UUID

from learnx.application.ports.mail_tokens import MailPurpose
from learnx.domain.identity import User, VouchedUser
from learnx.domain.values import Value


class Credentials(Value):
    user: User
    password_hash: str


class RefreshTokenOwner(Value):
    owner: UUID
    family: UUID


class Accounts(Protocol):
    """The few questions that must be answered before an owner is known; each is one named function in Postgres."""

    async def register(self, user: User, password_hash: str) -> None:
        """``Conflict`` where the e-mail (compared case-insensitively) is taken."""
        ...

    async def by_email(self, email: str) -> Credentials | None: ...
    async def by_refresh_token(self, token_hash: bytes) -> RefreshTokenOwner | None:
        """Of a token of a living family that is not expired, spent or not."""
        ...

    async def by_mail_token(self, token_hash: bytes, purpose: MailPurpose) -> UUID | None:
        """Whose it is, unless it has expired."""
        ...

    async def by_identity(self, vouched: VouchedUser, *, new_id: UUID, subscription_tier: str) -> UUID | None:
        """The user of an identity, made where there is none yet: of many at once, one. None where its user was erased
        and this token is from before that. A newer token's e-mail address becomes the user's."""
        ...
