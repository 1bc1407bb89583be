"""Summaries, found again by a key of what they depend on."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.summaries import Summary


class Summaries(Protocol):
    async def add(self, summary: Summary, *, key: str) -> None:
        """``Conflict`` where its generation has stored one already."""
        ...

    async def get(self, summary: UUID) -> Summary: ...
    async def by_key(self, key: str) -> Summary | None:
        """The newest with this key."""
        ...

    async def by_generation(self, generation: UUID) -> Summary | None: ...
    async def page(self, file: UUID, page: Page) -> list[Summary]:
        """Those of this file alone, newest first; sort key: createdAt, id."""
        ...

    async def delete(self, summary: UUID) -> None: ...
    async def delete_citing(self, files: Collection[UUID]) -> None:
        """Those that quote one of these files."""
        ...
