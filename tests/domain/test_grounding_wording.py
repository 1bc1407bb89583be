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


VENUS = "Venus is the hottest planet of the solar system. Antibodies are made by plasma cells in the marrow of bones."


@pytest.mark.parametrize(
    "claimed",
    [
        "Imagine that antibodies are made in the liver.",
        "Imagine antibodies are made in the liver.",
        "Let's remember that Venus is the coldest planet.",
        "Remember that antibodies are made in the liver.",
        "Remember: antibodies are made in the liver.",
        "Suppose that Venus is the coldest planet of the system.",
        "Consider that antibodies are made by the kidneys.",
        "In this lesson you will learn that Venus is the coldest planet.",
        "Keep in mind that antibodies are made in the liver.",
        "Do you remember that antibodies are made in the liver?",
    ],
)
def test_a_falsehood_that_is_handed_over_to_remember_is_retracted(claimed: str) -> None:
    assert verdict(claimed, VENUS).kind is None


@pytest.mark.parametrize(
    "claimed",
    [
        "Let's remember that Venus is the hottest planet.",
        "Remember that antibodies are made by plasma cells.",
        "Keep in mind that Venus is the hottest planet of the solar system [1].",
    ],
)
def test_a_truth_that_is_handed_over_to_remember_is_sourced(claimed: str) -> None:
    assert verdict(claimed, VENUS).kind == "sourced"


@pytest.mark.parametrize(
    "said",
    [
        "Imagine that you are a plasma cell.",
        "Remember what you read about antibodies.",
        "Check that you can explain how antibodies are made.",
        "Answer the following questions before reading the answers.",
        "Do you remember what antibodies are?",
    ],
)
def test_what_asks_the_reader_to_do_something_is_framing(said: str) -> None:
    document = f"{VENUS} Answer the following questions before you read the answers of the others."
    assert verdict(said, document).kind == "framing"


CODE = "The parser reads JSON objects.\nprint(total + 1)\nreturn total"


def test_a_block_that_the_document_does_not_have_is_retracted() -> None:
    for raw in (
        '```json {"a": 1}```',
        '```json\n{"a": 1}\n```',
        "```\nprint(total + 2)\n```",
        "```\n```",
        "```py\nprint(1)\n```",
    ):
        for marker in ("", "[1]"):
            assert verdict(f"{raw}\n{marker}", f"{CODE}\nThere is 1 parser.", "code").kind is None
    assert verdict("| 1 | 2 |\n[1]", "It has 2 legs and 1 tail.", "table").kind is None
    assert verdict("$$a = b$$\n[1]", CODE, "equation").kind is None
    swapped = "| what | mass |\n| --- | --- |\n| the lion | 40 kg |\n| the wolf | 190 kg |\n[1]"
    assert verdict(swapped, "The lion has a mass of 190 kg.\nThe wolf has a mass of 40 kg.", "table").kind is None


def test_a_block_of_the_document_is_sourced_with_its_lines_as_quote() -> None:
    found = verdict("```py\nprint(total+1)\nreturn total\n```", CODE, "code")
    assert [citation.quote for citation in found.citations] == ["print(total + 1)\nreturn total"]
    rows = "Animal | Mass\nlion | 190 kg\nwolf | 40 kg"
    table = "| Animal | Mass |\n| --- | --- |\n| lion | 190 kg |\n| wolf | 40 kg |"
    assert [citation.quote for citation in verdict(table, rows, "table").citations] == ["lion | 190 kg\nwolf | 40 kg"]


def test_numbers_in_a_text_without_spaces_are_found_again() -> None:
    text = "与其他级别相比，ASVS Level 3 的应用程序需要对架构、编码和测试进行更深入的分析。"
    assert verdict(f"{text} [1]", text).kind == "sourced"
    assert verdict(f"{text.replace('3', '2')} [1]", text).kind is None
