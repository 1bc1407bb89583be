"""Vectors of stored chunks, whoever owns them: what moving a library to another embedding model reads and writes."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from learnx.application.ports.embeddings import Vector
from learnx.domain.documents import Chunk
from learnx.domain.values import Value


class FileToMove(Value):
    """A file of ``owner`` in which so many ``chunks`` are to be moved."""

    owner: UUID
    file: UUID
    chunks: int


class StoredVectors(Protocol):
    """A chunk has the vectors of one model, or, while its library moves, of two. Each call is a transaction."""

    async def files_without(self, model: str, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        """Files with chunks that have no vector of the model: the next ones after ``after``, in an order that stays."""
        ...

    async def files_with_two(self, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        """The same for chunks with vectors of two models."""
        ...

    async def chunks_without(
        self, place: FileToMove, model: str, *, after: Chunk | None, limit: int
    ) -> Sequence[Chunk]:
        """The next ones in reading order."""
        ...

    async def add(self, place: FileToMove, chunks: Sequence[Chunk], vectors: Sequence[Vector], *, model: str) -> None:
        """Beside the vectors that the chunks were stored with; a vector of a third model goes.

        Chunks that were replaced or deleted meanwhile are left out.
        """
        ...

    async def keep_only(self, place: FileToMove, model: str) -> int:
        """Drop the other vector of every chunk that has one of the model; how many were dropped."""
        ...
