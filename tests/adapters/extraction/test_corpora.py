"""Reads real documents: their text on the pages it names, their headings, tables as pdfplumber's."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pypdfium2
import pytest

from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.domain.cleaning import clean
from learnx.domain.documents import Block, Document
from learnx.domain.text_comparison import comparable

_UNSEEN = re.compile("[\x7f-\x9f\ufe00-\ufe0d]")

#: Share of blocks whose text must be found, as one piece, on its page. Short of 1 where formulas are set in two
#: dimensions, or the lines of neighbouring cells take turns: their pieces are reordered, not lost.
FOUND = {
    "slides_wave-beamer.pdf": 0.95,
    "super-cheatsheet-machine-learning-ar.pdf": 0.95,
    "super-cheatsheet-machine-learning.pdf": 0.95,
}


def read(path: Path) -> Document:
    return clean(read_pdf(path.read_bytes(), password=None, engine="pdfium", on_pages=lambda done, total: None))


def real_pdfs(corpora: Path) -> list[Path]:
    return sorted((corpora / "pdf_real").glob("*.pdf"))


def test_every_block_stands_on_the_pages_it_names(corpora: Path) -> None:
    for path in real_pdfs(corpora):
        pages = _page_texts(path)
        blocks = read(path).blocks
        missing = [
            (page, part) for block in blocks for page, part in _parts(block) if comparable(part) not in pages[page]
        ]
        count = sum(1 for block in blocks for _ in _parts(block))
        assert len(missing) <= (1 - FOUND.get(path.name, 0.985)) * count, (path.name, missing[:5])


def _page_texts(path: Path) -> dict[int, str]:
    with pypdfium2.PdfDocument(path) as pdf:
        return {
            number: comparable(_UNSEEN.sub("", page.get_textpage().get_text_range()))
            for number, page in enumerate(pdf, start=1)
        }


def _parts(block: Block) -> Iterator[tuple[int, str]]:
    """The pieces of a block that stand together on a page: lines, and cells of tables."""
    bounds = [*(mark.offset for mark in block.page_marks), len(block.text)]
    for mark, (start, end) in zip(block.page_marks, pairwise(bounds), strict=True):
        for line in block.text[start:end].split("\n"):
            for piece in line.split(" | ") if block.kind == "table" else (line,):
                yield mark.page, piece


def test_hardly_anything_is_lost_but_running_heads(corpora: Path) -> None:
    for path in real_pdfs(corpora):
        kept = sum(len(comparable(block.text)) for block in read(path).blocks)
        assert kept >= 0.88 * sum(map(len, _page_texts(path).values())), path.name


def test_headings_are_those_of_the_table_of_contents(corpora: Path) -> None:
    document = read(corpora / "pdf_real" / "EPANET_User's_Manual_2.2.0.pdf")
    headings = {(block.text, block.page_marks[0].page) for block in document.blocks if block.kind == "heading"}
    assert {("Quick Start Tutorial", 18), ("2.1 Installing EPANET", 18), ("2.2 Example Network", 19)} <= headings
    inside = next(block for block in document.blocks if block.text.startswith("In this tutorial we will analyze"))
    assert inside.heading_path == ("Quick Start Tutorial", "2.2 Example Network")


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("name", "recall"),
    [
        ("pdf_real/EPANET_User's_Manual_2.2.0.pdf", 0.95),
        ("pdf_nasty/tables/WARN-Report-for-7-1-2015-to-03-25-2016.pdf", 0.99),
        ("pdf_nasty/tables/all-number-table.pdf", 1.0),
    ],
)
def test_the_cells_that_pdfplumber_finds_are_found(corpora: Path, name: str, recall: float) -> None:
    wanted, found = cell_recall(corpora / name)
    assert found >= recall * wanted > 0


def cell_recall(path: Path) -> tuple[int, int]:
    """Non-empty cells of pdfplumber's tables of two rows and two columns or more, and how many of them are ours."""
    ours: dict[int, Counter[str]] = {}
    for block in read(path).blocks:
        if block.kind == "table":
            cells = (comparable(cell.strip(" |")) for line in block.text.split("\n") for cell in line.split(" | "))
            ours.setdefault(block.page_marks[0].page, Counter()).update(cells)
    wanted = found = 0
    for page, cells in _oracle(path):
        common = Counter(cells) & ours.get(page, Counter())
        wanted, found = wanted + len(cells), found + common.total()
    return wanted, found


def _oracle(path: Path) -> Iterator[tuple[int, list[str]]]:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            tables = [table.extract(x_tolerance_ratio=0.15) for table in page.find_tables()]
            real = [rows for rows in tables if len(rows) > 1 and sum(map(any, zip(*rows, strict=True))) > 1]
            cells = (comparable((cell or "").replace("|", "")) for rows in real for row in rows for cell in row)
            yield page.page_number, [cell for cell in cells if cell]
            page.close()
