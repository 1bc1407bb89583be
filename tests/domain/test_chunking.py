from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.chunking import chunk_document, embedding_text
from learnx.domain.documents import LINE_BREAK, Block, BlockKind, Chunk, Document, PageMark
from learnx.domain.sentences import split_sentences

FILE = UUID(int=1)


def count_words(texts: list[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def chunked(document: Document, known: dict[str, UUID] | None = None, target: int = 20, limit: int = 30) -> list[Chunk]:
    return list(
        chunk_document(
            document,
            file_id=FILE,
            new_id=uuid4,
            known=known or {},
            count_tokens=count_words,
            target_tokens=target,
            max_tokens=limit,
        )
    )


def paragraph(text: str, *path: str, kind: BlockKind = "paragraph", page: int | None = None) -> Block:
    marks = (PageMark(offset=0, page=page),) if page else ()
    return Block(kind=kind, text=text, heading_path=path, page_marks=marks)


def heading(text: str, *path: str, page: int | None = None) -> Block:
    marks = (PageMark(offset=0, page=page),) if page else ()
    return Block(kind="heading", text=text, heading_path=path, level=len(path) + 1, page_marks=marks)


def words(count: int, name: str = "word") -> str:
    return " ".join(f"{name}{number}" for number in range(count - 1)) + " end."


def test_a_chunk_carries_its_heading_path_and_not_the_heading() -> None:
    [chunk] = chunked(Document(blocks=(heading("Cells"), paragraph("Cells are small.", "Cells"))))
    assert (chunk.heading_path, chunk.text, chunk.token_count, chunk.index) == (("Cells",), "Cells are small.", 3, 0)
    assert embedding_text(chunk) == "Cells\nCells are small."


def test_a_heading_starts_a_chunk() -> None:
    blocks = (
        heading("One"),
        paragraph(words(15), "One"),
        heading("Two"),
        paragraph(words(15), "Two"),
    )
    assert [chunk.heading_path for chunk in chunked(Document(blocks=blocks))] == [("One",), ("Two",)]


def test_tiny_sections_of_one_parent_are_merged_with_their_headings_as_lines() -> None:
    blocks = (
        heading("Cells"),
        heading("Nucleus", "Cells"),
        paragraph("It holds DNA.", "Cells", "Nucleus"),
        heading("Wall", "Cells"),
        paragraph("It is stiff.", "Cells", "Wall"),
    )
    [chunk] = chunked(Document(blocks=blocks))
    assert chunk.heading_path == ("Cells",)
    assert chunk.text == "Nucleus\n\nIt holds DNA.\n\nWall\n\nIt is stiff."


def test_tiny_sections_of_different_parents_stay_apart() -> None:
    blocks = (
        heading("A"),
        heading("A1", "A"),
        paragraph("Short.", "A", "A1"),
        heading("B"),
        heading("B1", "B"),
        paragraph("Short.", "B", "B1"),
    )
    assert [chunk.heading_path for chunk in chunked(Document(blocks=blocks))] == [("A", "A1"), ("B", "B1")]


def test_a_heading_with_nothing_under_it_is_kept_as_text() -> None:
    blocks = (heading("Lost"), heading("Found"), paragraph("Here.", "Found"), heading("End"))
    [chunk] = chunked(Document(blocks=blocks))
    assert (chunk.heading_path, chunk.text) == (("Found",), "Lost\n\nHere.\n\nEnd")
    [only] = chunked(Document(blocks=(heading("Alone"),)))
    assert (only.heading_path, only.text) == ((), "Alone")


def test_a_section_that_is_a_little_long_is_divided_evenly_between_sentences() -> None:
    text = " ".join(f"Sentence {number} has six words here." for number in range(12))
    chunks = chunked(Document(blocks=(paragraph(text, "Cells"),)))
    assert [chunk.token_count for chunk in chunks] == [18, 18, 18, 18]
    assert " ".join(chunk.text for chunk in chunks) == text


CELLS = "Cells hold organelles. Every cell membrane keeps the cell whole. " * 4
HARBOURS = "Ships lie in harbours. At the quay of a harbour ships are unloaded. " * 4


@pytest.mark.parametrize("path", [(), ("Book",)])
def test_without_headings_a_text_is_cut_where_its_words_turn_to_another_topic(path: tuple[str, ...]) -> None:
    blocks = tuple(
        paragraph(text.strip(), *path) for text in (CELLS, CELLS, HARBOURS, HARBOURS, HARBOURS, CELLS, CELLS)
    )
    chunks = chunked(Document(blocks=blocks), target=80, limit=200)
    assert len(chunks) == 3
    for chunk in chunks:
        assert ("Cells" in chunk.text) != ("Ships" in chunk.text), chunk.text


def test_a_text_without_paragraphs_is_cut_between_the_sentences_where_the_topic_turns() -> None:
    text = " ".join(part.strip() for part in (CELLS, CELLS, CELLS, HARBOURS, HARBOURS, CELLS, CELLS))
    chunks = chunked(Document(blocks=(paragraph(text),)), target=80, limit=200)
    assert " ".join(chunk.text for chunk in chunks) == text
    assert [("Cells" in chunk.text, "Ships" in chunk.text) for chunk in chunks] == [(1, 0), (0, 1), (1, 0)]


def test_no_chunk_ends_with_what_leads_in_to_a_list_though_the_topic_turns() -> None:
    blocks = (
        *[paragraph(CELLS.strip())] * 3,
        paragraph("Ships are unloaded in these ways:"),
        *[paragraph("- by crane at the quay\n- by hand", kind="list"), *[paragraph(HARBOURS.strip())] * 3],
    )
    chunks = chunked(Document(blocks=blocks), target=80, limit=200)
    assert not any(chunk.text.endswith(":") for chunk in chunks)


def test_rows_and_lines_of_code_are_whole_however_they_are_punctuated() -> None:
    table = "\n".join(f"Pipe {number} | approx. Ten m etc. Note this. | is open" for number in range(6))
    code = "\n".join(f"    if x. Y: print({number})  # Not. A. Sentence." for number in range(8))
    for kind, text in (("table", table), ("code", code)):
        lines = [line for c in chunked(Document(blocks=(paragraph(text, kind=kind),))) for line in c.text.split("\n")]
        assert lines == text.split("\n")


def test_a_row_of_several_lines_is_whole() -> None:
    rows = [f"{words(4, f'left{n}')} | {n}{LINE_BREAK}{words(5, f'right{n}')} | {n}" for n in range(6)]
    chunks = chunked(Document(blocks=(paragraph("\n".join(rows), kind="table"),)))
    assert len(chunks) > 1
    assert [row for row in rows if not any(row in chunk.text for chunk in chunks)] == []


def test_a_list_stays_with_the_sentence_that_leads_in_to_it() -> None:
    blocks = (
        paragraph(words(24)),
        paragraph("There are these kinds:"),
        paragraph("- one of the first kind\n- one of the second kind\n- one of the third", kind="list"),
    )
    first, second = chunked(Document(blocks=blocks), target=30, limit=40)
    assert first.text == words(24)
    assert second.text.startswith("There are these kinds:\n\n- one")


def test_a_long_sentence_is_whole_up_to_twice_the_limit_and_then_cut_between_words() -> None:
    [whole] = chunked(Document(blocks=(paragraph(words(60)),)))
    assert whole.token_count == 60
    cut = chunked(Document(blocks=(paragraph(words(200)),)))
    assert max(chunk.token_count for chunk in cut) <= 60
    assert " ".join(chunk.text for chunk in cut) == words(200)
    unbroken = chunk_document(
        Document(blocks=(paragraph("x" * 1000),)),
        file_id=FILE,
        new_id=uuid4,
        known={},
        count_tokens=lambda texts: [len(text) for text in texts],
        target_tokens=50,
        max_tokens=100,
    )
    assert "".join(chunk.text for chunk in unbroken) == "x" * 1000


def test_unchanged_text_keeps_its_id_and_repeated_text_has_ids_of_its_own() -> None:
    before = chunked(Document(blocks=(paragraph(words(20)), paragraph(words(20)), paragraph(words(19, "other")))))
    assert len({chunk.id for chunk in before}) == len({chunk.content_hash for chunk in before}) == 3
    known = {chunk.content_hash: chunk.id for chunk in before}
    after = chunked(Document(blocks=(paragraph(words(20)), paragraph(words(20)), paragraph(words(18, "new")))), known)
    assert [chunk.id for chunk in after[:2]] == [chunk.id for chunk in before[:2]]
    assert after[2].id not in known.values()
    [moved] = chunked(Document(blocks=(paragraph(words(20), "Elsewhere"),)), known)
    assert moved.id not in known.values()


def test_pages_follow_the_text_into_its_chunk() -> None:
    text = "First page ends here. Second page begins."
    split = text.index("Second")
    blocks = (
        paragraph("Before it.", page=1),
        Block(
            kind="paragraph",
            text=text,
            page_marks=(PageMark(offset=0, page=2, label="ii"), PageMark(offset=split, page=3, label="1")),
        ),
    )
    [chunk] = chunked(Document(blocks=blocks))
    assert (chunk.page_start, chunk.page_end, chunk.page_label) == (1, 3, None)
    for needle, page in (("Before", 1), ("First", 2), ("Second", 3), ("begins", 3)):
        mark = chunk.page_at(chunk.text.index(needle))
        assert mark is not None
        assert mark.page == page


def test_a_document_without_pages_or_text_has_chunks_without_pages_or_none() -> None:
    [chunk] = chunked(Document(blocks=(paragraph("Text."), paragraph("  "))))
    assert (chunk.page_start, chunk.page_end, chunk.page_label, chunk.page_marks) == (None, None, None, ())
    assert chunked(Document(blocks=())) == []


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Blocks whose every word is unique and names the page it stands on."""
    blocks: list[Block] = []
    path: tuple[str, ...] = ()
    page, number = 1, 0
    kinds = st.sampled_from(["heading", "paragraph", "paragraph", "list", "table", "code", "equation"])
    for kind in draw(st.lists(kinds, max_size=25)):
        text, marks = "", [PageMark(offset=0, page=page)]
        for _ in range(1 if kind == "heading" else draw(st.integers(1, 8))):
            if kind != "heading" and text and draw(st.integers(0, 5)) == 0:
                page += 1
                marks.append(PageMark(offset=len(text), page=page))
            for _ in range(draw(st.integers(1, 12))):
                text += f"w{number}p{page} "
                number += 1
            text = text.rstrip() + draw(st.sampled_from([". ", "? ", ":\n", ".\n", " ", "\n"]))
        text = text.rstrip()
        if kind == "heading":
            level = draw(st.integers(1, 3))
            path = path[: level - 1]
        blocks.append(Block(kind=kind, text=text, page_marks=tuple(marks), heading_path=path))
        if kind == "heading":
            path = (*path, text)
        page += draw(st.integers(0, 1))
    return Document(blocks=tuple(blocks))


@given(documents())
def test_no_word_is_lost_or_moved_and_each_is_on_its_page(document: Document) -> None:
    chunks = chunked(document)
    said = {word.rstrip(".?:") for chunk in chunks for part in chunk.heading_path for word in part.split()}
    position = {word: i for i, word in enumerate(w.rstrip(".?:") for c in chunks for w in c.text.split())}
    wanted = [word.rstrip(".?:") for block in document.blocks for word in block.text.split()]
    assert all(word in position or word in said for word in wanted)
    places = [position[word] for word in wanted if word in position]
    assert places == sorted(places)
    assert len(places) == sum(len(chunk.text.split()) for chunk in chunks)
    for chunk in chunks:
        for word in chunk.text.split():
            mark = chunk.page_at(chunk.text.index(word))
            assert mark is not None
            assert mark.page == int(word.rstrip(".?:").split("p")[1])
            assert chunk.page_start is not None and chunk.page_end is not None
            assert chunk.page_start <= mark.page <= chunk.page_end


@given(documents())
def test_no_sentence_row_or_line_is_cut_and_no_chunk_is_too_long(document: Document) -> None:
    chunks = chunked(document)
    for block in document.blocks:
        if block.kind in ("table", "code"):
            whole = block.text.split("\n")
        elif block.kind in ("equation", "heading"):
            whole = [block.text]
        else:
            whole = [block.text[start:end] for start, end in split_sentences(block.text)]
        for part in whole:
            if len(part.split()) <= 60:
                assert any(part in chunk.text or part in chunk.heading_path for chunk in chunks)
    pieces = [len(part.split()) for block in document.blocks for part in block.text.split("\n")]
    assert all(chunk.token_count <= max(30, *pieces, 60) for chunk in chunks)


@given(documents())
def test_chunks_are_numbered_hashed_apart_and_the_same_each_time(document: Document) -> None:
    chunks = chunked(document)
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    assert len({chunk.content_hash for chunk in chunks}) == len({chunk.id for chunk in chunks}) == len(chunks)
    again = chunked(document, {chunk.content_hash: chunk.id for chunk in chunks})
    assert again == chunks
    assert [chunk.token_count for chunk in chunks] == count_words([chunk.text for chunk in chunks])


@pytest.mark.parametrize("kind", ["slide", "note", "list", "paragraph"])
def test_every_kind_of_prose_is_chunked(kind: BlockKind) -> None:
    [chunk] = chunked(Document(blocks=(paragraph("Some words.", kind=kind),)))
    assert chunk.text == "Some words."
