from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.topic_shifts import PARAGRAPHS, topic_shifts

CELLS = ["cell", "membrane", "nucleus", "cell", "protein", "membrane"] * 6
SHIPS = ["ship", "harbour", "quay", "pilot", "ship", "anchor"] * 6
SOUND = ["sound", "wave", "pitch", "wave", "ear", "sound"] * 6


def test_a_topic_begins_where_the_words_change() -> None:
    units = [CELLS] * 4 + [SHIPS] * 3 + [SOUND] * 5
    assert topic_shifts(units, vocabulary=PARAGRAPHS) == [4, 7]


def test_a_few_words_on_something_else_are_no_topic() -> None:
    assert topic_shifts([*[CELLS] * 4, SHIPS[:4], *[CELLS] * 4], vocabulary=PARAGRAPHS) == []


def test_a_text_about_one_thing_has_one_topic() -> None:
    assert topic_shifts([CELLS] * 12, vocabulary=PARAGRAPHS) == []
    assert topic_shifts([["cell", str(number)] for number in range(12)], vocabulary=PARAGRAPHS) == []


def test_no_topic_is_longer_than_is_allowed_and_all_are_about_as_long_as_is_wished() -> None:
    units = [[str(number)] for number in range(12)]
    shifts = topic_shifts(units, vocabulary=PARAGRAPHS, sizes=[10] * 12, most=50, ideal=40)
    assert shifts == [4, 8]


def test_a_unit_that_is_longer_than_a_topic_may_be_is_a_topic() -> None:
    assert topic_shifts([CELLS] * 3, vocabulary=PARAGRAPHS, sizes=[90, 10, 10], most=50) == [1]


def test_where_parting_costs_more_the_shift_is_found_beside_it() -> None:
    lead = ["follow"]
    units = [*[CELLS] * 4, lead, *[SHIPS] * 4]
    assert topic_shifts(units, vocabulary=PARAGRAPHS, reluctance=[0, 0, 0, 0, 9, 0, 0, 0, 0]) == [5]
    assert topic_shifts(units, vocabulary=PARAGRAPHS, reluctance=[0, 0, 0, 0, 0, 9, 0, 0, 0]) == [4]


def test_nothing_has_no_topics() -> None:
    assert topic_shifts([], vocabulary=PARAGRAPHS) == []
    assert topic_shifts([[]], vocabulary=PARAGRAPHS) == []


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=8), max_size=30), st.integers(1, 20))
def test_shifts_are_places_in_the_text_in_order_and_keep_to_the_limit(units: list[list[str]], most: int) -> None:
    shifts = topic_shifts(units, vocabulary=PARAGRAPHS, most=most)
    assert shifts == sorted(set(shifts))
    assert all(0 < place < len(units) for place in shifts)
    bounds = [0, *shifts, len(units)]
    for start, end in pairwise(bounds):
        assert end - start <= 1 or sum(map(len, units[start:end])) <= most
    assert shifts == topic_shifts(units, vocabulary=PARAGRAPHS, most=most)
