"""Search of a library in a real Postgres: what is found, in which order, and what never is."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.adapters.postgres.conftest import Connect
from tests.adapters.postgres.test_chunks import MODEL, NewFile, stored, unit

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application import search
from learnx.application.search import SearchLibrary
from learnx.domain.courses import File
from learnx.domain.errors import ProviderError
from learnx.domain.identity import Principal
from learnx.domain.search import LibraryScope, PlaceInResults, SearchResult, SearchResults

pytestmark = pytest.mark.anyio

NOWHERE = [0.0, 0.0, 0.0]
EVERYWHERE = LibraryScope()


class StillEmbedder:
    """Gives every question the same vector, so that what is found is found by its text."""

    model = MODEL
    dimensions = 3

    def __init__(self, vector: list[float] = NOWHERE) -> None:
        self.vector = vector

    async def embed(self, texts: Any) -> list[list[float]]:
        return [self.vector for _ in texts]


class AbsentEmbedder(StillEmbedder):
    """Fails as a provider does, or never answers."""

    def __init__(self, *, silent: bool = False) -> None:
        super().__init__()
        self.silent = silent

    async def embed(self, texts: Any) -> list[list[float]]:
        if self.silent:
            await asyncio.Event().wait()
        raise ProviderError("Nobody is there.")


Ask = Callable[..., Awaitable[list[SearchResult]]]


@pytest.fixture
def ask(database: PostgresDatabase, owner: UUID) -> Ask:
    async def asked(typed: str, *, vector: list[float] = NOWHERE, by: UUID = owner, **options: Any) -> Any:
        use_case = SearchLibrary(database, StillEmbedder(vector))
        options = {"scope": EVERYWHERE, "limit": 20} | options
        return list((await use_case(Principal(user_id=by), typed, **options)).items)

    return asked


def texts_of(results: list[SearchResult]) -> list[str]:
    return [result.snippet for result in results]


def marked(result: SearchResult) -> list[str]:
    return [result.snippet[one.start : one.end] for one in result.highlights]


@pytest.fixture
async def file(database: PostgresDatabase, owner: UUID, new_file: NewFile) -> File:
    file = await new_file(owner)
    texts = [
        "Ebbinghaus measured how memories fade: forgetting is fast at first.",
        "Einstein wrote E = mc² in a later paper.",
        "Verify V2.1.3 that passwords are truncated nowhere.",
        "The hippocampus stores new memories while we sleep.",
        "To be or not to be, said the prince.",
    ]
    await stored(database, owner, file, dict.fromkeys(texts, unit(1, 0, 0)))
    return file


async def test_scores_do_not_know_how_rare_words_are_in_a_file(
    database: PostgresDatabase, connect: Connect, owner: UUID, file: File, ask: Ask
) -> None:
    texts = {f"Memories, number {number}.": NOWHERE for number in range(9)} | {"The hippocampus.": NOWHERE}
    await stored(database, owner, file, texts)
    questions = ("hippocampus", "memories", "memories of the hippocampus", '"the hippocampus"')
    labelled = [await ask(question) for question in questions]
    async with connect("admin") as connection:
        await connection.execute("UPDATE chunks SET search = setweight(search, 'D')")
    assert [await ask(question) for question in questions] == labelled
    assert all(labelled)


@pytest.mark.parametrize(
    ("typed", "beginning", "highlighted"),
    [
        (
            "how fast do we forget, as Ebbinghaus measured it",
            "Ebbinghaus",
            ["Ebbinghaus", "measured", "forgetting", "fast"],
        ),
        ("Ebinghaus", "Ebbinghaus", ["Ebbinghaus"]),
        ("hipocampus", "The hippocampus", ["hippocampus"]),
        ("Einstien", "Einstein", ["Einstein"]),
        ("E = mc^2", "Einstein", ["E = mc²"]),
        ("$E=mc^{2}$", "Einstein", ["E = mc²"]),
        ("v2.1.3", "Verify", ["V2.1.3"]),
        ('"or not to be"', "To be", ["or not to be"]),
        ('"NEW MEMORIES" ebbinghaus', "The hippocampus", ["new memories"]),
    ],
)
async def test_what_is_meant_is_found_first_and_marked(
    ask: Ask, file: File, typed: str, beginning: str, highlighted: list[str]
) -> None:
    found = await ask(typed)
    assert found[0].snippet.startswith(beginning)
    assert marked(found[0]) == highlighted
    assert found[0].file_id == file.id
    assert all(0 < result.relevance_score <= 1 for result in found)


async def test_a_phrase_must_occur_word_for_word(ask: Ask, file: File) -> None:
    assert len(await ask("new memories")) == 2
    assert len(await ask('"new memories"')) == 1
    assert await ask('"memories new"') == []
    assert await ask('"new memor"') == []


@pytest.mark.parametrize("typed", ["", " ", '"', '""', "the of and", "?!", "' | ''\\", "%", "(((", "\\"])
async def test_what_says_nothing_finds_nothing(ask: Ask, file: File, typed: str) -> None:
    assert await ask(typed, vector=unit(1, 0, 0)) == []


@pytest.mark.parametrize("typed", ["qwxzvkj", "a:*b & !c <-> d", "it's | 'quoted' \\", "***:x", "(?i)x{9"])
async def test_what_would_be_an_operator_is_a_word_like_others(ask: Ask, file: File, typed: str) -> None:
    assert await ask(typed) == []
    assert await ask(f'"{typed}"') == []


async def test_what_has_no_word_in_common_is_found_by_its_meaning(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await stored(database, owner, file, {"Cats purr.": unit(1, 0, 0), "Rocks roll.": unit(0, 1, 0)})
    [found] = await ask("felines", vector=unit(1, 0.1, 0))
    assert (found.snippet, found.highlights) == ("Cats purr.", ())


async def test_chunks_of_another_embedding_model_are_found_by_their_text(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    await stored(database, owner, await new_file(owner), {"Old tissue.": [1.0, 0.0]}, model="another-2")
    assert texts_of(await ask("tissues", vector=unit(1, 0, 0))) == ["Old tissue."]


async def test_every_file_is_searched_by_the_rules_of_its_language(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    for language, text in [
        ("de", "Die Häuser der Stadt."),
        ("zh", "这是工作记忆模型。"),
        ("en", "Houses of the town."),
    ]:
        await stored(database, owner, await new_file(owner, filename="f"), {text: NOWHERE}, language=language)
    [german] = await ask("Haus")
    assert marked(german) == ["Häuser"]
    [english] = await ask("house")
    assert marked(english) == ["Houses"]
    [chinese] = await ask("工作记忆")
    assert marked(chinese) == ["工作记忆"]
    [phrase] = await ask('"记忆模型"')
    assert phrase.id == chinese.id


async def test_files_are_found_by_name_and_title(ask: Ask, owner: UUID, new_file: NewFile) -> None:
    named = await new_file(owner, filename="Lecture_07-photosynthesis.pdf")
    titled = await new_file(owner, filename="x1.pdf", title="Gedächtnis und Vergessen")
    for typed in ("photosynthesis", "lecture 07", "fotosynthesis", "Photosynthesis lecture"):
        [found] = await ask(typed)
        assert (found.type, found.id, found.file_id, found.page_number) == ("file", named.id, named.id, None)
    [found] = await ask("gedachtnis vergessen")
    assert (found.id, found.snippet, found.filename) == (titled.id, "Gedächtnis und Vergessen", "x1.pdf")
    assert marked(found)[-1] == "Vergessen"
    assert await ask("a long question about the photosynthesis of plants at night and in winter") == []


async def test_what_is_asked_for_can_be_narrowed(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    cells, memory = await new_file(owner, filename="cells.md"), await new_file(owner, filename="memory.md")
    await stored(database, owner, cells, {"Cells divide.": NOWHERE})
    await stored(database, owner, memory, {"Memory cells remember.": NOWHERE})
    assert [found.type for found in await ask("cells")] == ["file", "chunk", "chunk"]
    assert [found.file_id for found in await ask("cells", kind="file")] == [cells.id]
    assert {found.type for found in await ask("cells", kind="chunk")} == {"chunk"}
    assert texts_of(await ask("cells", kind="chunk", scope=LibraryScope(file_id=memory.id))) == [
        "Memory cells remember."
    ]
    in_course = LibraryScope(course_id=cells.course_id)
    assert texts_of(await ask("cells", kind="chunk", scope=in_course)) == ["Cells divide."]


async def test_nothing_of_archived_courses_of_deleted_files_or_of_strangers_is_found(
    ask: Ask, database: PostgresDatabase, owner: UUID, stranger: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner, filename="cells.md")
    await stored(database, owner, file, {"Cells divide, E = mc^2.": NOWHERE})
    assert len(await ask("cells")) == 2
    assert await ask("cells", by=stranger) == []
    assert await ask("E = mc^2", by=stranger) == []
    async with database.transaction(owner) as tx:
        course = await tx.courses.get(file.course_id)
        await tx.courses.update(msgspec.structs.replace(course, archived=True))
        await tx.commit()
    assert await ask("cells") == []
    assert await ask("celsl") == []
    async with database.transaction(owner) as tx:
        await tx.courses.update(course)
        await tx.files.delete(file.id)
        await tx.commit()
    assert await ask("cells") == []


async def test_words_and_formulas_of_replaced_chunks_are_forgotten(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile, connect: Any
) -> None:
    file = await new_file(owner)
    await stored(database, owner, file, {"Ebbinghaus said a = b.": NOWHERE})
    await stored(database, owner, file, {"Pavlov said c = d + e.": NOWHERE})
    assert await ask("Ebinghaus") == []
    assert texts_of(await ask("Pavlow")) == ["Pavlov said c = d + e."]
    assert texts_of(await ask("c=d+e")) == ["Pavlov said c = d + e."]
    async with connect("admin") as admin:
        words = await admin.fetchval("SELECT array_agg(DISTINCT w) FROM file_words, unnest(words) w")
        forms = await admin.fetch("SELECT forms FROM chunk_formulas")
    assert set(words) == {"pavlov", "said"}
    assert [row["forms"] for row in forms] == ["pavlovsaidc=d+e."]


async def test_the_page_of_a_result_is_where_its_first_highlight_stands(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    text = "Cells are alive. " + "Nothing of note. " * 20 + "Mitosis divides them."
    marks = [{"offset": 0, "page": 4}, {"offset": text.index("Mitosis"), "page": 5, "label": "v"}]
    [chunk] = await stored(database, owner, file, {text: NOWHERE})
    paged = msgspec.convert({**msgspec.to_builtins(chunk), "pageMarks": marks}, type(chunk))
    async with database.transaction(owner) as tx:
        await tx.chunks.replace(file.id, [paged], [NOWHERE], embedding_model=MODEL, language="en")
        await tx.commit()
    assert [found.page_number for found in await ask("alive")] == [4]
    assert [found.page_number for found in await ask("mitosis")] == [5]


async def test_scores_and_order_do_not_depend_on_what_else_there_is(
    ask: Ask, database: PostgresDatabase, owner: UUID, new_file: NewFile
) -> None:
    file = await new_file(owner)
    await stored(database, owner, file, {f"Cells {'divide ' * number}.": NOWHERE for number in range(4)})
    before = {found.id: found.relevance_score for found in await ask("cells divide", kind="chunk")}
    await stored(database, owner, await new_file(owner), {f"Cells number {n} divide.": NOWHERE for n in range(30)})
    after = {found.id: found.relevance_score for found in await ask("cells divide", kind="chunk", limit=100)}
    assert before.items() <= after.items()
    assert len(after) == 34
    assert list(after.values()) == sorted(after.values(), reverse=True)


async def test_a_search_within_a_transaction_is_the_same(
    ask: Ask, database: PostgresDatabase, owner: UUID, file: File
) -> None:
    assert await ask("memories", scope=LibraryScope(file_id=file.id)) == await ask("memories")


@pytest.mark.parametrize("silent", [False, True])
async def test_without_the_embedding_model_words_alone_decide(
    database: PostgresDatabase, owner: UUID, file: File, silent: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "VECTOR_SECONDS", 0.05)

    async def asked(embedder: StillEmbedder, after: PlaceInResults | None = None) -> SearchResults:
        use_case = SearchLibrary(database, embedder)
        return await use_case(Principal(user_id=owner), "memory", scope=EVERYWHERE, limit=20, after=after)

    found = await asked(AbsentEmbedder(silent=silent))
    assert found.by_words_alone
    assert found.items == (await asked(StillEmbedder(NOWHERE))).items != ()


async def test_a_list_goes_on_as_it_began_with_the_embedding_model_or_without(
    database: PostgresDatabase, owner: UUID, file: File
) -> None:
    async def asked(embedder: StillEmbedder, after: PlaceInResults | None = None) -> SearchResults:
        use_case = SearchLibrary(database, embedder)
        return await use_case(Principal(user_id=owner), "memory", scope=EVERYWHERE, limit=20, after=after)

    def start(*, by_words_alone: bool) -> PlaceInResults:
        return PlaceInResults(score=1, id=owner, spelling={}, by_words_alone=by_words_alone)

    without = await asked(StillEmbedder(unit(1, 0, 0)), start(by_words_alone=True))
    assert without.by_words_alone
    assert without.items == (await asked(AbsentEmbedder())).items
    with pytest.raises(ProviderError):
        await asked(AbsentEmbedder(), start(by_words_alone=False))
