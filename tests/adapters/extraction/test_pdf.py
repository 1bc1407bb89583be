"""Pins, on documents made here and for both engines, what a PDF becomes."""

from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from learnx.adapters.extraction.pdf_reader import read_pdf
from learnx.domain.cleaning import clean
from learnx.domain.documents import Document
from learnx.domain.errors import ProcessingFailed

from .conftest import HEIGHT, WIDTH, MakePdf, grid, lines
from .hostile import pdf_of, stream_of

pytestmark = pytest.mark.parametrize("engine", ["pdfium", "pdfplumber"])

BODY = [
    "Waves carry energy from one place to another without carrying",
    "matter along. The medium only moves back and forth around its",
    "position of rest while the disturbance travels on through it.",
]


def read(path: Path, engine: str, password: str | None = None) -> Document:
    document = read_pdf(path.read_bytes(), password=password, engine=engine, on_pages=lambda done, total: None)
    return clean(document)


def shape(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks]


def test_larger_type_and_bold_lines_are_headings_and_make_the_path(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, ["Waves in Matter"], size=20)
        lines(canvas, 90, ["Energy and matter"], size=14)
        lines(canvas, 120, BODY)
        lines(canvas, 180, ["A closer look"], font="Times-Bold")
        lines(canvas, 200, BODY)

    document = read(make_pdf(draw), engine)
    headings = [(block.level, block.text) for block in document.blocks if block.kind == "heading"]
    assert headings == [(1, "Waves in Matter"), (2, "Energy and matter"), (3, "A closer look")]
    assert document.blocks[-1].heading_path == ("Waves in Matter", "Energy and matter", "A closer look")
    assert document.blocks[-1].text == " ".join(BODY)
    assert document.title == "Waves in Matter"
    assert document.language == "en"


