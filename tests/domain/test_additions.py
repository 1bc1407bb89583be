import pytest
from tests.domain.lesson_material import excerpts

from learnx.domain.additions import added
from learnx.domain.claims import claim
from learnx.domain.markers import read_markers
from learnx.domain.passages import Passages
from learnx.domain.specifics import specifics

PASSAGES = Passages(excerpts())


def addition(text: str) -> str | None:
    claimed = claim(read_markers(text).text, specifics(text))
    return next((reason for passage in PASSAGES.all if (reason := added(claimed, [passage], PASSAGES))), None)


@pytest.mark.parametrize(
    "text",
    [
        "Ice floats, because it is less dense than liquid water, or vinegar.",
        "Ice floats, because it is less dense than liquid water, which was later disproved.",
        "The reactions take place in the chloroplasts of plants with wizards.",
        "For example, a muscle cell that works hard builds additional mitochondria within 6 weeks, wizards.",
    ],
)
def test_a_term_on_top_of_a_passage_that_is_said_in_full_is_an_addition(text: str) -> None:
    assert "adds" in (addition(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        "Ice floats, because it is less dense than liquid water.",
        "Ice swims, since it is lighter than liquid water.",
        "At sea level, pure water boils at 100 degrees Celsius.",
        "Most of a cell's energy is produced by organelles called mitochondria.",
    ],
)
def test_another_word_in_place_of_one_is_none(text: str) -> None:
    assert addition(text) is None
