"""PDFs made for the tests of extraction, each of which shows one behaviour."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]
MakePdf = Callable[[Draw], Path]

WIDTH, HEIGHT = A5


@pytest.fixture
def make_pdf(tmp_path: Path) -> MakePdf:
    """A PDF of A5 pages from a function that draws on a canvas."""

    def make(draw: Draw) -> Path:
        path = tmp_path / "made.pdf"
        canvas = Canvas(str(path), pagesize=A5)
        draw(canvas)
        canvas.save()
        return path

    return make


def lines(
    canvas: Canvas, top: float, texts: list[str], *, left: float = 50, font: str = "Times-Roman", size: float = 10
) -> None:
    """Lines of text, the first with its baseline ``top`` points below the upper edge, twelve points apart."""
    canvas.setFont(font, size)
    for index, text in enumerate(texts):
        canvas.drawString(left, HEIGHT - top - 12 * index, text)


def grid(
    canvas: Canvas, left: float, top: float, rows: list[list[str]], *, cell: tuple[float, float] = (90, 20)
) -> None:
    """A ruled table."""
    width, height = cell
    canvas.setFont("Times-Roman", 10)
    upper = HEIGHT - top
    for row in range(len(rows) + 1):
        canvas.line(left, upper - row * height, left + width * len(rows[0]), upper - row * height)
    for column in range(len(rows[0]) + 1):
        canvas.line(left + column * width, upper, left + column * width, upper - height * len(rows))
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            canvas.drawString(left + x * width + 4, upper - y * height - 14, text)
