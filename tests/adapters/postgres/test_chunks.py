import math
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from tests.adapters.postgres.conftest import Connect
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.paging import Page
from learnx.domain.courses import File, Module
from learnx.domain.documents import Chunk, PageMark
from learnx.domain.errors import InvalidInput, NotFound
from learnx.domain.retrieval import Candidate, Scope

pytestmark = pytest.mark.anyio

NewFile = Callable[..., Awaitable[File]]
MODEL = "test-3"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def chunk(file: File, index: int, text: str, *path: str, **values: object) -> Chunk:
    return Chunk(
        **{
            "id": uuid7(),
            "file_id": file.id,
            "index": index,
            "text": text,
            "heading_path": path,
            "token_count": len(text.split()),
            "content_hash": f"{index}:{text}",
            **values,
        }
    )


def unit(*vector: float) -> list[float]:
    length = math.hypot(*vector)
    return [part / length for part in vector]


async def stored(
    database: PostgresDatabase,
    owner: UUID,
    file: File,
    texts: dict[str, list[float]],
    *,
    model: str = MODEL,
    language: str | None = "en",
) -> list[Chunk]:
    chunks = [chunk(file, index, text) for index, text in enumerate(texts)]
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(file.id, chunks, list(texts.values()), embedding_model=model, language=language)
        await tx.commit()
    return chunks


async def asked(
    database: PostgresDatabase,
    owner: UUID,
    scope: Scope,
    question: str,
    vector: list[float],
    *,
    limit: int = 10,
    model: str = MODEL,
) -> dict[UUID, Candidate]:
    async with database.transaction(owner) as tx:
        found = await tx.chunks.candidates(scope, question, vector, embedding_model=model, limit=limit)
    assert len({candidate.chunk_id for candidate in found}) == len(found)
    return {candidate.chunk_id: candidate for candidate in found}


async def test_a_chunk_is_read_as_it_was_stored(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner)
    marks = (PageMark(offset=0, page=12, label="xii"), PageMark(offset=4, page=13))
    whole = chunk(
        file, 0, "Über 5 µm.", "Cells", "Wall", page_marks=marks, page_start=12, page_end=13, page_label="xii"
    )
    plain = chunk(file, 1, "Second.")
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(
            file.id, [whole, plain], [unit(1, 0, 0), [0, 0, 0]], embedding_model=MODEL, language="de-CH"
        )
        assert await tx.chunks.get(whole.id) == whole
        assert await tx.chunks.get_many([plain.id, uuid7(), whole.id]) == [plain, whole]
        assert await tx.chunks.hashes(file.id) == {"0:Über 5 µm.": whole.id, "1:Second.": plain.id}
        outline = await tx.chunks.outline(file.id)
    assert [(row.id, row.index, row.heading_path, row.token_count, row.content_hash) for row in outline] == [
        (whole.id, 0, ("Cells", "Wall"), 3, "0:Über 5 µm."),
        (plain.id, 1, (), 1, "1:Second."),
    ]


async def test_chunks_are_paged_in_reading_order(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner)
    await stored(database, owner, file, {f"Text {number}.": unit(1, number, 0) for number in range(5)})
    async with database.transaction(owner) as tx:
        first = await tx.chunks.page(file.id, Page(limit=3))
        rest = await tx.chunks.page(file.id, Page(limit=3, after=(str(first[-1].index),)))
        assert [found.index for found in first + rest] == [0, 1, 2, 3, 4]
        with pytest.raises(InvalidInput):
            await tx.chunks.page(file.id, Page(after=("nonsense",)))


