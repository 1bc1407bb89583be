"""Blocks are found in the text of an excerpt, which names none of them."""

import pytest

from learnx.adapters.llm.offline_blocks import parts

TABLE = "metal | symbol\ncopper | Cu\niron | Fe"
CODE = 'import os\n\ntotal = 0\nfor name in os.listdir("."):\n    total += 1\n\nprint(total)'


def found(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in parts(text)]


def test_blocks_are_found_between_paragraphs() -> None:
    text = f"Metals have symbols.\n\n{TABLE}\n\nThis counts files:\n\n{CODE}\n\nEnergy and mass:\n\nE = m c^2"
    assert found(text) == [
        ("paragraph", "Metals have symbols."),
        ("table", TABLE),
        ("paragraph", "This counts files:"),
        ("code", CODE),
        ("paragraph", "Energy and mass:"),
        ("equation", "E = m c^2"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x = 5;\ny = 6;",
        '{\n  "name": "iron",\n  "symbol": "Fe"\n}',
        "#include <stdio.h>\nint main(void) {\n  return 0;\n}",
        "SELECT name FROM metals",
        "<note>\n  <to>Tove</to>\n</note>",
        ">>> 1 + 1\n>>> print(3)",
        "class Queue:\n    pass",
    ],
)
def test_code_is_found_without_a_fence(text: str) -> None:
    assert found(text) == [("code", text)]


@pytest.mark.parametrize(
    "text",
    [
        "F = m a",
        "$$\nF = m a\n$$",
        "\\[ v = \\frac{ds}{dt} \\]",
        "6CO2 + 6H2O → C6H12O6 + 6O2",
        "f(x) = sin(x)",
        "\\begin{align} a &= b \\end{align}",
    ],
)
def test_a_formula_by_itself_is_an_equation(text: str) -> None:
    assert found(text) == [("equation", text)]


@pytest.mark.parametrize(
    "text",
    [
        "function definition: A statement that creates a new function.",
        "class object: An object that has information about a type.",
        "Kinetic energy: E = m * v^2 / 2",
        "For α=0.05 the critical value is 1.96",
        "For S1(6):",
        "if it rains the soil takes up water",
        "Speed = distance / time",
        "one row | of two cells",
    ],
)
def test_what_only_looks_like_a_block_is_a_paragraph(text: str) -> None:
    assert found(text) == [("paragraph", text)]


def test_a_table_is_shown_with_a_head_and_as_many_cells_in_each_row() -> None:
    (table,) = parts("metal | symbol | use\ncopper | Cu\niron | Fe | tools")
    assert table.markdown == "| metal | symbol | use |\n| --- | --- | --- |\n| copper | Cu |  |\n| iron | Fe | tools |"
    assert table.rows == ["copper | Cu", "iron | Fe | tools"]


def test_a_row_of_figures_is_no_head() -> None:
    (table,) = parts("1 | 2\n3 | 4")
    assert table.markdown == "|  |  |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |"
    assert table.rows == ["1 | 2", "3 | 4"]
