"""Lessons, and the keys by which they and their sections are found again."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.lessons import Lesson, Section

NO_KEYS: Mapping[str, str] = MappingProxyType({})


class Lessons(Protocol):
    async def add(self, lesson: Lesson, *, key: str, section_keys: Mapping[str, str] = NO_KEYS) -> None:
        """With the keys of its sections, by their ids; a key of a section that it has not is left out."""
        ...

    async def sections(self, keys: Collection[str]) -> Mapping[str, Section]:
        """The newest stored section of each of these keys, as its lesson has it; unknown keys are left out."""
        ...

    async def get(self, lesson: UUID) -> tuple[Lesson, str]:
        """With its generation key."""
        ...

    async def by_key(self, key: str) -> Lesson | None:
        """The newest with this key."""
        ...

    async def by_generation(self, generation: UUID) -> Lesson | None: ...
    async def page(self, file: UUID, page: Page) -> list[tuple[Lesson, str]]:
        """Newest first, with their generation keys; sort key: createdAt, id."""
        ...

    async def delete(self, lesson: UUID) -> None: ...
