"""Snippets show the best place, within their limit, with what matched."""

from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.matches import Match, find_patterns
from learnx.domain.snippets import ELLIPSIS, LIMIT, Snippet, snippet


def shown(found: Snippet) -> list[str]:
    return [found.text[one.start : one.end] for one in found.highlights]


def test_the_sentence_with_the_most_matches_is_shown_with_its_neighbours() -> None:
    text = "First things first. Memory is recall. Recall of memory fades with time. The end is near."
    found = snippet(text, find_patterns(text, ["memory", "fades"]))
    assert found.text == text
    assert shown(found) == ["Memory", "memory", "fades"]
    assert found.offset == text.index("Memory")


def test_far_from_the_matches_nothing_is_shown() -> None:
    text = (
        "Filler that says little about anything. " * 20 + "Ebbinghaus forgot syllables. " + "More filler follows. " * 20
    )
    found = snippet(text, find_patterns(text, ["Ebbinghaus"]))
    assert "Ebbinghaus forgot syllables." in found.text
    assert len(found.text) <= LIMIT
    assert shown(found) == ["Ebbinghaus"]


def test_a_long_sentence_is_cut_between_words_where_most_matches_are() -> None:
    text = "one " * 100 + "gold and silver " + "two " * 100
    found = snippet(text.strip(), find_patterns(text, ["gold", "silver"]))
    assert found.text.startswith(ELLIPSIS + "one ")
    assert found.text.endswith(" two" + ELLIPSIS)
    assert len(found.text) <= LIMIT
    assert shown(found) == ["gold", "silver"]


def test_a_text_without_spaces_is_cut_anywhere() -> None:
    text = "学" * 400 + "记忆" + "学" * 400
    found = snippet(text, find_patterns(text, ["记忆"]))
    assert shown(found) == ["记忆"]
    assert LIMIT - 10 <= len(found.text) <= LIMIT


def test_white_space_becomes_single_spaces_and_neighbouring_pairs_one_highlight() -> None:
    text = "a\n\nb  工作记忆"
    found = snippet(text, find_patterns(text, ["工作", "作记", "记忆"]))
    assert found.text == "a b 工作记忆"
    assert shown(found) == ["工作记忆"]


def test_without_matches_the_beginning_is_shown() -> None:
    assert snippet("Short. Text.", []) == Snippet(text="Short. Text.", highlights=(), offset=0)


@given(st.text("ab .\n\t。𝔘e\u0301", max_size=600), st.sampled_from(["a", "b", "ab", "𝔘"]))
def test_any_text_has_a_snippet_whose_highlights_are_what_matched(text: str, wanted: str) -> None:
    matches: list[Match] = find_patterns(text, [wanted])
    found = snippet(text, matches)
    assert len(found.text) <= LIMIT
    ends = [one.end for one in found.highlights]
    starts = [one.start for one in found.highlights]
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))
    for highlight in shown(found):
        assert highlight.replace(wanted, "") == ""
    assert bool(found.highlights) == bool(matches)
