"""What turns a sentence into another one without any digit, name or term of the subject being wrong."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.model_text import BlockKind
from learnx.domain.prompts import Excerpt


def verdict(raw: str, document: str, kind: BlockKind = "paragraph") -> Verdict:
    chunk = msgspec.structs.replace(chunks()[0], text=document, heading_path=(), page_marks=chunks()[0].page_marks[:1])
    return Verifier(FILE, [Excerpt(number=1, chunk=chunk)]).verify(read_markers(raw), kind)


INNATE = "The innate immune system is the first line of defence against microbes."
GAS = "Doubling the pressure halves the volume of the gas in the closed vessel."
FEVER = "The fever falls within hours and takes a third of the patients by surprise every day."
TREE = "The 2nd branch of the tree doubles in length twice a year, and yields millions of seeds."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("The innate immune system is the third line of defence [1].", INNATE),
        ("The innate immune system is the 3rd line of defence against microbes [1].", INNATE),
        ("The innate immune system is a second line of defence [1].", INNATE),
        ("Doubling the pressure triples the volume of the gas [1].", GAS),
        ("Doubling the pressure cuts the volume of the gas by a quarter [1].", GAS),
        ("The fever falls within days [1].", FEVER),
        ("The fever takes half of the patients by surprise [1].", FEVER),
        ("The fever takes the patients by surprise every month [1].", FEVER),
        ("The fever takes patients by surprise every week [1].", FEVER),
        ("The fever takes patients by surprise monthly [1].", FEVER),
        ("The third branch of the tree doubles in length [1].", TREE),
        ("The tree yields billions of seeds [1].", TREE),
        ("The branch of the tree doubles in length thrice a year [1].", TREE),
    ],
)
def test_a_wrong_quantity_in_words_is_retracted(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind is None


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("The innate immune system is the 1st line of defence [1].", INNATE),
        ("First, the innate immune system is a line of defence against microbes [1].", INNATE),
        ("Second, the innate immune system is the first line of defence [1].", INNATE),
        ("The volume of the gas is halved by doubling the pressure [1].", GAS),
        ("The volume of the gas falls to a half where the pressure is doubled in the vessel [1].", GAS),
        ("Within hours the fever falls [1].", FEVER),
        ("Daily, the fever takes a third of the patients by surprise [1].", FEVER),
        ("The second branch of the tree doubles in length twice every year [1].", TREE),
        ("Millions of seeds are yielded by the tree [1].", TREE),
        ("It takes hours until the dough has risen [1].", "It takes six hours until the dough has risen."),
    ],
)
def test_the_same_quantity_in_other_words_stands(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind == "sourced", verdict(claimed, document).reason


HOLE = "Nothing can escape from within the event horizon of a black hole."
RARE = "Enzymes rarely leave the cell that made them, and nobody knows the reason."
WARM = "Enzymes work at forty degrees, and a warm bath raises the activity of enzymes."
BARE = "Bacteria lack a nucleus, and hardly survive boiling water."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("Anything can escape from within the event horizon of a black hole [1].", HOLE),
        ("Everything can escape from within the event horizon of a black hole [1].", HOLE),
        ("Enzymes leave the cell that made them [1].", RARE),
        ("Enzymes often leave the cell that made them [1].", RARE),
        ("Enzymes never leave the cell that made them [1].", RARE),
        ("Everybody knows the reason why enzymes rarely leave the cell [1].", RARE),
        ("Enzymes stop working at forty degrees [1].", WARM),
        ("Enzymes fail to work at forty degrees [1].", WARM),
        ("Enzymes never work at forty degrees [1].", WARM),
        ("A warm bath lowers the activity of enzymes [1].", WARM),
        ("A warm bath reduces the activity of enzymes [1].", WARM),
        ("It is false that a warm bath raises the activity of enzymes [1].", WARM),
        ("Nobody thinks that a warm bath raises the activity of enzymes [1].", WARM),
        ("Bacteria have a nucleus [1].", BARE),
        ("Bacteria survive boiling water [1].", BARE),
        ("Halving the pressure halves the volume of the gas [1].", GAS),
        ("The branch of the tree halves in length [1].", TREE),
    ],
)
def test_a_sentence_that_is_turned_into_its_contrary_is_retracted(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind is None


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("From within the event horizon of a black hole, nothing can escape [1].", HOLE),
        ("Enzymes seldom leave the cell that made them [1].", RARE),
        ("A warm bath raises the activity of enzymes [1].", WARM),
        ("Bacteria have no nucleus [1].", BARE),
        ("Bacteria don't have a nucleus [1].", BARE),
    ],
)
def test_the_same_negation_in_other_words_stands(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind == "sourced", verdict(claimed, document).reason
