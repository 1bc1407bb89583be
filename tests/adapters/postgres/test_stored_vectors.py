"""A library moves from one embedding model to another while servers of both ask it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.stored_vectors import PostgresStoredVectors
from learnx.application.ports.stored_vectors import FileToMove
from learnx.application.search import SearchLibrary
from learnx.domain.courses import File
from learnx.domain.documents import Chunk
from learnx.domain.errors import LearnXError
from learnx.domain.identity import Principal
from learnx.domain.retrieval import Candidate, Scope
from learnx.domain.search import LibraryScope

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]
OLD, NEW, THIRD = "old-3", "new-2", "third-1"
OLD_VECTOR, NEW_VECTOR = [0.0, 0.6, 0.8], [1.0, 0.0]


@pytest.fixture
def vectors(worker_engine: AsyncEngine) -> PostgresStoredVectors:
    return PostgresStoredVectors(worker_engine)


async def stored(database: PostgresDatabase, owner: UUID, file: File, *texts: str, model: str = OLD) -> list[Chunk]:
    chunks = [
        Chunk(id=uuid7(), file_id=file.id, index=index, text=text, token_count=1, content_hash=text)
        for index, text in enumerate(texts)
    ]
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(file.id, chunks, [OLD_VECTOR] * len(texts), embedding_model=model, language="en")
        await tx.commit()
    return chunks


async def asked(
    database: PostgresDatabase, owner: UUID, file: File, vector: list[float], model: str, question: str = "water"
) -> dict[UUID, Candidate]:
    async with database.transaction(owner) as tx:
        found = await tx.chunks.candidates(Scope(file_id=file.id), question, vector, embedding_model=model, limit=10)
    return {one.chunk_id: one for one in found}


def place(owner: UUID, file: File, chunks: int = 1) -> FileToMove:
    return FileToMove(owner=owner, file=file.id, chunks=chunks)


async def test_both_models_find_a_chunk_by_their_own_vectors_while_it_moves(
    database: PostgresDatabase, vectors: PostgresStoredVectors, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    chunks = await stored(database, owner, file, "Water.", "Fire.")
    await vectors.add(place(owner, file), chunks[:1], [NEW_VECTOR], model=NEW)
    by_old = await asked(database, owner, file, OLD_VECTOR, OLD)
    assert [by_old[chunk.id].similarity for chunk in chunks] == pytest.approx([1, 1], abs=1e-3)
    by_new = await asked(database, owner, file, NEW_VECTOR, NEW, "water fire")
    assert by_new[chunks[0].id].similarity == pytest.approx(1)
    assert by_new[chunks[1].id].similarity is None
    assert await vectors.keep_only(place(owner, file), NEW) == 1
    by_new = await asked(database, owner, file, NEW_VECTOR, NEW)
    assert by_new[chunks[0].id].similarity == pytest.approx(1)
    by_old = await asked(database, owner, file, OLD_VECTOR, OLD)
    assert by_old[chunks[0].id].similarity is None
    assert by_old[chunks[1].id].similarity == pytest.approx(1, abs=1e-3)


@dataclass(frozen=True)
class Asking:
    """An embedder that has one vector for every text."""

    model: str
    vector: list[float]

    @property
    def dimensions(self) -> int:
        return len(self.vector)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [self.vector for _ in texts]


async def test_both_models_find_a_chunk_in_the_whole_library_by_meaning_while_it_moves(
    database: PostgresDatabase, vectors: PostgresStoredVectors, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    chunks = await stored(database, owner, file, "Water.")
    await vectors.add(place(owner, file), chunks, [NEW_VECTOR], model=NEW)
    for embedder, count in ((Asking(OLD, OLD_VECTOR), 1), (Asking(NEW, NEW_VECTOR), 1), (Asking(THIRD, [1.0]), 0)):
        search = SearchLibrary(database, embedder)
        found = await search(Principal(user_id=owner), "liquid", scope=LibraryScope(), limit=5)
        assert len(list(found.items)) == count


async def test_files_of_all_owners_are_listed_with_what_is_left_of_them(
    database: PostgresDatabase, vectors: PostgresStoredVectors, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    mine, theirs, done = await new_file(owner), await new_file(stranger), await new_file(owner)
    chunks = await stored(database, owner, mine, "One.", "Two.", "Three.")
    await stored(database, stranger, theirs, "One.")
    await stored(database, owner, done, "One.", model=NEW)
    await vectors.add(place(owner, mine), chunks[1:2], [NEW_VECTOR], model=NEW)
    everything = await vectors.files_without(NEW, after=None, limit=10)
    assert everything == sorted(
        [place(owner, mine, 2), place(stranger, theirs, 1)], key=lambda one: (one.owner, one.file)
    )
    [first] = await vectors.files_without(NEW, after=None, limit=1)
    assert await vectors.files_without(NEW, after=first, limit=10) == everything[1:]
    assert await vectors.files_with_two(after=None, limit=10) == [place(owner, mine, 1)]
    left = await vectors.chunks_without(first, NEW, after=None, limit=1) if first.owner == owner else chunks[:1]
    assert left == chunks[:1]
    assert await vectors.chunks_without(place(owner, mine), NEW, after=chunks[0], limit=9) == chunks[2:]
    assert await vectors.chunks_without(place(stranger, mine), NEW, after=None, limit=9) == []


async def test_a_vector_of_a_third_model_gives_way(
    database: PostgresDatabase, vectors: PostgresStoredVectors, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    [chunk] = await stored(database, owner, file, "Water.")
    await vectors.add(place(owner, file), [chunk], [[1.0]], model=THIRD)
    await vectors.add(place(owner, file), [chunk], [NEW_VECTOR], model=NEW)
    assert (await asked(database, owner, file, [1.0], THIRD))[chunk.id].similarity is None
    assert await vectors.keep_only(place(owner, file), THIRD) == 0
    assert await vectors.keep_only(place(owner, file), OLD) == 1
    assert (await asked(database, owner, file, OLD_VECTOR, OLD))[chunk.id].similarity == pytest.approx(1, abs=1e-3)


async def test_what_was_replaced_or_moved_meanwhile_is_left_alone(
    database: PostgresDatabase, vectors: PostgresStoredVectors, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    [before] = await stored(database, owner, file, "Water.")
    after = Chunk(id=before.id, file_id=file.id, index=0, text="Ice.", token_count=1, content_hash="Ice.")
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(file.id, [after], [OLD_VECTOR], embedding_model=OLD, language="en")
        await tx.commit()
    await vectors.add(place(owner, file), [before], [NEW_VECTOR], model=NEW)
    await vectors.add(place(stranger, file), [after], [NEW_VECTOR], model=NEW)
    await vectors.add(place(owner, file), [after], [OLD_VECTOR], model=OLD)
    assert await vectors.files_with_two(after=None, limit=10) == []
    assert (await asked(database, owner, file, NEW_VECTOR, NEW, "ice"))[before.id].similarity is None


async def test_the_application_may_not_ask_whose_files_there_are(engine: AsyncEngine) -> None:
    with pytest.raises(LearnXError):
        await PostgresStoredVectors(engine).files_without(NEW, after=None, limit=1)
