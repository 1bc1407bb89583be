"""Files, and how far the processing of each is."""

from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.courses import File, FileProgress, FileStatus


class Files(Protocol):
    async def add(self, file: File, *, password: str | None = None) -> None:
        """The file and its job, due at once; a job carries its file's id."""
        ...

    async def get(self, file: UUID) -> File: ...
    async def update_place(self, file: File) -> None:
        """Filename and module."""
        ...

    async def delete(self, file: UUID) -> None:
        """The file, its chunks, lessons and job."""
        ...

    async def page(self, page: Page, *, module: UUID | None = None, status: FileStatus | None = None) -> list[File]:
        """Newest first, or, within a module, oldest first; sort key: createdAt, id."""
        ...

    async def ids_in(self, *, course: UUID | None = None, module: UUID | None = None) -> list[UUID]: ...
    async def progress(self, file: UUID) -> FileProgress: ...
    async def restart(self, file: UUID) -> File:
        """Back to ``pending``, with a job that is due at once. ``Conflict`` while it is processed."""
        ...
