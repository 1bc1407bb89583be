"""The marker of a block stands on the line after it, whatever ends the block."""

import pytest

from learnx.domain.model_text import ModelText, Unit

TABLE = "| organ | hormone |\n| --- | --- |\n| pancreas | insulin |"
CODE = "```\ndef area(radius):\n    return radius ** 2\n```"
EQUATION = "$$\nF = m a\n$$"


def blocks(text: str) -> list[str]:
    read = ModelText()
    return [unit.raw for unit in [*read.feed(text), *read.close()] if isinstance(unit, Unit)]


@pytest.mark.parametrize("block", [TABLE, CODE, EQUATION], ids=["table", "code", "equation"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"], ids=["on the next line", "behind a blank line"])
def test_the_marker_on_the_line_after_a_block_is_the_blocks(block: str, gap: str) -> None:
    text = f"{block}{gap}[2]\n\n{block}{gap}[3]\n\nIt follows. [1]"
    assert blocks(text) == [f"{block}\n[2]", f"{block}\n[3]", "It follows. [1]"]


def test_text_on_the_line_after_a_table_is_none_of_its_own() -> None:
    assert blocks(f"{TABLE}\nIt follows. [1]") == [TABLE, "It follows. [1]"]
