"""Personas, of which every version is kept."""

from typing import Protocol

from learnx.application.ports.paging import Page
from learnx.domain.personas import PersonaVersion


class Personas(Protocol):
    async def current(self) -> PersonaVersion | None: ...
    async def append(self, version: PersonaVersion) -> None:
        """``Conflict`` where that version exists already."""
        ...

    async def history(self, page: Page) -> list[PersonaVersion]:
        """Newest first; sort key: version."""
        ...
