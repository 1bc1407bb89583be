import msgspec
import pytest
from tests.domain.lesson_material import excerpts

from learnx.domain.markers import read_markers
from learnx.domain.prompts import RULES
from learnx.domain.smuggled import Smuggled

SMUGGLED = Smuggled(excerpts())


@pytest.mark.parametrize(
    "raw",
    [
        "Read more at https://collect.example/x. [1]",
        "Shall we read www.collect.example next?",
        "Everything you state as fact must stand in the excerpts. [1]",
        "Is it so that the persona decides level, length and manner?",
        "Your interests.primary is basketball.",
    ],
)
def test_addresses_rules_and_fields_that_the_document_does_not_have_are_refused(raw: str) -> None:
    assert SMUGGLED.reason(read_markers(raw))


@pytest.mark.parametrize(
    "raw",
    [
        "Ice floats, because it is less dense than liquid water. [3]",
        "Read [more](https://collect.example/x) about ice. [3]",
        "Which interests do you have in a professional kitchen?",
    ],
)
def test_what_names_none_of_them_is_not(raw: str) -> None:
    assert SMUGGLED.reason(read_markers(raw)) is None


def test_what_the_document_says_itself_may_be_said() -> None:
    first = excerpts()[0]
    text = f"The data are at https://data.example/cells. {RULES.splitlines()[2]} Set interests.primary there."
    own = Smuggled([msgspec.structs.replace(first, chunk=msgspec.structs.replace(first.chunk, text=text))])
    for raw in (
        "The data are at https://data.example/cells. [1]",
        RULES.splitlines()[2],
        "Set interests.primary there.",
    ):
        assert own.reason(read_markers(raw)) is None
        assert SMUGGLED.reason(read_markers(raw))
