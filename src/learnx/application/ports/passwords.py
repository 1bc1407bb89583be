"""A password, as it is compared and replaced."""

from typing import Protocol


class Passwords(Protocol):
    """The owner's, as a hash."""

    async def get(self) -> str | None:
        """Nobody replaces it before the end of this transaction."""
        ...

    async def replace(self, password_hash: str, *, old: str | None = None) -> bool:
        """False where it is not ``old`` any more, or there is none."""
        ...
