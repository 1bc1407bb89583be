"""Sets the sample chapter as a PDF with what makes a textbook hard to read for a machine: running heads, printed page
numbers that differ from the physical ones, a ruled table, lists and formulas."""

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Table, TableStyle

SOURCE = Path(__file__).with_name("how-vaccines-train-the-immune-system.md")
TITLE = "How vaccines train the immune system"
RUNNING_HEAD = "Health and disease: a short course"
FIRST_PRINTED_PAGE = 41

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11.5, leading=16, spaceAfter=8, alignment=4)
CHAPTER = ParagraphStyle("chapter", fontName="Helvetica-Bold", fontSize=19, leading=24, spaceAfter=10)
SECTION = ParagraphStyle(
    "section", fontName="Helvetica-Bold", fontSize=13.5, leading=17, spaceBefore=10, spaceAfter=6, keepWithNext=1
)
TOPIC = ParagraphStyle(
    "topic", fontName="Helvetica-Bold", fontSize=11, leading=14, spaceBefore=6, spaceAfter=4, keepWithNext=1
)
POINT = ParagraphStyle("point", parent=BODY, leftIndent=14, bulletIndent=4, spaceAfter=3)
CELL = ParagraphStyle("cell", fontName="Times-Roman", fontSize=9, leading=11)
HEAD_CELL = ParagraphStyle("head-cell", parent=CELL, fontName="Helvetica-Bold")
HEADINGS = {"#": CHAPTER, "##": SECTION, "###": TOPIC}
CAPTION = ParagraphStyle("caption", fontName="Times-Italic", fontSize=10, leading=12, spaceAfter=4, keepWithNext=1)


def flowables(markdown: str) -> list[Flowable]:
    """The chapter, block by block; blank lines separate blocks."""
    found: list[Flowable] = []
    for block in markdown.strip().split("\n\n"):
        text = " ".join(block.split())
        if block.startswith("|"):
            found.append(_table(block))
        elif block.startswith("* "):
            found += [Paragraph(point, POINT, bulletText="•") for point in text.removeprefix("* ").split(" * ")]
        elif block.startswith("#"):
            marks, _, heading = text.partition(" ")
            found.append(Paragraph(heading, HEADINGS[marks]))
        else:
            found.append(Paragraph(text, CAPTION if text.startswith("Table ") else BODY))
    return found


def _table(block: str) -> Table:
    lines = [line.strip("| ").split(" | ") for line in block.splitlines() if "---" not in line]
    rows = [[Paragraph(cell, CELL if row else HEAD_CELL) for cell in cells] for row, cells in enumerate(lines)]
    style = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return Table(rows, colWidths=[27 * mm, 52 * mm, 44 * mm, 33 * mm], style=TableStyle(style), spaceAfter=10)


def _page(canvas: Canvas, document: BaseDocTemplate) -> None:
    printed = FIRST_PRINTED_PAGE + document.page - 1
    canvas.addPageLabel(document.page - 1, style="ARABIC", start=printed)
    canvas.setFont("Helvetica", 8.5)
    head = RUNNING_HEAD if document.page % 2 else TITLE
    canvas.drawString(27 * mm, A4[1] - 15 * mm, head)
    canvas.drawCentredString(A4[0] / 2, 13 * mm, str(printed))


def write(target: Path) -> None:
    document = BaseDocTemplate(
        str(target), pagesize=A4, title=TITLE, author="The LearnX authors", lang="en", invariant=1
    )
    frame = Frame(27 * mm, 22 * mm, A4[0] - 54 * mm, A4[1] - 44 * mm, leftPadding=0, rightPadding=0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_page))
    document.build(flowables(SOURCE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    write(SOURCE.with_suffix(".pdf"))
