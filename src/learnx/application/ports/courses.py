"""Courses, and the one for files without a place of their own."""

from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.courses import Course, Module


class Courses(Protocol):
    async def add(self, course: Course) -> None: ...
    async def get(self, course: UUID) -> Course: ...
    async def update(self, course: Course) -> None: ...
    async def delete(self, course: UUID) -> None: ...
    async def page(self, page: Page, *, archived: bool) -> list[Course]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def inbox(self) -> tuple[Course, Module] | None:
        """The course and module that hold files without a place of their own."""
        ...

    async def add_inbox(self, course: Course, module: Module) -> None:
        """Both, as what ``inbox`` answers. ``Conflict`` where there is an inbox."""
        ...
