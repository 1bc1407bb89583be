"""What a passage says, apart from what it only names, asks or sets as a task."""

import pytest

from learnx.domain.answerability import PassageTerms


def asserted(text: str) -> list[str]:
    return [" ".join(one.text.split()) for one in PassageTerms(text).sentences if one.asserts]


@pytest.mark.parametrize(
    "line",
    [
        "Preface . . . . . . . . . . . . . v",
        "1.2 Reservoirs ..... 14",
        "1.2.3 Reservoirs and tanks 14",
        "Figure 3: The structure of a cell",
        "Fig. 2.10 Errors of four schemes.",
        "Table 4.1: The main kinds of vaccine",
        "Abbildung 7 – Der Aufbau der Zelle",
        "What is a cell?",
        "3. What is a cell?",
        "Explain how a cell divides.",
        "2) Describe the cell membrane.",
        "List three parts of a cell.",
        "Suppose that a cell has a volume of 2 ml.",
        "Take R0 = 15 for measles.",
    ],
)
def test_contents_captions_questions_tasks_and_assumptions_assert_nothing(line: str) -> None:
    assert asserted(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "Table 4.1 compares the main kinds.",
        "Figure 3 shows that cells divide.",
        "3.5 million people in 2014",
        "Gold | 19.3",
        "Available in sizes 10, 20, 30",
        "A cell ... divides.",
        "1. Cells divide.",
        "List boxes show the names of files.",
        "Take two tablets a day.",
    ],
)
def test_other_lines_do(line: str) -> None:
    assert asserted(line) == [line]


def test_what_an_exercise_starts_from_is_part_of_it() -> None:
    assert asserted("2. A trial counts 12 cases. What is the efficacy?\n\n3. Cells divide.") == ["3. Cells divide."]
    assert asserted("What is a cell? A cell is the unit of life.") == ["A cell is the unit of life."]


def test_the_head_of_a_table_asserts_nothing() -> None:
    assert asserted("Metal | Density\nGold | 19.3\nLead | 11.3") == ["Gold | 19.3", "Lead | 11.3"]
    assert asserted("Gold | yellow\nLead | grey") == ["Gold | yellow", "Lead | grey"]


def test_a_sentence_that_the_layout_cuts_is_one() -> None:
    whole = "A vaccine presents an antigen without the disease, and leaves memory cells behind."
    assert asserted("A vaccine presents an antigen without the disease,\n\nand leaves memory cells behind.") == [whole]
    assert asserted("iron\ncopper\ntin") == ["iron", "copper", "tin"]
