"""What a reader may have counted."""

import pytest

from learnx.domain.counted_lists import is_count_of, list_sizes
from learnx.domain.numbers import numbers
from learnx.domain.wording import Wording


@pytest.mark.parametrize(
    ("sentence", "sizes"),
    [
        ("Nerves differ in diameter, myelin and speed.", {3}),
        ("They differ in diameter, myelin, and speed.", {3}),
        ("Asthma and RSV infection are treated.", {2}),
        ("The Yosemite Freeway/Eisenhower Freeway comes from the south.", {2}),
        ("One list covers the country, another the world.", {2}),
        ("Water boils.", set()),
        ("Ice floats: oil and wood do as well.", {2}),
    ],
)
def test_lists_are_counted(sentence: str, sizes: set[int]) -> None:
    assert list_sizes(Wording(sentence)) == sizes


@pytest.mark.parametrize(
    ("said", "counts"),
    [("three ways", True), ("four ways", False), ("3 ways", False), ("three metres", False), ("twice", False)],
)
def test_only_a_word_without_a_unit_counts_a_list(said: str, counts: bool) -> None:
    assert is_count_of(numbers(said)[0], frozenset({3})) is counts
