"""A summary is cut to its limit at the ends of sentences, evenly over what it is about."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.lessons import Citation, Sentence
from learnx.domain.summary_lengths import usual_words
from learnx.domain.summary_limit import within_limit
from learnx.domain.word_count import count_words

SECTIONS = {UUID(int=number): (number // 3, number % 3) for number in range(6)}
LEADS = ("\n- ", "\n\n", "\n\n- ", " ", "\n  - ", "\n\n### ", "\n1. ", "")


def sentence(number: int, lead: str, words: int, section: int | None, *, asks: bool = False) -> Sentence:
    cited = () if section is None else (_citation(section),)
    return Sentence(
        id=f"s1.{number}",
        lead=lead if number > 1 else lead.strip("\n"),
        text=" ".join(["word"] * words) + ("?" if asks else "."),
        kind="framing" if section is None else "sourced",
        citations=cited,
    )


def _citation(section: int) -> Citation:
    return Citation(
        file_id=UUID(int=1), chunk_id=UUID(int=section), page_number=None, page_label=None, quote=f"Quote {section}."
    )


summaries = st.lists(
    st.tuples(st.sampled_from(LEADS), st.integers(1, 70), st.none() | st.integers(0, 5), st.booleans()), max_size=40
).map(lambda made: [sentence(number, *parts[:3], asks=parts[3]) for number, parts in enumerate(made, start=1)])


def markdown(sentences: Sequence[Sentence]) -> str:
    return "".join(one.lead + one.text for one in sentences)


@given(summaries, st.integers(50, 300))
def test_the_limit_holds_however_words_are_counted(sentences: list[Sentence], limit: int) -> None:
    kept = within_limit(sentences, limit, SECTIONS)
    assert len(markdown(kept).split()) <= limit
    assert sum(count_words(one.text) for one in kept) <= limit


@given(summaries, st.integers(50, 300))
def test_whole_sentences_are_kept_in_their_order(sentences: list[Sentence], limit: int) -> None:
    kept = iter(within_limit(sentences, limit, SECTIONS))
    wanted = next(kept, None)
    for one in sentences:
        if wanted is not None and (one.text, one.kind, one.citations) == (wanted.text, wanted.kind, wanted.citations):
            wanted = next(kept, None)
    assert wanted is None


@given(summaries, st.integers(50, 300))
def test_something_sourced_is_kept_where_any_of_it_fits(sentences: list[Sentence], limit: int) -> None:
    fits = any(one.kind == "sourced" and 1 + len(one.text.split()) <= limit for one in sentences)
    assert not fits or any(one.kind == "sourced" for one in within_limit(sentences, limit, SECTIONS))


def test_what_fits_stays_as_it_is() -> None:
    made = [sentence(1, "- ", 10, 0), sentence(3, "\n- ", 10, 1)]
    assert within_limit(made, 50, SECTIONS) == tuple(made)


def test_every_section_has_its_first_sentence_before_any_has_a_second() -> None:
    made = [sentence(number, "\n- ", 9, (number - 1) // 5) for number in range(1, 31)]
    kept = within_limit(made, 60, SECTIONS)
    assert [one.citations[0].chunk_id.int for one in kept] == [0, 1, 2, 3, 4, 5]


def test_a_sentence_that_goes_on_is_not_kept_without_what_it_goes_on_from() -> None:
    made = [
        sentence(1, "", 60, 0),
        sentence(2, " ", 5, 0),
        sentence(3, "\n\n- ", 5, 1),
        sentence(4, "\n  - ", 5, 1),
        sentence(5, "\n- ", 60, 2),
        sentence(6, "\n  - ", 5, 2),
    ]
    kept = within_limit(made, 50, SECTIONS)
    assert [one.citations[0].chunk_id.int for one in kept] == [1, 1]
    assert markdown(kept).startswith("- word")


def test_headings_go_with_what_stands_below_them() -> None:
    made = [
        sentence(1, "### ", 2, None),
        sentence(2, "\n\n", 60, 0),
        sentence(3, "\n\n### ", 2, None),
        sentence(4, "\n\n", 10, 1),
    ]
    kept = within_limit(made, 50, SECTIONS)
    assert [(one.id, one.lead) for one in kept] == [("s1.1", "### "), ("s1.2", "\n\n")]
    assert len(kept[0].text.split()) == 2


def test_some_questions_stay() -> None:
    made = [sentence(number, "\n- ", 9, number % 6) for number in range(1, 20)]
    made += [sentence(number, f"\n{number}. ", 6, None, asks=True) for number in range(20, 25)]
    kept = within_limit(made, 100, SECTIONS)
    assert any(one.text.endswith("?") for one in kept)


def test_two_characters_of_chinese_count_as_a_word() -> None:
    assert count_words("细胞是生命的单位。") == 5
    assert count_words("Cells are small.") == 3


def test_the_usual_length_grows_with_the_document_within_bounds() -> None:
    assert isinstance(usual_words("key_points", 5_123, parts=4), int)
    assert usual_words("key_points", 100, parts=1) == 150
    assert usual_words("key_points", 5_000, parts=4) < usual_words("comprehensive", 5_000, parts=4)
    assert usual_words("comprehensive", 10**6, parts=5) == 1_000
    assert usual_words("key_points", 10**6, parts=500) == 2_000
