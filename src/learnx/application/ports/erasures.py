"""Erasures that have begun and are not finished: so none is forgotten, whatever happens in between."""

from typing import Protocol
from uuid import UUID


class Erasures(Protocol):
    """Of the owner of a transaction."""

    async def begin(self) -> None: ...
    async def finish(self) -> None:
        """Finished already is fine."""
        ...


class UnfinishedErasures(Protocol):
    async def owners(self, *, older_than_seconds: float, limit: int) -> list[UUID]:
        """Those who asked for it longest ago come first. Asked by a worker, before it acts for one of them."""
        ...
