"""The chunks of files, and which of them may answer a question."""

from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from learnx.application.ports.embeddings import Vector
from learnx.application.ports.paging import Page
from learnx.application.ports.search_index import SearchIndex
from learnx.domain.documents import Chunk
from learnx.domain.retrieval import Candidate, ChunkOutline, Scope


class Chunks(Protocol):
    async def index(self, chunks: Sequence[Chunk], *, language: str | None) -> SearchIndex:
        """What all chunks of a file are found by; it reads no row, and takes about 0.5 ms a chunk."""
        ...

    async def replace(
        self,
        file: UUID,
        chunks: Sequence[Chunk],
        vectors: Sequence[Vector],
        *,
        embedding_model: str,
        language: str | None,
        index: SearchIndex | None = None,
    ) -> None:
        """All of the file's chunks, in one go; where ``index`` was not worked out before, it is now."""
        ...

    async def hashes(self, file: UUID) -> Mapping[str, UUID]:
        """Content hash → id of the file's chunks, so that unchanged text keeps its id."""
        ...

    async def get(self, chunk: UUID) -> Chunk: ...
    async def get_many(self, chunks: Sequence[UUID]) -> list[Chunk]:
        """In the order of the ids."""
        ...

    async def page(self, file: UUID, page: Page) -> list[Chunk]:
        """Reading order; sort key: index."""
        ...

    async def outline(self, file: UUID) -> list[ChunkOutline]:
        """All chunks of a file in reading order, without their texts."""
        ...

    async def candidates(
        self, scope: Scope, question: str, vector: Vector, *, embedding_model: str, limit: int
    ) -> list[Candidate]:
        """The union of the ``limit`` best by full text and the ``limit`` nearest by vector, each with both scores."""
        ...