def test_a_gap_or_a_short_last_line_ends_a_paragraph(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(
            canvas,
            50,
            [*BODY, "That is all.", "Then " + BODY[0][:52], "and so on until the very end of the whole of it."],
        )
        lines(canvas, 150, BODY)

    paragraphs = [text for kind, text in shape(read(make_pdf(draw), engine)) if kind == "paragraph"]
    assert [text[:5] for text in paragraphs] == ["Waves", "Then ", "Waves"]


def test_items_become_a_list_with_their_wrapped_lines_joined(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        lines(canvas, 100, ["1. Turn the valve until the water stops flowing and then"])
        lines(canvas, 112, ["wait for a minute."], left=62)
        lines(canvas, 124, ["2. Open it again."])

    assert shape(read(make_pdf(draw), engine))[1:] == [
        ("list", "1. Turn the valve until the water stops flowing and then wait for a minute.\n2. Open it again.")
    ]


def test_each_entry_of_a_table_of_contents_is_a_line_of_its_own(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        lines(
            canvas, 110, ["1.1 Waves . . . . . . . . . . 1", "1.2 Light that is refracted in", "water . . . . . . 12"]
        )

    assert shape(read(make_pdf(draw), engine))[1:] == [
        (
            "paragraph",
            "1.1 Waves . . . . . . . . . . 1\n1.2 Light that is refracted in water . . . . . . 12",
        )
    ]


def test_fixed_pitch_lines_are_code_with_their_indentation(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        lines(canvas, 100, ["for wave in waves:"], font="Courier")
        lines(canvas, 112, ["carry(wave)"], left=50 + 4 * 6, font="Courier")

    assert ("code", "for wave in waves:\n    carry(wave)") in shape(read(make_pdf(draw), engine))


def test_a_ruled_table_is_rows_of_cells_in_its_place(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        grid(canvas, 50, 100, [["Node", "Elevation", "Demand"], ["1", "700", "150"], ["2", "710", ""]])
        lines(canvas, 200, BODY)

    assert shape(read(make_pdf(draw), engine)) == [
        ("paragraph", " ".join(BODY)),
        ("table", "Node | Elevation | Demand\n1 | 700 | 150\n2 | 710 |"),
        ("paragraph", " ".join(BODY)),
    ]


def test_items_side_by_side_are_rows_and_a_sentence_that_wraps_goes_on_in_the_next_line_of_its_row(
    engine: str, make_pdf: MakePdf
) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        grid(canvas, 50, 100, [["Adaptive boosting", "Gradient boosting"], ["", ""]], cell=(140, 60))
        for index, (left, right) in enumerate(
            [
                ("- Errors have high weights at", "- Weak learners are trained"),
                ("the next boosting step", "on the errors that remain"),
                ("- Known as Adaboost", "- Known as XGBoost"),
            ]
        ):
            lines(canvas, 175 + 12 * index, [left], left=54)
            lines(canvas, 175 + 12 * index, [right], left=194)

    assert shape(read(make_pdf(draw), engine))[1:] == [
        (
            "table",
            "Adaptive boosting | Gradient boosting\n"
            "- Errors have high weights at | - Weak learners are trained  \n"
            "the next boosting step | on the errors that remain\n"
            "- Known as Adaboost | - Known as XGBoost",
        )
    ]


def test_a_box_around_text_is_no_table(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, BODY)
        canvas.rect(40, HEIGHT - 90, 330, 60)

    assert shape(read(make_pdf(draw), engine)) == [("paragraph", " ".join(BODY))]


def test_columns_are_read_one_after_the_other(engine: str, make_pdf: MakePdf) -> None:
    left = [f"The left column has line {number}" for number in range(6)]
    right = [f"and the right one line {number}" for number in range(6)]

    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, left, left=40)
        lines(canvas, 60, right, left=230)

    text = " ".join(text for _, text in shape(read(make_pdf(draw), engine)))
    assert text == " ".join(left + right)


def test_pages_are_numbered_physically_and_running_heads_go(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(4):
            lines(canvas, 30, ["A Manual of Waves"], size=9)
            lines(canvas, 60, [f"Chapter text {'abcd'[number]} begins.", *BODY])
            lines(canvas, HEIGHT - 30, [str(number + 1)], left=200, size=9)
            canvas.showPage()

    document = read(make_pdf(draw), engine)
    assert document.page_count == 4
    assert [(block.page_marks[0].page, block.text) for block in document.blocks] == [
        (page, text)
        for page, letter in enumerate("abcd", start=1)
        for text in (f"Chapter text {letter} begins.", " ".join(BODY))
    ]


def test_a_paragraph_goes_on_over_the_page_break(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, BODY[:2])
        canvas.showPage()
        lines(canvas, 60, [BODY[2]])

    (paragraph,) = read(make_pdf(draw), engine).blocks
    assert paragraph.text == " ".join(BODY)
    assert [(mark.page, mark.offset) for mark in paragraph.page_marks] == [(1, 0), (2, len(" ".join(BODY[:2])) + 1)]


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_rotated_page_is_read_as_it_is_displayed(engine: str, make_pdf: MakePdf, rotation: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(rotation)
        canvas.translate(*{90: (420, 0), 180: (420, 595), 270: (0, 595)}[rotation])
        canvas.rotate({90: 90, 180: 180, 270: -90}[rotation])
        canvas.setFont("Times-Roman", 10)
        for index, text in enumerate(BODY):
            canvas.drawString(50, 300 - 12 * index, text)

    assert shape(read(make_pdf(draw), engine)) == [("paragraph", " ".join(BODY))]


def test_a_page_without_text_is_told_apart_from_a_damaged_file(engine: str, make_pdf: MakePdf, tmp_path: Path) -> None:
    with pytest.raises(ProcessingFailed) as no_text:
        read(make_pdf(lambda canvas: canvas.rect(10, 10, 100, 100)), engine)
    assert no_text.value.code == "no_text"
    damaged = tmp_path / "damaged.pdf"
    damaged.write_bytes(b"%PDF-1.7\n" + b"nothing of use " * 50)
    with pytest.raises(ProcessingFailed) as corrupt:
        read(damaged, engine)
    assert corrupt.value.code in ("corrupt", "no_text")


def test_an_encrypted_file_needs_its_password(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("open", strength=128))
    canvas.drawString(50, 700, "Waves carry energy without carrying any matter along.")
    canvas.save()
    for password in (None, "wrong"):
        with pytest.raises(ProcessingFailed) as refused:
            read(path, engine, password)
        assert refused.value.code == "encrypted"
    assert "Waves carry" in read(path, engine, "open").blocks[0].text


def test_bookmarks_decide_which_lines_are_headings(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 50, ["1 Light and matter"])
        canvas.bookmarkPage("one")
        canvas.addOutlineEntry("Light and matter", "one", 0)
        lines(canvas, 80, BODY)

    document = read(make_pdf(draw), engine)
    assert shape(document)[0] == ("heading", "1 Light and matter")
    assert document.blocks[1].heading_path == ("1 Light and matter",)


def test_a_page_number_beside_a_foot_goes_with_it(engine: str, make_pdf: MakePdf) -> None:
    words = ["energy", "matter", "motion", "rest"]

    def draw(canvas: Canvas) -> None:
        for number, word in enumerate(words):
            lines(canvas, 60, [f"This page is about {word} and", f"tells what {word} is good for."])
            lines(canvas, HEIGHT - 40, ["Ada, A Manual of Waves, in the Journal of Matter 4(1)"], size=8)
            lines(canvas, HEIGHT - 40, [str(number + 1)], left=380, size=10)
            canvas.showPage()

    texts = [text for _, text in shape(read(make_pdf(draw), engine))]
    assert texts == [f"This page is about {word} and tells what {word} is good for." for word in words]


def test_a_grid_that_would_tear_words_stays_text(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, 50, 100, [["", "", ""]] * 5, cell=(97, 20))
        lines(canvas, 114, BODY, left=54)

    (text,) = [text for kind, text in shape(read(make_pdf(draw), engine)) if kind != "table"]
    assert text == " ".join(BODY)


def test_the_borders_of_the_page_make_no_table(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(0, HEIGHT / 2, WIDTH, HEIGHT / 2)
        canvas.rect(0, 0, WIDTH / 2, HEIGHT / 2)
        canvas.rect(WIDTH / 2, 0, WIDTH / 2, HEIGHT / 2)
        lines(canvas, 60, BODY)
        lines(canvas, 400, ["Left"])
        lines(canvas, 400, ["Right"], left=260)

    assert "table" not in {kind for kind, _ in shape(read(make_pdf(draw), engine))}


def test_letters_of_formulas_beyond_the_basic_plane_do_not_shift_what_follows(engine: str) -> None:
    unicode_map = stream_of(
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange "
        b"1 beginbfchar <78> <D835DC65> endbfchar endcmap end end"
    )
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 5 0 R >>"
    content = (
        b"BT /G 10 Tf 1 0 0 1 50 700 Tm (xxxxxxxxxxxxxxxxxxxx) Tj ET "
        b"BT /F 10 Tf 1 0 0 1 50 650 Tm (Small words here) Tj ET BT /F 24 Tf 1 0 0 1 50 600 Tm (Large) Tj ET "
        b"BT /F 10 Tf 1 0 0 1 50 550 Tm (Small words again) Tj ET"
    )
    data = pdf_of(content, unicode_map, font).replace(b"/Font << /F", b"/Font << /G 6 0 R /F")
    document = read_pdf(data, password=None, engine=engine, on_pages=lambda done, total: None)
    assert [block.text for block in document.blocks if block.kind == "heading"] == ["Large"]
    assert "\U0001d465" in document.blocks[0].text


def test_all_lines_of_a_foot_go_and_the_paragraph_goes_on_over_the_page(engine: str, make_pdf: MakePdf) -> None:
    foot = ["Ada et al., (2021). A Manual of Waves: Their Origin, Motion and Final Rest in Matter, and other Tales."]
    foot += ["Journal of Open Waves, 4(46). https://example.org/waves.", "00302.", "All rights reserved."]
    bodies = [[f"to {word} there is more to say,", *BODY, *BODY[:2]] for word in ("energy", "matter", "motion", "rest")]

    def draw(canvas: Canvas) -> None:
        for number, body in enumerate(bodies, start=1):
            lines(canvas, 60, body)
            lines(canvas, HEIGHT - 70, foot, left=20, size=8)
            lines(canvas, HEIGHT - 34, [f"Journal of Waves, page {number}"], left=300, size=12)
            canvas.showPage()

    assert shape(read(make_pdf(draw), engine)) == [("paragraph", " ".join(" ".join(body) for body in bodies))]


def test_what_repeats_away_from_the_edge_of_the_page_is_text(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        for word in ("energy", "matter", "motion", "rest"):
            lines(canvas, 60, [f"All about {word}."])
            lines(canvas, 90, ["An example of it."])
            lines(canvas, 120, ["The same at every depth."])
            canvas.showPage()

    texts = [text for _, text in shape(read(make_pdf(draw), engine))]
    assert texts.count("The same at every depth.") == 4


def test_a_document_of_nothing_but_repeated_lines_keeps_them(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(5):
            lines(canvas, 60, [f"Potato {number}"])
            canvas.showPage()

    assert len(shape(read(make_pdf(draw), engine))) == 5


def test_a_paragraph_left_of_the_item_before_it_is_none_of_its(engine: str, make_pdf: MakePdf) -> None:
    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, BODY)
        lines(canvas, 100, ["- Open the valve", "- Full report"], left=64)
        lines(canvas, 124, BODY)

    assert shape(read(make_pdf(draw), engine)) == [
        ("paragraph", " ".join(BODY)),
        ("list", "- Open the valve\n- Full report"),
        ("paragraph", " ".join(BODY)),
    ]


@pytest.mark.parametrize(("below", "is_read"), [(-1, True), (2, False)])
def test_a_line_that_the_edge_of_the_page_cuts_off_is_not_read(
    engine: str, make_pdf: MakePdf, below: float, is_read: bool
) -> None:
    """Of what stands on the edge, letters reach below it; of what stands below it, commas are out of sight."""

    def draw(canvas: Canvas) -> None:
        lines(canvas, 60, BODY)
        lines(canvas, HEIGHT + below, ["The shortest waves, that go slowly, have the largest error"])

    assert ("shortest" in str(shape(read(make_pdf(draw), engine)))) == is_read
