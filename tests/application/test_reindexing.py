from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from learnx.application.ports.embeddings import Vector
from learnx.application.ports.stored_vectors import FileToMove
from learnx.application.reindexing import BATCH, Reindex
from learnx.domain.documents import Chunk
from learnx.domain.errors import ProviderError

pytestmark = pytest.mark.anyio

OWNER = UUID(int=1)


@dataclass
class Embedder:
    """Ends with an error after so many texts, as a provider might, or a kill."""

    model: str = "new"
    dimensions: int = 1
    patience: int = 1_000_000
    heard: list[str] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        if len(self.heard) + len(texts) > self.patience:
            raise ProviderError("gone")
        self.heard += texts
        return [[1.0] for _ in texts]


class Library:
    """Chunks by file, and the models each has vectors of."""

    def __init__(self, *sizes: int) -> None:
        self.files = {
            UUID(int=number): [
                Chunk(
                    id=uuid4(),
                    file_id=UUID(int=number),
                    index=index,
                    text=f"{number}.{index}",
                    heading_path=("Cells",),
                    token_count=1,
                    content_hash="",
                )
                for index in range(size)
            ]
            for number, size in enumerate(sizes, 1)
        }
        self.models = {chunk.id: {"old"} for chunks in self.files.values() for chunk in chunks}
        self.arriving: list[Chunk] = []

    def _listed(self, wanted: set[UUID], after: FileToMove | None, limit: int) -> list[FileToMove]:
        counts = {file: sum(chunk.id in wanted for chunk in chunks) for file, chunks in self.files.items()}
        return [
            FileToMove(owner=OWNER, file=file, chunks=count)
            for file, count in counts.items()
            if count and (after is None or file > after.file)
        ][:limit]

    async def files_without(self, model: str, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        return self._listed({chunk for chunk, models in self.models.items() if model not in models}, after, limit)

    async def files_with_two(self, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        return self._listed({chunk for chunk, models in self.models.items() if len(models) > 1}, after, limit)

    async def chunks_without(
        self, place: FileToMove, model: str, *, after: Chunk | None, limit: int
    ) -> Sequence[Chunk]:
        start = -1 if after is None else after.index
        return [one for one in self.files[place.file] if one.index > start and model not in self.models[one.id]][:limit]

    async def add(self, place: FileToMove, chunks: Sequence[Chunk], vectors: Sequence[Vector], *, model: str) -> None:
        for chunk in chunks:
            self.models[chunk.id].add(model)
        for chunk in self.arriving:
            self.files[chunk.file_id].append(chunk)
            self.models[chunk.id] = {"old"}
        self.arriving = []

    async def keep_only(self, place: FileToMove, model: str) -> int:
        moved = [chunk.id for chunk in self.files[place.file] if len(self.models[chunk.id]) > 1]
        self.models.update({chunk: {model} for chunk in moved})
        return len(moved)


async def test_every_chunk_gets_a_vector_and_keeps_the_one_it_had() -> None:
    library, embedder, told = Library(2, BATCH + 3), Embedder(), []
    done = await Reindex(library, embedder)(finish=False, progress=lambda *counts: told.append(counts))
    assert (done.model, done.embedded, done.dropped) == ("new", BATCH + 5, 0)
    assert set(map(frozenset, library.models.values())) == {frozenset({"old", "new"})}
    assert told == [(2, BATCH + 5), (BATCH + 2, BATCH + 5), (BATCH + 5, BATCH + 5)]
    assert embedder.heard[0] == "Cells\n1.0"


async def test_doing_it_again_does_nothing() -> None:
    library = Library(3)
    await Reindex(library, Embedder())(finish=False, progress=lambda *_: None)
    again = Embedder()
    done = await Reindex(library, again)(finish=False, progress=lambda *_: None)
    assert (done.embedded, again.heard) == (0, [])


async def test_what_was_done_before_an_error_is_not_done_again() -> None:
    library = Library(BATCH, BATCH)
    with pytest.raises(ProviderError):
        await Reindex(library, Embedder(patience=BATCH))(finish=True, progress=lambda *_: None)
    assert {"old"} in library.models.values()
    rest = Embedder()
    assert (await Reindex(library, rest)(finish=False, progress=lambda *_: None)).embedded == BATCH
    assert all(text.startswith("Cells\n2.") for text in rest.heard)


async def test_finishing_drops_other_vectors_once_all_chunks_have_the_new_one() -> None:
    library = Library(3, 1)
    done = await Reindex(library, Embedder())(finish=True, progress=lambda *_: None)
    assert (done.embedded, done.dropped) == (4, 4)
    assert list(library.models.values()) == [{"new"}] * 4
    assert (await Reindex(library, Embedder())(finish=True, progress=lambda *_: None)).dropped == 0


async def test_what_a_worker_of_the_old_model_stores_meanwhile_is_moved_too() -> None:
    library = Library(2)
    [first, _] = library.files[UUID(int=1)]
    library.arriving = [Chunk(**{**{name: getattr(first, name) for name in first.__struct_fields__}, "id": uuid4()})]
    done = await Reindex(library, Embedder())(finish=True, progress=lambda *_: None)
    assert done.embedded == 3
    assert list(library.models.values()) == [{"new"}] * 3
