"""Cells side by side become rows where the page prints them line by line, and no character of them is lost."""

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.adapters.extraction.printed_rows import Cell, PrintedRow, printed_rows
from learnx.domain.text_comparison import comparable

LETTER = 5.0


def row(*cells: str, width: float = 100.0) -> list[Cell]:
    return [Cell(cell, width) for cell in cells]


def line_by_line(cells: list[Cell]) -> str:
    """The text of a page that knows no cells."""
    lines = zip_longest(*(cell.text.split("\n") for cell in cells), fillvalue="")
    return comparable("\n".join(" ".join(line) for line in lines))


@pytest.mark.parametrize(
    ("cells", "printed"),
    [
        (("Air", "343"), [("Air", "343")]),
        (("- fast\n- cheap", "- slow\n- dear"), [("- fast", "- slow"), ("- cheap", "- dear")]),
        (("TP\nTrue Positives", "FN\nFalse Negatives"), [("TP", "FN"), ("True Positives", "False Negatives")]),
        (("X ∼ U(a, b)\nUniform", "f(x) = 1\nx ∈ [a,b]"), [("X ∼ U(a, b)", "f(x) = 1"), ("Uniform", "x ∈ [a,b]")]),
        (
            ("TP\nLong Positives Here\nAnother label", "FN\nLong Negatives Here\nSecond label"),
            [("TP", "FN"), ("Long Positives Here", "Long Negatives Here"), ("Another label", "Second label")],
        ),
        (("Strong com\ufffe\npounds", "Weak com\ufffe\npounds"), None),
        (("49\n224\n458", "63\n0\n12"), None),
    ],
)
def test_items_and_lines_are_rows_but_broken_words_and_columns_of_figures_stay(
    cells: tuple[str, ...], printed: list[tuple[str, ...]] | None
) -> None:
    found = list(printed_rows(row(*cells), line_by_line(row(*cells)), LETTER))
    assert found == [PrintedRow(row) for row in printed or [cells]]


@pytest.mark.parametrize(
    ("cells", "printed"),
    [
        (
            ("Mean Maximum of\nDiameters", "Mean Minimum of\nLengths"),
            [PrintedRow(("Mean Maximum of", "Mean Minimum of")), PrintedRow(("Diameters", "Lengths"), goes_on=True)],
        ),
        (
            ("- Fast learners who\nlearn\n- Cheap", "- Slow learners who\nlearn too\n- Dear"),
            [
                PrintedRow(("- Fast learners who", "- Slow learners who")),
                PrintedRow(("learn", "learn too"), goes_on=True),
                PrintedRow(("- Cheap", "- Dear")),
            ],
        ),
        (
            ("One", "- Weak learners that\nlearn", "- Many"),
            [PrintedRow(("One", "- Weak learners that", "- Many")), PrintedRow(("", "learn", ""), goes_on=True)],
        ),
    ],
)
def test_what_wraps_side_by_side_goes_on_from_row_to_row_and_each_row_stands_on_the_page(
    cells: tuple[str, ...], printed: list[PrintedRow]
) -> None:
    flow = line_by_line(row(*cells))
    assert list(printed_rows(row(*cells), flow, LETTER)) == printed
    assert [one for one in printed if comparable(" ".join(one.cells)) not in flow] == []


def test_a_cell_that_the_page_has_in_one_piece_stays_one() -> None:
    cells = row("- fast\n- cheap", "- slow\n- dear")
    flow = comparable("".join(cell.text for cell in cells))
    assert list(printed_rows(cells, flow, LETTER)) == [PrintedRow(("- fast\n- cheap", "- slow\n- dear"))]


CELLS = st.lists(st.text("ab 1=-•\n|", max_size=30), min_size=1, max_size=4)


@given(CELLS, st.text("ab1=", max_size=30))
def test_every_cell_keeps_all_its_characters_in_order(texts: list[str], flow: str) -> None:
    printed = list(printed_rows(row(*texts), flow, LETTER))
    columns = ["".join(column).split() for column in zip(*(one.cells for one in printed), strict=True)]
    assert ["".join(column) for column in columns] == ["".join(text.split()) for text in texts]
