"""A true word in the wrong place is a false statement: numbers, names, roles and halves of other statements."""

from pathlib import Path
from random import Random

import msgspec
import pytest
from evaluation.grounding import judged
from evaluation.labelled_claims import falsehoods, prose, truths
from evaluation.lesson_material import lessons
from tests.domain.lesson_material import FILE, chunks, excerpts

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.numbers import numbers
from learnx.domain.prompts import Excerpt


def verdict(raw: str, document: str) -> Verdict:
    chunk = msgspec.structs.replace(chunks()[0], text=document, heading_path=(), page_marks=chunks()[0].page_marks[:1])
    return Verifier(FILE, [Excerpt(number=1, chunk=chunk)]).verify(read_markers(raw))


CENSUS = (
    "In 1851 the town of Harlow had 4,200 inhabitants and 16 of 198 mills were idle. In 1901 it had 1.5 million bricks "
    "in store. The mayor, George Abbott, wrote to Charles Renfield about the river. She sold 20–30% of the wool "
    "to Leeds."
)
REEF = (
    "Parrotfish graze algae from the reef. Sea urchins are eaten by triggerfish at night. The coral supplies shelter "
    "to small fish. Divers in the lagoon count the turtles every spring with great care and simple tools."
)

WRONG = {
    "a number of the neighbouring sentence": ("In 1901 the town of Harlow had 4,200 inhabitants [1].", CENSUS),
    "two numbers exchanged about what links them": ("In Harlow 198 of 16 mills were idle in 1851 [1].", CENSUS),
    "a number said twice for two": ("She sold 30–30% of the wool to Leeds [1].", CENSUS),
    "another scale": ("In 1901 it had 1.5 billion bricks in store [1].", CENSUS),
    "the number without its scale": ("In 1901 it had 1.5 bricks in store [1].", CENSUS),
    "a name of the neighbouring sentence": ("George Harlow wrote to Charles Renfield about the river [1].", CENSUS),
    "a name for another": ("The mayor, George Abbott, wrote to Charles Leeds about the river [1].", CENSUS),
    "roles of an active verb": ("Algae graze parrotfish from the reef [1].", REEF),
    "roles of a passive verb": ("Triggerfish are eaten by sea urchins at night [1].", REEF),
    "one word of a copy": (
        "Divers in the lagoon count the sharks every spring with great care and simple tools [1].",
        REEF,
    ),
    "halves of two statements": ("Parrotfish graze algae and count the turtles every spring [1].", REEF),
    "a contrary by its prefix": ("The coral supplies shelter to unusually large fish [1].", REEF),
    "what stands before a clause": ("In 1999 she found that parrotfish graze algae from the reef [1].", REEF),
}

RIGHT = {
    "thousands without a mark": ("Harlow had 4200 inhabitants in 1851 [1].", CENSUS),
    "a number in words": ("In Harlow sixteen of 198 mills were idle in 1851 [1].", CENSUS),
    "a scale written out": ("In 1901 it had 1,500,000 bricks in store [1].", CENSUS),
    "the unit said once": ("She sold 20 to 30 percent of the wool to Leeds [1].", CENSUS),
    "the year at the end": ("The town of Harlow had 4,200 inhabitants in 1851 [1].", CENSUS),
    "active for passive": ("At night, triggerfish eat sea urchins [1].", REEF),
    "passive for active": ("Algae are grazed from the reef by parrotfish [1].", REEF),
    "a synonym": ("The coral provides shelter to small fish [1].", REEF),
    "another form of a word": ("Parrotfish are grazers of algae from the reef [1].", REEF),
}


@pytest.mark.parametrize(("raw", "document"), WRONG.values(), ids=WRONG.keys())
def test_a_true_word_in_the_wrong_place_is_retracted(raw: str, document: str) -> None:
    assert verdict(raw, document).kind is None


@pytest.mark.parametrize(("raw", "document"), RIGHT.values(), ids=RIGHT.keys())
def test_the_same_statement_in_other_words_stands(raw: str, document: str) -> None:
    assert verdict(raw, document).kind == "sourced", verdict(raw, document).reason


def test_two_statements_of_two_excerpts_stand_where_a_clause_joins_them() -> None:
    found = Verifier(FILE, excerpts()).verify(
        read_markers("Photosynthesis converts light into chemical energy, while pure water boils at 100 °C. [2,3]")
    )
    assert [citation.chunk_id for citation in found.citations] == [chunks()[1].id, chunks()[2].id]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two hundred and fifty thousand", ["250000"]),
        ("twenty-five", ["25"]),
        ("1.5 million", ["1500000"]),
        ("zwölf Risiken", ["12"]),
        ("setenta y nueve", ["79"]),
        ("他于1896年离开", ["1896"]),
        ("one of them", []),
    ],
)
def test_numbers_are_read_with_their_scales_and_in_other_languages(text: str, values: list[str]) -> None:
    assert [value for number in numbers(text) for value in number.values] == values


def test_a_unit_that_is_said_once_belongs_to_both_numbers() -> None:
    assert [number.unit for number in numbers("2.4 and 3.3%")] == ["%", "%"]


def test_of_the_own_document_every_labelled_error_is_retracted_and_every_wording_stands() -> None:
    verifier = Verifier(FILE, excerpts())
    document = {item.number: prose(item.chunk.text) for item in excerpts()}
    made = 0
    for item in excerpts():
        for sentence in document[item.number]:
            for claim in truths(sentence, item.number):
                assert verifier.verify(read_markers(f"{claim.text} [{item.number}]")).kind == "sourced", claim.text
            for claim in falsehoods(sentence, item.number, document, Random(sentence)):
                if not claim.kind.startswith("spliced"):
                    made += 1
                    assert verifier.verify(read_markers(f"{claim.text} [{item.number}]")).kind is None, claim
    assert made > 30


@pytest.mark.parametrize("name", ["openstax.psychology", "xquad.en"])
def test_of_real_documents_wrong_numbers_names_quotes_and_sources_are_never_shown(corpora: Path, name: str) -> None:
    found = judged(lessons(corpora, {name: 12}), parity=1)
    strict = [
        kind for kind in found.asked if kind.startswith(("number:", "date", "name", "quotation", "unmarked: with"))
    ]
    assert sum(found.asked[kind] for kind in strict) > 150
    assert {kind: found.wrong[kind] for kind in strict if found.wrong[kind]} == {}
    negations = [kind for kind in found.asked if kind.startswith("negation")]
    assert sum(found.wrong[kind] for kind in negations) <= 0.02 * sum(found.asked[kind] for kind in negations)
    assert found.wrong["verbatim"] == 0


@pytest.mark.parametrize("name", ["xquad.es", "xquad.zh"])
def test_sentences_of_documents_in_other_languages_stand_word_for_word(corpora: Path, name: str) -> None:
    for lesson in lessons(corpora, {name: 6}):
        verifier = Verifier(FILE, lesson.excerpts)
        for excerpt in verifier._all:
            for passage in excerpt.passages:
                marked = read_markers(f"{passage.text} [{excerpt.number}]")
                if sum(map(str.isalpha, marked.text)) >= 20:
                    assert verifier.verify(marked).kind == "sourced", marked.text
