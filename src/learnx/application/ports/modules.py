"""Modules, in their order within a course."""

from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.courses import Module


class Modules(Protocol):
    async def add(self, module: Module) -> None: ...
    async def get(self, module: UUID) -> Module: ...
    async def update(self, module: Module) -> None: ...
    async def move(self, module: UUID, position: int) -> None:
        """Reorder the course's modules; ``position`` is clamped to what exists."""
        ...

    async def delete(self, module: UUID) -> None: ...
    async def page(self, course: UUID, page: Page) -> list[Module]:
        """By position; sort key: position, id."""
        ...
