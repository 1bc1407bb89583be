"""Cells side by side become rows where the page prints them line by line, and no character of them is lost."""

from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.adapters.extraction.printed_rows import Cell, printed_rows
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
        (("Mean Maximum of\nDiameters", "Mean Minimum of\nLengths"), None),
        (("Weak learners train\non what remains", "Many of them learn\nfrom one another"), None),
        (("Strong com\ufffe\npounds", "Weak com\ufffe\npounds"), None),
        (("49\n224\n458", "63\n0\n12"), None),
    ],
)
def test_items_and_lines_are_rows_but_wrapped_sentences_and_columns_of_figures_stay(
    cells: tuple[str, ...], printed: list[tuple[str, ...]] | None
) -> None:
    found = list(printed_rows(row(*cells), line_by_line(row(*cells)), LETTER))
    assert found == (printed or [cells])


def test_a_cell_that_the_page_has_in_one_piece_stays_one() -> None:
    cells = row("- fast\n- cheap", "- slow\n- dear")
    flow = comparable("".join(cell.text for cell in cells))
    assert list(printed_rows(cells, flow, LETTER)) == [("- fast\n- cheap", "- slow\n- dear")]


CELLS = st.lists(st.text("ab 1=-•\n|", max_size=30), min_size=1, max_size=4)


@given(CELLS, st.text("ab1=", max_size=30))
def test_every_cell_keeps_all_its_characters_in_order(texts: list[str], flow: str) -> None:
    printed = list(printed_rows(row(*texts), flow, LETTER))
    columns = ["".join(column).split() for column in zip(*printed, strict=True)]
    assert ["".join(column) for column in columns] == ["".join(text.split()) for text in texts]