async def test_replacing_leaves_none_of_the_old_chunks_and_may_keep_their_ids(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file, other = await new_file(owner), await new_file(owner)
    [first, _] = await stored(database, owner, file, {"Old one.": unit(1, 0, 0), "Old two.": unit(0, 1, 0)})
    untouched = await stored(database, owner, other, {"Other.": unit(1, 0, 0)})
    async with database.transaction(owner) as tx:
        again = chunk(file, 0, "New.", id=first.id)
        await tx.chunks.replace(file.id, [again], [unit(0, 0, 1)], embedding_model=MODEL, language=None)
        await tx.commit()
    async with database.transaction(owner) as tx:
        assert await tx.chunks.page(file.id, Page()) == [again]
        assert await tx.chunks.page(other.id, Page()) == untouched
        await tx.chunks.replace(file.id, [], [], embedding_model=MODEL, language=None)
        assert await tx.chunks.page(file.id, Page()) == []


async def test_a_question_in_other_words_finds_what_shares_some(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    texts = {
        "Mitochondria produce energy in cells.": unit(0, 1, 0),
        "Walls are stiff.": unit(0, 0, 1),
        "The state-of-the-art & co.": unit(0, 0, 1),
    }
    cell, wall, hyphenated = await stored(database, owner, file, texts)
    found = await asked(database, owner, Scope(file_id=file.id), "Which mitochondrion is producing it?", unit(0, 1, 0))
    assert found[cell.id].text_score > 0
    assert found[cell.id].similarity == pytest.approx(1, abs=1e-3)
    assert wall.id not in found
    found = await asked(
        database, owner, Scope(file_id=file.id), "state-of-the-art 'or' a & b | !c <-> :*", unit(1, 0, 0)
    )
    assert list(found) == [hyphenated.id]


async def test_the_best_of_both_kinds_are_returned_each_with_both_scores(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    texts = {f"Filler {number}.": unit(1, 0.5 + number / 10, 0) for number in range(20)}
    texts |= {"The nucleus.": unit(0.2, 1, 0), "Something else.": unit(1, 0, 0)}
    chunks = await stored(database, owner, file, texts)
    found = await asked(database, owner, Scope(file_id=file.id), "nucleus", unit(1, 0, 0), limit=2)
    assert set(found) == {chunks[-2].id, chunks[-1].id, chunks[0].id}
    assert found[chunks[-2].id].similarity == pytest.approx(0.196, abs=1e-3)
    assert found[chunks[-1].id].text_score == 0


async def test_vectors_find_exactly_the_nearest(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner)
    vectors = [unit(math.cos(angle), math.sin(angle), 0.1) for angle in (number * 0.7 for number in range(300))]
    chunks = await stored(database, owner, file, {f"w{number}": vector for number, vector in enumerate(vectors)})
    wanted = unit(0.3, 0.9, 0.2)
    by_dot = sorted(range(300), key=lambda n: -sum(a * b for a, b in zip(vectors[n], wanted, strict=True)))
    found = await asked(database, owner, Scope(file_id=file.id), "", wanted, limit=10)
    nearest = {chunks[number].id for number in by_dot[:12]}
    assert len(found) == 10
    assert set(found) <= nearest


async def test_a_scope_is_a_file_a_module_or_a_course(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    first, elsewhere = await new_file(owner), await new_file(owner)
    async with database.transaction(owner) as tx:
        module = await tx.modules.get(first.module_id)
    second = await new_file(owner, module=module)
    [a] = await stored(database, owner, first, {"Water one.": unit(1, 0, 0)})
    [b] = await stored(database, owner, second, {"Wasser zwei, water.": unit(1, 0, 0)}, language="de")
    await stored(database, owner, elsewhere, {"Water three.": unit(1, 0, 0)})
    for scope, expected in (
        (Scope(file_id=first.id), {a.id}),
        (Scope(module_id=first.module_id), {a.id, b.id}),
        (Scope(course_id=first.course_id), {a.id, b.id}),
        (Scope(course_id=uuid7()), set()),
    ):
        found = await asked(database, owner, scope, "water", unit(1, 0, 0))
        assert set(found) == expected
        assert all(candidate.text_score > 0 for candidate in found.values())


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("de", "Die Häuser werden gebaut.", "Haus"),
        ("es", "Las células producen energía.", "célula"),
        ("zh", "光合作用发生在叶绿体中。", "叶绿体是什么？"),
        ("ar", "تنتج الخلايا الطاقة", "الطاقة"),
        (None, "Cellulae energiam faciunt.", "energiam"),
    ],
)
async def test_full_text_knows_the_language_of_the_file(
    database: PostgresDatabase, owner: UUID, new_file: NewFile, language: str | None, text: str, question: str
) -> None:
    file = await new_file(owner)
    [found, _] = await stored(database, owner, file, {text: [0, 0, 0], "Xyzzy 123.": [0, 0, 0]}, language=language)
    assert list(await asked(database, owner, Scope(file_id=file.id), question, [0, 0, 0])) == [found.id]


async def test_headings_are_found_too(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> None:
    file = await new_file(owner)
    under = chunk(file, 0, "It is green.", "Chloroplasts")
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(file.id, [under], [[0, 0, 0]], embedding_model=MODEL, language="en")
        await tx.commit()
    assert list(await asked(database, owner, Scope(file_id=file.id), "chloroplast", [0, 0, 0])) == [under.id]


async def test_vectors_of_two_models_are_never_compared(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    [chunk] = await stored(database, owner, file, {"Water.": unit(1, 0, 0)}, model="other-4")
    found = await asked(database, owner, Scope(file_id=file.id), "water", [1, 0, 0, 0])
    assert found[chunk.id].text_score > 0
    assert found[chunk.id].similarity is None
    assert await asked(database, owner, Scope(file_id=file.id), "fire", [1, 0, 0, 0]) == {}


async def test_a_rare_word_counts_more_than_a_common_one(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    texts = {
        "A cell lives.": [0, 0, 0],
        "A cell sleeps.": [0, 0, 0],
        "A cell, a cell.": [0, 0, 0],
        "Ribosomes.": [0, 0, 0],
    }
    once, _, twice, rare = await stored(database, owner, file, texts)
    found = await asked(database, owner, Scope(file_id=file.id), "cell ribosome", [0, 0, 0])
    assert found[rare.id].text_score > found[twice.id].text_score > found[once.id].text_score > 0


async def test_what_is_rare_in_a_course_is_not_told_by_one_of_its_files(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    biology = await new_file(owner)
    module = Module(
        id=biology.module_id, course_id=biology.course_id, title="", position=0, created_at=NOW, updated_at=NOW
    )
    history = await new_file(owner, module=module)
    cells = await stored(database, owner, biology, {f"Cell {number}.": [0, 0, 0] for number in range(9)})
    texts = {f"War {number}.": [0, 0, 0] for number in range(8)} | {"Prison cell.": [0, 0, 0]}
    *_, prison = await stored(database, owner, history, texts)
    everywhere = await asked(database, owner, Scope(course_id=biology.course_id), "cell", [0, 0, 0])
    assert everywhere[prison.id].text_score == everywhere[cells[0].id].text_score > 0
    [one] = (await asked(database, owner, Scope(file_id=biology.id), "cell", [0, 0, 0], limit=1)).values()
    [other] = (await asked(database, owner, Scope(file_id=history.id), "cell", [0, 0, 0], limit=1)).values()
    assert other.text_score > one.text_score > 0


async def test_a_file_that_was_stored_without_labels_is_searched_alike(
    database: PostgresDatabase, connect: Connect, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    texts = {f"Cell {number}.": unit(1, number, 0) for number in range(8)} | {"Ribosomes.": unit(0, 0, 1)}
    *_, rare = await stored(database, owner, file, texts)
    question = "cells of ribosomes"
    labelled = await asked(database, owner, Scope(file_id=file.id), question, unit(1, 0, 0))
    async with connect("admin") as connection:
        await connection.execute("UPDATE chunks SET search = setweight(search, 'D')")
    bare = await asked(database, owner, Scope(file_id=file.id), question, unit(1, 0, 0))
    for found in (labelled, bare):
        assert len(found) == 9
        assert max(found.values(), key=lambda one: one.text_score).chunk_id == rare.id
    assert {one.chunk_id: one.similarity for one in labelled.values()} == {
        one.chunk_id: one.similarity for one in bare.values()
    }


async def test_what_is_rare_is_told_by_the_chunks_of_a_language(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    english = await new_file(owner)
    module = Module(
        id=english.module_id, course_id=english.course_id, title="", position=0, created_at=NOW, updated_at=NOW
    )
    german = await new_file(owner, module=module)
    await stored(database, owner, english, {f"Cell number {n}.": [0, 0, 0] for n in range(5)})
    [wall, _] = await stored(database, owner, german, {"Die Zelle.": [0, 0, 0], "Der Kern.": [0, 0, 0]}, language="de")
    found = await asked(database, owner, Scope(course_id=english.course_id), "Zellen", [0, 0, 0])
    assert list(found) == [wall.id]


async def test_of_a_long_question_the_longest_words_are_looked_up(
    database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    short, long = await stored(database, owner, file, {"Cat.": [0, 0, 0], "Mitochondria.": [0, 0, 0]})
    question = " ".join(["cat", "mitochondria", *(f"unheard{n:03}" for n in range(1_000))])
    assert list(await asked(database, owner, Scope(file_id=file.id), question, [0, 0, 0])) == [long.id]
    assert list(await asked(database, owner, Scope(file_id=file.id), "cat", [0, 0, 0])) == [short.id]


async def test_a_stranger_sees_no_chunk(
    database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    [mine] = await stored(database, owner, file, {"Water.": unit(1, 0, 0)})
    assert await asked(database, stranger, Scope(file_id=file.id), "water", unit(1, 0, 0)) == {}
    async with database.transaction(stranger) as tx:
        assert await tx.chunks.get_many([mine.id]) == []
        assert await tx.chunks.outline(file.id) == []
        assert await tx.chunks.hashes(file.id) == {}
        with pytest.raises(NotFound):
            await tx.chunks.get(mine.id)
        await tx.chunks.replace(file.id, [], [], embedding_model=MODEL, language=None)
        await tx.commit()
    async with database.transaction(owner) as tx:
        assert await tx.chunks.get(mine.id) == mine


async def test_a_worker_stores_chunks_for_an_owner(
    database: PostgresDatabase, worker_database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    [mine] = await stored(worker_database, owner, file, {"Water.": unit(1, 0, 0)})
    async with database.transaction(owner) as tx:
        assert await tx.chunks.get(mine.id) == mine
