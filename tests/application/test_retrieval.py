import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from learnx.application.ports.embeddings import Vector
from learnx.application.retrieval import RetrievePassages
from learnx.domain.documents import Chunk
from learnx.domain.retrieval import Candidate, Scope

pytestmark = pytest.mark.anyio

OWNER, FILE = uuid4(), uuid4()
TEXTS = ("Cells are small.", "Cells hold DNA.", "Rocks are hard.", "Rocks hold no DNA.", "Water is wet.")


class LetterEmbedder:
    """The share of each letter: texts that look alike are alike."""

    model = "letters"
    dimensions = 26

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        counts = [[text.lower().count(letter) for letter in map(chr, range(97, 123))] for text in texts]
        return [[count / (sum(n * n for n in row) ** 0.5 or 1) for count in row] for row in counts]


@dataclass
class ChunksInMemory:
    vectors: list[Vector]
    chunks: list[Chunk] = field(
        default_factory=lambda: [
            Chunk(id=uuid4(), file_id=FILE, index=index, text=text, token_count=4, content_hash=text)
            for index, text in enumerate(TEXTS)
        ]
    )

    async def candidates(
        self, scope: Scope, question: str, vector: Vector, *, embedding_model: str, limit: int
    ) -> list[Candidate]:
        assert embedding_model == "letters"
        asked = set(re.findall(r"\w+", question.lower()))
        return [
            Candidate(
                chunk_id=chunk.id,
                file_id=chunk.file_id,
                index=chunk.index,
                token_count=chunk.token_count,
                text_score=len(asked & set(re.findall(r"\w+", chunk.text.lower()))),
                similarity=sum(a * b for a, b in zip(vector, own, strict=True)),
            )
            for chunk, own in zip(self.chunks, self.vectors, strict=True)
            if scope.file_id == FILE
        ][:limit]

    async def get_many(self, chunks: Sequence[UUID]) -> list[Chunk]:
        return [chunk for wanted in chunks for chunk in self.chunks if chunk.id == wanted]


@dataclass
class DatabaseInMemory:
    chunks: ChunksInMemory
    owners: list[UUID] = field(default_factory=list)

    @asynccontextmanager
    async def transaction(self, owner: UUID) -> AsyncIterator[Any]:
        self.owners.append(owner)
        yield SimpleNamespace(chunks=self.chunks)


@pytest.fixture
async def database() -> DatabaseInMemory:
    return DatabaseInMemory(ChunksInMemory(await LetterEmbedder().embed(TEXTS)))


async def test_the_passages_that_matter_come_in_reading_order_with_neighbours_merged(
    database: DatabaseInMemory,
) -> None:
    retrieve = RetrievePassages(database, LetterEmbedder())
    found = await retrieve(OWNER, Scope(file_id=FILE), "Which cells hold DNA, rocks?", budget_tokens=12)
    assert [[chunk.text for chunk in passage.chunks] for passage in found] == [
        ["Cells are small.", "Cells hold DNA."],
        ["Rocks hold no DNA."],
    ]
    assert database.owners == [OWNER]


async def test_an_empty_scope_has_no_passages(database: DatabaseInMemory) -> None:
    retrieve = RetrievePassages(database, LetterEmbedder())
    assert await retrieve(OWNER, Scope(file_id=uuid4()), "cells", budget_tokens=100) == []


async def test_a_chunk_replaced_meanwhile_is_left_out(database: DatabaseInMemory) -> None:
    async def without_the_second(chunks: Sequence[UUID]) -> list[Chunk]:
        return [chunk for chunk in database.chunks.chunks if chunk.id in chunks and chunk.index != 1]

    database.chunks.get_many = without_the_second  # type: ignore[method-assign]
    retrieve = RetrievePassages(database, LetterEmbedder())
    found = await retrieve(OWNER, Scope(file_id=FILE), "cells hold DNA", budget_tokens=4)
    assert found == []
