"""Conversations, each about one place in a library."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.conversations import Conversation
from learnx.domain.retrieval import Scope


class Conversations(Protocol):
    async def add(self, conversation: Conversation) -> None: ...
    async def get(self, conversation: UUID) -> Conversation: ...
    async def touch(self, conversation: UUID, *, at: datetime) -> None:
        """It was answered in at ``at``. ``NotFound`` where it is gone."""
        ...

    async def page(self, page: Page, *, scope: Scope | None = None) -> list[Conversation]:
        """Last answered first, of this very place where one is given; sort key: updatedAt, id."""
        ...

    async def delete(self, conversation: UUID) -> None:
        """With its answers."""
        ...
