"""Who does something to whom, where it goes, of how many it is said: exchanged they are refused, retold they stand."""

import pytest
from tests.domain.test_grounding_wording import verdict

LIVER = "The liver feeds the muscles during a long run."
LACTATE = "Lactate travels from the muscle to the liver."
POET = "Gandhi's protest was partially influenced and inspired by Shelley's poetry."
CURVE = "The hypothesis states that with economic development inequality first increases, then decreases."
COMBS = "Most species of comb jellies have eight rows of cilia."
SENSES = "Honeybees see ultraviolet light (Menzel, 1979), and some snakes detect infrared radiation."
CORTEX = "The motor cortex, which plans movement; the frontal cortex, which holds personality; and others lie here."
STATUE = "The statue was carved in 1875, and the bridge was opened in 1899."
COLUMBUS = "In 1492 the sailors chose a new route, and grew tired of the sea."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("The muscles feed the liver during a long run [1].", LIVER),
        ("The liver is fed by the muscles during a long run [1].", LIVER),
        ("Lactate travels from the liver to the muscle [1].", LACTATE),
        ("Shelley's poetry was partially inspired by Gandhi's protest [1].", POET),
        ("The hypothesis states that inequality first decreases, then increases [1].", CURVE),
        ("All species of comb jellies have eight rows of cilia [1].", COMBS),
        ("No species of comb jellies have eight rows of cilia [1].", COMBS),
        ("Honeybees detect infrared radiation, and some snakes see ultraviolet light [1].", SENSES),
        ("Some snakes see ultraviolet light, whereas honeybees detect infrared radiation [1].", SENSES),
        ("The frontal cortex plans movement, while the motor cortex holds personality [1].", CORTEX),
        ("The bridge was opened in 1875, and the statue was carved in 1899 [1].", STATUE),
    ],
)
def test_what_is_exchanged_is_refused(claimed: str, document: str) -> None:
    found = verdict(claimed, document)
    assert found.kind is None
    assert found.reason


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("The muscles are fed by the liver during a long run [1].", LIVER),
        ("On a long run the liver feeds the muscles [1].", LIVER),
        ("From the muscle, lactate travels to the liver [1].", LACTATE),
        ("Shelley's poetry partially inspired Gandhi's protest [1].", POET),
        ("Most comb jellies have eight rows of cilia [1].", COMBS),
        ("Some snakes detect infrared radiation, whereas honeybees see ultraviolet light [1].", SENSES),
        ("The frontal cortex holds personality, while the motor cortex plans movement [1].", CORTEX),
        ("The sailors, who had chosen a new route in 1492, were growing tired of the sea [1].", COLUMBUS),
    ],
)
def test_what_is_retold_stands(claimed: str, document: str) -> None:
    found = verdict(claimed, document)
    assert found.kind == "sourced", found.reason


def test_a_form_of_a_word_of_another_language_is_that_word() -> None:
    document = (
        "Wir fordern große oder besonders leistungsfähige Organisationen auf, den Standard zu nutzen. "
        "Die Prüfung der Anwendungen ist nicht mit der Entwicklung zu Ende."
    )
    said = "Eine besonders leistungsfähige Organisation sollte den Standard nutzen [1]."
    assert verdict(said, document).kind == "sourced"


@pytest.mark.parametrize("row", ["Pump 3 | 3 | 12.5", "x3 = 3 y + 12"])
def test_a_row_that_stands_word_for_word_is_the_documents(row: str) -> None:
    document = "Pump 1 | 1 | 10.5\nPump 2 | 2 | 12.5\nPump 3 | 3 | 12.5\nx2 = 2 y + 12\nx3 = 3 y + 12\n"
    assert verdict(f"{row} [1]", document, "table").kind == "sourced"
    assert verdict(f"{row.replace('12', '13')} [1]", document, "table").kind is None


def test_a_mark_of_markdown_within_a_word_changes_nothing() -> None:
    said = "The O*Net database describes the skills that an occupation requires of everyone."
    assert verdict(f"{said} [1]", said).kind == "sourced"


@pytest.mark.parametrize(
    "claimed",
    [
        "In the spring of 1921 the young Collip and his assistant isolated insulin in a laboratory in Toronto [1].",
        "In the spring of 1921 the young Banting and his assistant isolated insulin in a laboratory in London [1].",
    ],
)
def test_a_copy_with_another_name_is_refused(claimed: str) -> None:
    document = (
        "In the spring of 1921 the young Banting and his assistant isolated insulin in a laboratory in Toronto. "
        "Collip came from London in the following winter."
    )
    assert verdict(claimed, document).kind is None
