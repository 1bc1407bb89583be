"""A quote stands whole on the page that its citation names, also where its sentence does not."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.documents import Chunk, PageMark
from learnx.domain.grounding import Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt
from learnx.domain.quotes import MAX_QUOTE, longest_quote, quotes

SENTENCE = "When the map is zoomed, its label keeps the distance that it had in 1999."
TEXT = f"A label has an anchor. {SENTENCE} It is drawn last."
CHUNK = chunks()[0]


def test_a_sentence_on_two_pages_is_quoted_from_each_with_what_stands_there() -> None:
    assert cut_before("its label") == [(3, "When the map is zoomed,"), (4, SENTENCE[24:])]


def test_words_that_say_nothing_are_not_quoted_from_a_page() -> None:
    assert cut_before("map is") == [(4, SENTENCE[9:])]


@pytest.mark.parametrize("end", ["1999.", "in 1999."])
def test_a_number_is_quoted_from_the_page_it_stands_on(end: str) -> None:
    assert cut_before(end) == [(3, SENTENCE.removesuffix(end).strip()), (4, end)]


def test_a_word_torn_by_the_page_break_is_quoted_as_far_as_each_page_has_it() -> None:
    assert cut_before("tance") == [
        (3, "When the map is zoomed, its label keeps the dis"),
        (4, "tance that it had in 1999."),
    ]


def test_the_citations_of_a_verdict_are_those_of_the_pages() -> None:
    verdict = Verifier(FILE, [Excerpt(number=1, chunk=chunk_cut_before("its label"))]).verify(
        read_markers(f"{SENTENCE} [1]")
    )
    assert [(found.page_number, found.quote) for found in verdict.citations] == cut_before("its label")


def test_a_format_without_pages_has_one_quote_without_a_page() -> None:
    chunk = msgspec.structs.replace(CHUNK, text=TEXT, page_marks=(), page_start=None, page_end=None, page_label=None)
    assert quotes(chunk, 23, 23 + len(SENTENCE)) == [(SENTENCE, None, None)]


def test_a_long_quote_ends_with_a_whole_word() -> None:
    chunk = msgspec.structs.replace(CHUNK, text="anchor " * 200, page_marks=CHUNK.page_marks[:1])
    [quote] = quotes(chunk, 0, len(chunk.text))
    assert quote.text == ("anchor " * (MAX_QUOTE // 7)).strip()


def test_where_one_page_is_named_it_is_the_one_that_has_most() -> None:
    chunk = chunk_cut_before("its label")
    start = TEXT.index(SENTENCE)
    assert longest_quote(quotes(chunk, start, start + len(SENTENCE))).page == 4


def chunk_cut_before(words: str) -> Chunk:
    marks = (PageMark(offset=0, page=3, label="13"), PageMark(offset=TEXT.index(words), page=4, label="14"))
    return msgspec.structs.replace(CHUNK, text=TEXT, page_marks=marks, heading_path=())


def cut_before(words: str) -> list[tuple[int | None, str]]:
    start = TEXT.index(SENTENCE)
    found = quotes(chunk_cut_before(words), start, start + len(SENTENCE))
    return [(quote.page, quote.text) for quote in found]
