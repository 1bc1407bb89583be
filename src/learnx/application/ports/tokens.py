"""Passwords and bearer tokens."""

from typing import Protocol

from learnx.domain.identity import Principal, VouchedUser


class PasswordHasher(Protocol):
    """argon2id, off the event loop. ``Unavailable`` where too many wait for it already."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """None stands for an unknown account: the same work is done, and the answer is False."""
        ...

    def outdated(self, password_hash: str) -> bool:
        """Whether it was made at less cost than one would be now."""
        ...


class BearerTokens(Protocol):
    """Whom a bearer token stands for, whoever issued it."""

    async def principal(self, token: str) -> Principal:
        """``NotAuthenticated`` where it is none of those that count; ``Unavailable`` where that can't be found out."""
        ...

    async def check(self) -> None:
        """``Unavailable`` where what tokens are verified with can't be had."""
        ...


class ProviderTokens(Protocol):
    """Tokens that another provider issues."""

    async def verify(self, token: str) -> VouchedUser:
        """Anything but a valid, unexpired token of that provider for one of its users: ``NotAuthenticated``.
        ``Unavailable`` where its keys were never seen."""
        ...

    async def check(self) -> None:
        """As ``BearerTokens`` has it."""
        ...


class AccessTokens(Protocol):
    @property
    def lifetime_seconds(self) -> int: ...

    def issue(self, principal: Principal) -> str: ...

    def verify(self, token: str) -> Principal:
        """Anything but a valid, unexpired token of ours: ``NotAuthenticated``."""
        ...


class ChildTokens(Protocol):
    """What a refresh token is traded for: for one token always the same, which nobody else can compute."""

    def __call__(self, refresh_token: str) -> str: ...


class LinkSigner(Protocol):
    """Signs what a link may do, for links that need no bearer."""

    def sign(self, payload: dict[str, str], *, lifetime_seconds: int) -> str: ...

    def verify(self, token: str) -> dict[str, str]:
        """Tampered or expired: ``NotFound``."""
        ...
