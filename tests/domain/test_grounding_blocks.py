"""Blocks that stand word for word are sourced: rows of tables and lines of code, and not what only looks like them."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.model_text import BlockKind
from learnx.domain.prompts import Excerpt

TABLE = "| organ | hormone |\n| --- | --- |\n| pancreas | insulin |\n| thyroid | thyroxine |"
CODE = "def area(radius):\n    return 3.14159 * radius ** 2"


def verdict(raw: str, document: str, kind: BlockKind) -> Verdict:
    chunk = msgspec.structs.replace(chunks()[0], text=document, heading_path=(), page_marks=chunks()[0].page_marks[:1])
    return Verifier(FILE, [Excerpt(number=1, chunk=chunk)]).verify(read_markers(raw), kind)


@pytest.mark.parametrize(
    ("block", "document", "kind"),
    [(TABLE, TABLE, "table"), ("| pancreas | insulin | [1]", TABLE, "table"), (CODE, CODE, "code")],
)
def test_a_block_that_stands_word_for_word_is_sourced(block: str, document: str, kind: BlockKind) -> None:
    assert verdict(block, document, kind).kind == "sourced"


@pytest.mark.parametrize(
    ("block", "document", "kind"),
    [
        ("| pancreas | thyroxine | [1]", TABLE, "table"),
        ("| pancreas | glucagon | [1]", TABLE, "table"),
        (CODE.replace("3.14159", "3.15"), CODE, "code"),
    ],
)
def test_a_block_with_one_cell_or_number_changed_is_retracted(block: str, document: str, kind: BlockKind) -> None:
    assert verdict(block, document, kind).kind is None
