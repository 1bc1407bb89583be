"""Passwords and bearer tokens."""

from typing import Protocol

from learnx.domain.identity import Principal


class PasswordHasher(Protocol):
    """argon2id, off the event loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """None stands for an unknown account: the same work is done, and the answer is False."""
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
