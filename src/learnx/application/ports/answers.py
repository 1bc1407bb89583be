"""Answers within their conversations, and which files they quote."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.answers import Answer


class Answers(Protocol):
    async def add(self, answer: Answer) -> None:
        """``Conflict`` where its generation has stored one already."""
        ...

    async def get(self, answer: UUID) -> Answer: ...
    async def by_generation(self, generation: UUID) -> Answer | None: ...
    async def page(self, conversation: UUID, page: Page) -> list[Answer]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def delete_citing(self, files: Collection[UUID]) -> None:
        """Those that quote one of these files, as sources or as nearest passages."""
        ...
