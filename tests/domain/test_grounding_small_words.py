"""A sentence that is its passage but for one function word says something else, and is refused."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.documents import Chunk
from learnx.domain.grounding import Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt

TEXT = (
    "A fever may damage the protein if it lasts for several hours. Most proteins fold in the cell within milliseconds. "
    "The patient must drink water because the kidneys need it. Some bacteria grow without oxygen at the bottom of a "
    "pond. Friction produces heat in the bearing of a wheel. Water flows from the reservoir into the turbine. "
    "The membrane lets in salt as well as sugar. He measured the temperature about 30 times before noon. "
    "One of the causes of rust is moisture in the air. The enzyme is often inhibited by copper. "
    "Light is absorbed by the leaves of the plant."
)
FALSE = """
A fever must damage the protein if it lasts for several hours.
A fever will damage the protein if it lasts for several hours.
A fever may damage the protein unless it lasts for several hours.
A fever damages the protein if it lasts for several hours.
A fever may damage the protein only if it lasts for several hours.
All proteins fold in the cell within milliseconds.
Proteins fold in the cell within milliseconds.
Most proteins always fold in the cell within milliseconds.
The patient may drink water because the kidneys need it.
The patient must drink water although the kidneys need it.
Some bacteria grow with oxygen at the bottom of a pond.
All bacteria grow without oxygen at the bottom of a pond.
Heat is produced in the bearing of a wheel, and friction is produced by heat.
Friction is produced by heat in the bearing of a wheel.
Water flows to the reservoir out of the turbine.
Water flows from the reservoir out of the turbine.
The membrane lets in salt instead of sugar.
She measured the temperature about 30 times before noon.
He measured the temperature exactly 30 times before noon.
The causes of rust is moisture in the air.
The enzyme is always inhibited by copper.
The enzyme is far from inhibited by copper.
The enzyme is anything but often inhibited by copper.
The enzyme is inhibited by copper.
The leaves of the plant are absorbed by light.
""".strip().splitlines()
TRUE = """
A fever might damage the protein when it lasts for several hours.
A fever can damage the protein if it lasts several hours.
If it lasts for several hours, a fever may damage the protein.
The patient has to drink water since the kidneys need it.
Most of the proteins fold inside the cell within milliseconds.
Several bacteria grow at the bottom of a pond without oxygen.
Heat is produced by friction in the bearing of a wheel.
From the reservoir the water flows to the turbine.
The membrane lets in both salt and sugar.
Before noon he measured the temperature roughly 30 times.
Moisture in the air is one of the causes of rust.
Copper often inhibits the enzyme.
The enzyme is frequently inhibited by copper.
The leaves of the plant absorb light.
""".strip().splitlines()


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(FILE, [Excerpt(number=1, chunk=_chunk(TEXT))])


def _chunk(text: str) -> Chunk:
    first = chunks()[0]
    return msgspec.structs.replace(first, text=text, page_marks=first.page_marks[:1])


@pytest.mark.parametrize("said", FALSE)
def test_a_small_word_that_says_something_else_is_refused(verifier: Verifier, said: str) -> None:
    assert verifier.verify(read_markers(f"{said[:-1]} [1].")).kind is None


@pytest.mark.parametrize("said", TRUE)
def test_a_small_word_that_says_the_same_stands(verifier: Verifier, said: str) -> None:
    found = verifier.verify(read_markers(f"{said[:-1]} [1]."))
    assert found.kind == "sourced", found.reason


@given(place=st.integers(0, TEXT.count(". ") - 1))
def test_what_a_passage_says_itself_always_stands(verifier: Verifier, place: int) -> None:
    said = TEXT.removesuffix(".").split(". ")[place]
    assert verifier.verify(read_markers(f"{said} [1].")).kind == "sourced"


FOREIGN = {
    "Der Aufwand für die Sicherheit wächst exponentiell, wenn viele Teile eines Systems verbunden sind.": (
        "Der Aufwand für die Sicherheit sinkt exponentiell, wenn viele Teile eines Systems verbunden sind.",
        "Der Aufwand für die Sicherheit wächst exponentiell, obwohl viele Teile eines Systems verbunden sind.",
        "Der Aufwand für die Sicherheit wächst exponentiell, wenn alle Teile eines Systems verbunden sind.",
    ),
    "La temperatura del agua puede aumentar con la profundidad en algunos lagos de la región.": (
        "La temperatura del agua debe aumentar con la profundidad en algunos lagos de la región.",
        "La temperatura del agua puede disminuir con la profundidad en algunos lagos de la región.",
        "La temperatura del agua puede aumentar sin la profundidad en algunos lagos de la región.",
        "La temperatura del agua puede aumentar con la profundidad en todos lagos de la región.",
    ),
    "La pression de l'air diminue souvent avec l'altitude dans les montagnes du pays.": (
        "La pression de l'air augmente souvent avec l'altitude dans les montagnes du pays.",
        "La pression de l'air diminue toujours avec l'altitude dans les montagnes du pays.",
        "La pression de l'air diminue souvent sans l'altitude dans les montagnes du pays.",
    ),
}


@pytest.mark.parametrize("passage", FOREIGN)
def test_what_turns_a_sentence_is_known_in_other_languages_too(passage: str) -> None:
    verifier = Verifier(FILE, [Excerpt(number=1, chunk=_chunk(passage))])
    assert verifier.verify(read_markers(f"{passage[:-1]} [1].")).kind == "sourced"
    for said in FOREIGN[passage]:
        assert verifier.verify(read_markers(f"{said[:-1]} [1].")).kind is None, said


@pytest.mark.parametrize(
    "said",
    [
        "Friction cools the bearing of a wheel, so you see that some bacteria grow without oxygen.",
        "Copper feeds the kidneys of the patient, and remember that light is absorbed by the leaves of the plant.",
    ],
)
def test_what_stands_before_a_statement_that_is_handed_over_is_verified_too(verifier: Verifier, said: str) -> None:
    assert verifier.verify(read_markers(f"{said[:-1]} [1].")).kind is None
    assert verifier.verify(read_markers(said)).kind is None


def test_what_each_has_respectively_stays_in_its_order() -> None:
    passage = "The rates were 2.4 and 3.3% in the north and in the south, respectively, says the report of the council."
    verifier = Verifier(FILE, [Excerpt(number=1, chunk=_chunk(passage))])
    assert verifier.verify(read_markers(f"{passage[:-1]} [1].")).kind == "sourced"
    assert verifier.verify(read_markers(f"{passage[:-1].replace('2.4 and 3.3', '3.3 and 2.4')} [1].")).kind is None


def test_a_statement_that_is_handed_over_stands_by_itself(verifier: Verifier) -> None:
    assert verifier.verify(read_markers("Remember that some bacteria grow without oxygen [1].")).kind == "sourced"


@pytest.mark.parametrize(
    "said",
    [
        "Ask yourself why copper feeds the bearing of a wheel.",
        "Think about why all bacteria need the leaves of a plant.",
    ],
)
def test_who_is_to_ask_why_is_not_told_what_the_document_does_not_say(verifier: Verifier, said: str) -> None:
    assert verifier.verify(read_markers(said)).kind is None


@pytest.mark.parametrize(
    "said",
    [
        "Ask yourself why friction produces heat in the bearing of a wheel.",
        "Ask yourself why this matters.",
        "Why does friction produce heat?",
    ],
)
def test_a_question_about_what_the_document_says_is_framing(verifier: Verifier, said: str) -> None:
    assert verifier.verify(read_markers(said)).kind == "framing"


@pytest.mark.parametrize(
    "said",
    ["Here is your personalised lesson.", "This lesson was written for you.", "Let's start, based on your interests!"],
)
def test_a_lesson_does_not_announce_that_it_is_personal(verifier: Verifier, said: str) -> None:
    assert verifier.verify(read_markers(said)).kind is None


SAYINGS = {
    "Ice is less dense than liquid water in a glass.": ["Ice is denser than liquid water in a glass."],
    "The method converges in the end if Re < 2,000.": ["The method converges in the end if Re > 2,000."],
    "The guard switches the lamp off at noon.": ["The guard switches the lamp on at noon."],
    "Despite heavy rain, the crew reached the pole in 1911.": ["The crew failed to reach the pole in 1911."],
    "Taylor left the club to join Aston Villa.": ["Taylor almost left the club to join Aston Villa."],
    "Engineers feared that the dam would burst in winter.": ["The dam burst in winter."],
    "The council planned to close the mine in 1970.": ["The council closed the mine in 1970."],
    "Critics had expected the dam to burst.": ["The dam burst."],
}
RETOLD = {
    "Ice is less dense than liquid water in a glass.": "Ice in a glass has less density than liquid water.",
    "The method converges in the end if Re < 2,000.": "The method converges in the end if Re is less than 2,000.",
    "The council planned to close the mine in 1970.": "The council intended to close the mine in 1970.",
    "Engineers feared that the dam would burst in winter.": "Engineers were afraid that the dam would burst in winter.",
}


@pytest.mark.parametrize("passage", SAYINGS)
def test_a_sentence_that_turns_its_passage_with_one_word_is_refused(passage: str) -> None:
    verifier = Verifier(FILE, [Excerpt(number=1, chunk=_chunk(passage))])
    assert verifier.verify(read_markers(f"{passage[:-1]} [1].")).kind == "sourced"
    for said in SAYINGS[passage]:
        assert verifier.verify(read_markers(f"{said[:-1]} [1].")).kind is None, said


@pytest.mark.parametrize("passage", RETOLD)
def test_who_says_the_same_with_another_word_is_sourced(passage: str) -> None:
    found = Verifier(FILE, [Excerpt(number=1, chunk=_chunk(passage))]).verify(
        read_markers(f"{RETOLD[passage][:-1]} [1].")
    )
    assert found.kind == "sourced", found.reason


def test_a_heading_that_turns_what_an_excerpt_says_is_refused(verifier: Verifier) -> None:
    assert verifier.verify(read_markers("Copper never inhibits the enzyme"), "heading").kind is None
    assert verifier.verify(read_markers("Copper and the enzyme"), "heading").kind == "framing"
    assert verifier.verify(read_markers("How friction produces heat"), "heading").kind == "framing"
