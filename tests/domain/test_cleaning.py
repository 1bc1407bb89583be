"""Pins what cleaning takes away from a document, what it joins, and that page marks stay right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.cleaning import ROW_WRAP, SOFT_HYPHEN, WRAP, clean
from learnx.domain.documents import LINE_BREAK, Block, BlockKind, Document, PageMark
from learnx.domain.running_heads import running_heads


def block(text: str, page: int | None = None, kind: BlockKind = "paragraph", path: tuple[str, ...] = ()) -> Block:
    marks = (PageMark(offset=0, page=page, label=str(page)),) if page else ()
    return Block(kind=kind, text=text, page_marks=marks, heading_path=path)


def texts(*blocks: Block) -> list[str]:
    return [cleaned.text for cleaned in clean(Document(blocks=blocks)).blocks]


def test_wrapped_lines_become_one_line_and_intended_lines_stay() -> None:
    assert texts(block(f"one{WRAP}two {WRAP} three\nfour")) == ["one two three\nfour"]


def test_a_word_hyphenated_at_a_line_end_is_joined() -> None:
    assert texts(block(f"photo-{WRAP}synthesis and mito{SOFT_HYPHEN}{WRAP}chondria")) == [
        "photosynthesis and mitochondria"
    ]


@pytest.mark.parametrize("hyphen", ["-", "\u2010", "\u2011"])
def test_any_printed_hyphen_at_a_line_end_joins_and_any_inside_a_line_stays(hyphen: str) -> None:
    assert texts(
        block(f"for ar{hyphen}{WRAP}chitects"),
        block(f"a context{hyphen}sensitive and a context{hyphen}{WRAP}sensitive rule"),
    ) == ["for architects", f"a context{hyphen}sensitive and a context{hyphen}sensitive rule"]


def test_a_word_torn_at_the_end_of_a_page_is_joined_whatever_its_hyphen() -> None:
    assert texts(block("many com\u2011", 1), block("munities", 2)) == ["many communities"]


def test_a_compound_that_the_document_writes_elsewhere_keeps_its_hyphen() -> None:
    assert texts(block("a two-loop network"), block(f"the two{SOFT_HYPHEN}{WRAP}loop pipe")) == [
        "a two-loop network",
        "the two-loop pipe",
    ]


def test_a_hyphen_before_a_capital_or_a_number_stays() -> None:
    assert texts(block(f"the Navier-{WRAP}Stokes equations")) == ["the Navier-Stokes equations"]


def test_chinese_lines_join_without_a_space() -> None:
    assert texts(block(f"光合{WRAP}作用")) == ["光合作用"]


def test_ligatures_become_letters_and_invisible_characters_go() -> None:
    hidden = "\u200b\u202e\u2066\ufeff\U000e0041\x00\ufffe"
    assert texts(block(f"e\ufb03cient{hidden} \ufb02ow di\x1berence")) == ["efficient flow difference"]


def test_persian_keeps_the_joiner_that_its_spelling_needs() -> None:
    assert texts(block("می\u200cخواهم a\u200cb")) == ["می\u200cخواهم ab"]


def test_formulas_keep_their_characters() -> None:
    assert texts(block("𝐸 = 𝑚𝑐² ∑ x − y", kind="equation")) == ["𝐸 = 𝑚𝑐² ∑ x − y"]


def test_code_keeps_indentation_and_hyphens() -> None:
    code = "def f(x):\n    return x -\\\n        1"
    assert texts(block(code, kind="code")) == [code]


def book(*bodies: str) -> list[Block]:
    return [block(body, page) for page, body in enumerate(bodies, start=3)]


def test_a_line_that_slides_repeat_is_text() -> None:
    slides = [piece for page in range(1, 5) for piece in (block("Example", page), block(f"Wave {page}.", page))]
    assert texts(*slides) == [slide.text for slide in slides]


def test_a_paragraph_cut_by_a_page_break_is_joined_with_a_mark_where_the_new_page_begins() -> None:
    cleaned = clean(Document(blocks=tuple(book("Waves carry", "energy through mat\u00ad", "ter. Always."))))
    (paragraph,) = cleaned.blocks
    assert paragraph.text == "Waves carry energy through matter. Always."
    assert [(mark.page, paragraph.text[mark.offset :][:6]) for mark in paragraph.page_marks] == [
        (3, "Waves "),
        (4, "energy"),
        (5, "ter. A"),
    ]


def test_a_new_sentence_on_a_new_page_is_not_joined() -> None:
    assert len(texts(*book("Waves carry energy.", "they move", "Matter stays"))) == 3


def test_paragraphs_under_different_headings_are_not_joined() -> None:
    assert texts(block("waves carry", 1, path=("A",)), block("energy", 2, path=("B",))) == ["waves carry", "energy"]


def test_items_of_a_list_become_one_block_with_a_line_each() -> None:
    items = [block(f"• a{WRAP}b", 1, "list"), block("• c", 1, "list"), block("• d", 2, "list")]
    (merged,) = clean(Document(blocks=tuple(items))).blocks
    assert merged.text == "• a b\n• c\n• d"
    assert [(mark.page, mark.offset) for mark in merged.page_marks] == [(1, 0), (2, 10)]


@pytest.mark.parametrize("number", ["2", "i", "12"])
def test_a_lone_number_that_does_not_run_along_with_the_pages_is_no_page_number(number: str) -> None:
    assert running_heads([(4, number), (40, number)]) == set()


def test_roman_page_numbers_are_known_by_running_along() -> None:
    lines = [(5, "iv"), (6, "v"), (7, "vi")]
    assert running_heads(lines) == set(lines)


def test_a_chapter_title_beside_the_page_number_is_a_running_head() -> None:
    lines = [(20, "2.1 Waves 14"), (21, "15 2 Motion"), (22, "2.2 Light 16"), (23, "17 2 Motion")]
    assert running_heads(lines) == set(lines)


def test_a_row_that_goes_on_keeps_its_lines_and_nothing_else_does() -> None:
    text = f"strong com-{ROW_WRAP}weak | on\nnext  "
    assert texts(block(text, kind="table")) == [f"strong com-{LINE_BREAK}weak | on\nnext"]
    assert texts(block("one  \ntwo")) == ["one\ntwo"]


KINDS: list[BlockKind] = ["paragraph", "list", "table", "code", "equation"]
pieces = st.text(st.sampled_from(f"ab -{WRAP}{SOFT_HYPHEN}\n.\x00\ufb01é水"), max_size=12)


@given(st.lists(pieces, min_size=1, max_size=4), st.sampled_from(KINDS))
def test_page_marks_stay_in_order_and_inside_the_text(parts: list[str], kind: BlockKind) -> None:
    offsets = [sum(map(len, parts[:index])) for index in range(len(parts))]
    marks = tuple(PageMark(offset=offset, page=page) for page, offset in enumerate(offsets, start=1))
    cleaned = clean(Document(blocks=(Block(kind=kind, text="".join(parts), page_marks=marks),)))
    for result in cleaned.blocks:
        found = [mark.offset for mark in result.page_marks]
        assert found == sorted(set(found))
        assert found[0] == 0
        assert found[-1] < len(result.text)
        assert not any(character in result.text for character in f"{WRAP}{SOFT_HYPHEN}\x00\ufb01")


@given(st.lists(st.tuples(pieces, st.sampled_from(KINDS)), min_size=1, max_size=4))
def test_cleaning_twice_changes_nothing_more(parts: list[tuple[str, BlockKind]]) -> None:
    once = clean(Document(blocks=tuple(block(part, kind=kind) for part, kind in parts)))
    assert clean(once) == once
