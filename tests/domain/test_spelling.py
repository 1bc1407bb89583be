"""Misspelled words, and what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.spelling import mistakes, nearest


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        ("einstien", "einstein", 1),
        ("ebinghaus", "ebbinghaus", 1),
        ("bandoora", "bandura", 2),
        ("", "abc", 3),
        ("ca", "abc", 3),
    ],
)
def test_mistakes_are_counted_and_a_swap_is_one(one: str, other: str, count: int) -> None:
    assert mistakes(one, other) == mistakes(other, one) == count


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_mistakes_are_none_for_the_same_word_alone(one: str, other: str) -> None:
    assert (mistakes(one, other) == 0) == (one == other)
    assert mistakes(one, other) <= max(len(one), len(other))


def test_the_nearest_are_meant_and_short_words_may_have_one_mistake() -> None:
    assert nearest("ebinghaus", ["ebbinghaus", "edinburgh"]) == ("ebbinghaus",)
    assert nearest("jung", ["jang", "jing", "hunger"]) == ("jang", "jing")
    assert nearest("freud", ["fraud", "fruity"]) == ("fraud",)
    assert nearest("cells", ["bills"]) == ()
    assert nearest("anything", []) == ()


def test_of_words_with_as_many_mistakes_those_that_begin_alike_are_meant() -> None:
    assert nearest("beuler", ["euler", "bleuler"]) == ("bleuler",)
    assert nearest("xuler", ["euler", "ruler"]) == ("euler", "ruler")
