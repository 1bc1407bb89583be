"""Pins what a DOCX and a PPTX become, also what python-docx and python-pptx lose, and what they are refused for."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import msoffcrypto
import pytest
from docx import Document as NewDocx
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from learnx.adapters.extraction import office_package
from learnx.adapters.extraction.readers import read as read_any
from learnx.domain.cleaning import clean
from learnx.domain.documents import Document
from learnx.domain.errors import ProcessingFailed

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def read(data: bytes, password: str | None = None, name: str = "x.bin") -> Document:
    document = read_any(data, filename=name, password=password, pdf_engine="pdfium", on_pages=lambda done, total: None)
    return clean(document)


def refused(data: bytes, password: str | None = None) -> str:
    with pytest.raises(ProcessingFailed) as failed:
        read(data, password)
    return failed.value.code


def shape(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks]


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_of(*paragraphs: str) -> bytes:
    """A DOCX with these ``w:p`` and ``w:tbl`` elements."""
    document = NewDocx()
    body = document.element.body
    for xml in paragraphs:
        body.insert(len(body) - 1, parse_xml(re.sub(r"^<(w:\w+)", rf"<\1 {nsdecls('w')} xmlns:m='{M}'", xml)))
    return saved(document)


def rewritten(data: bytes, change: Callable[[str, bytes], bytes | None], **added: bytes) -> bytes:
    """The same package with other parts; None drops one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in added.items():
            new.writestr(name.replace("__", "/"), part)
    return buffer.getvalue()


def test_headings_lists_and_tables_of_a_docx() -> None:
    document = NewDocx()
    document.add_heading("Waves", 0)
    document.add_heading("Kinds", 1)
    document.add_paragraph("Waves carry energy.")
    document.add_paragraph("water", style="List Bullet")
    document.add_paragraph("sound", style="List Bullet")
    document.add_paragraph("open", style="List Number")
    document.add_paragraph("close", style="List Number")
    table = document.add_table(3, 3)
    for index, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = "abcdefghi"[index]
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "high"
    found = read(saved(document))
    assert shape(found) == [
        ("heading", "Waves"),
        ("heading", "Kinds"),
        ("paragraph", "Waves carry energy."),
        ("list", "• water\n• sound\n1. open\n2. close"),
        ("table", "wide | | c\nd | e | high\ng | h |"),
    ]
    assert found.title == "Waves"
    assert found.page_count is None
    assert found.blocks[-1].heading_path == ("Kinds",)


def test_what_python_docx_loses_is_read() -> None:
    box = (
        "<w:p><w:r><w:t>Outside.</w:t></w:r><w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox>"
        "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
        "</w:p>"
    )
    control = "<w:sdt><w:sdtContent><w:p><w:r><w:t>In a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    tracked = (
        "<w:p><w:r><w:t>Kept </w:t></w:r><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>deleted</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    )
    assert shape(read(docx_of(box, control, tracked))) == [
        ("paragraph", "Outside."),
        ("paragraph", "In a box."),
        ("paragraph", "In a control."),
        ("paragraph", "Kept inserted"),
    ]


def test_a_shape_that_is_written_twice_for_older_readers_is_read_once() -> None:
    boxed = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    twice = (
        "<w:p><w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice Requires='wps'>{boxed.format('Now.')[5:-6]}</mc:Choice>"
        f"<mc:Fallback>{boxed.format('Then.')[5:-6]}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert shape(read(docx_of(twice))) == [("paragraph", "Now.")]


def test_formulas_of_word_are_written_on_one_line() -> None:
    def run(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    power = f"<m:sSup><m:e>{run('x')}</m:e><m:sup>{run('2')}</m:sup></m:sSup>"
    half = f"<m:f><m:num>{run('a+b')}</m:num><m:den>{run('2')}</m:den></m:f>"
    total = (
        f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{run('i=1')}</m:sub><m:sup>{run('n')}</m:sup>"
        f"<m:e>{run('i')}</m:e></m:nary>"
    )
    root = f"<m:rad><m:deg/><m:e>{run('x')}</m:e></m:rad>"
    display = f"<w:p><m:oMathPara><m:oMath>{half}{run('=')}{total}</m:oMath></m:oMathPara></w:p>"
    inline = (
        f"<w:p><w:r><w:t>Here </w:t></w:r><m:oMath>{power}{run('=')}{root}</m:oMath><w:r><w:t> holds.</w:t></w:r></w:p>"
    )
    assert shape(read(docx_of(display, inline))) == [
        ("equation", "(a+b)/2=∑_(i=1)^n i"),
        ("paragraph", "Here x^2=√(x) holds."),
    ]


def test_powers_and_indices_keep_their_place() -> None:
    document = NewDocx()
    paragraph = document.add_paragraph("10")
    paragraph.add_run("6").font.superscript = True
    paragraph.add_run(" H")
    paragraph.add_run("2").font.subscript = True
    paragraph.add_run("O")
    assert shape(read(saved(document))) == [("paragraph", "10⁶ H₂O")]


def test_a_note_stands_behind_the_paragraph_that_refers_to_it() -> None:
    note = "<w:footnote w:id='2'><w:p><w:r><w:t>See there.</w:t></w:r></w:p></w:footnote>"
    notes = f"<w:footnotes xmlns:w='{W}'>{note}</w:footnotes>"
    relation = (
        b"<Relationship Id='rIdNotes' Target='footnotes.xml' "
        b"Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes'/></Relationships>"
    )
    text = "<w:p><w:r><w:t>A claim</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r><w:r><w:t>.</w:t></w:r></w:p>"

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</Relationships>", relation) if name == "word/_rels/document.xml.rels" else part

    data = rewritten(docx_of(text), change, **{"word__footnotes.xml": notes.encode()})
    assert shape(read(data)) == [("paragraph", "A claim."), ("note", "See there.")]


def test_headings_are_told_by_outline_level_in_any_language() -> None:
    document = NewDocx()
    style = document.styles.add_style("Überschrift Eins", 1)
    style.element.get_or_add_pPr().append(parse_xml(f"<w:outlineLvl {nsdecls('w')} w:val='0'/>"))
    document.add_paragraph("Wellen", style=style)
    document.add_paragraph("Wellen tragen Energie.")
    found = read(saved(document))
    assert shape(found)[0] == ("heading", "Wellen")
    assert found.blocks[1].heading_path == ("Wellen",)


def test_bold_lines_are_headings_only_where_no_style_is() -> None:
    document = NewDocx()
    document.add_paragraph().add_run("Waves").bold = True
    document.add_paragraph("Waves carry energy.")
    assert shape(read(saved(document)))[0] == ("heading", "Waves")
    document.add_heading("Kinds", 1)
    assert shape(read(saved(document)))[0] == ("paragraph", "Waves")


def test_numbered_headings_keep_their_number() -> None:
    document = NewDocx()
    numbering = document.part.numbering_part.element
    numbering.insert(
        0,
        parse_xml(
            f"<w:abstractNum {nsdecls('w')} w:abstractNumId='77'>"
            "<w:lvl w:ilvl='0'><w:start w:val='3'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1'/></w:lvl>"
            "<w:lvl w:ilvl='1'><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='%1.%2)'/></w:lvl></w:abstractNum>"
        ),
    )
    numbering.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='77'><w:abstractNumId w:val='77'/></w:num>"))
    for text, level in (("Waves", 0), ("Water", 1), ("Sound", 1), ("Light", 0)):
        properties = document.add_heading(text, level + 1)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='{level}'/><w:numId w:val='77'/></w:numPr>")
        )
    assert [text for _, text in shape(read(saved(document)))] == ["3 Waves", "3.a) Water", "3.b) Sound", "4 Light"]


def test_lines_of_code_are_one_block() -> None:
    document = NewDocx()
    for line in ("for wave in waves:", "    carry(wave)"):
        document.add_paragraph().add_run(line).font.name = "Courier New"
    assert shape(read(saved(document))) == [("code", "for wave in waves:\n    carry(wave)")]


def test_a_break_ends_a_line_and_a_page_break_does_not() -> None:
    document = NewDocx()
    run = document.add_paragraph("one").add_run()
    run.add_break()
    run.add_text("two")
    run.add_break(WD_BREAK.PAGE)
    run.add_text("three")
    assert shape(read(saved(document))) == [("paragraph", "one\ntwo three")]


def test_strict_office_open_xml_is_read() -> None:
    def change(_: str, part: bytes) -> bytes:
        return re.sub(rb"http://schemas\.openxmlformats\.org/(\w+)/2006/", rb"http://purl.oclc.org/ooxml/\1/", part)

    data = rewritten(docx_of("<w:p><w:r><w:t>Strictly so.</w:t></w:r></w:p>"), change)
    assert shape(read(data)) == [("paragraph", "Strictly so.")]


def pptx() -> bytes:
    show = Presentation()
    first = show.slides.add_slide(show.slide_layouts[1])
    first.shapes.title.text = "Waves"
    frame = first.placeholders[1].text_frame
    frame.text = "water"
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "deep water", 1
    first.notes_slide.notes_text_frame.text = "Tell them about tides."
    second = show.slides.add_slide(show.slide_layouts[5])
    second.shapes.title.text = "Numbers"
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group."
    table = second.shapes.add_table(2, 2, 0, 0, Inches(2), Inches(1)).table
    for index, text in enumerate("abcd"):
        table.cell(index // 2, index % 2).text = text
    data = CategoryChartData()
    data.categories = ["2019", "2020"]
    data.add_series("Ducks", (12, 13))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(2), Inches(2), data)
    return saved(show)


def test_slides_are_pages_with_their_titles_as_headings() -> None:
    found = read(pptx())
    assert [(block.kind, block.text, block.page_marks[0].page, block.heading_path) for block in found.blocks] == [
        ("heading", "Waves", 1, ()),
        ("list", "• water\n• deep water", 1, ("Waves",)),
        ("note", "Tell them about tides.", 1, ("Waves",)),
        ("heading", "Numbers", 2, ()),
        ("paragraph", "In a group.", 2, ("Numbers",)),
        ("table", "a | b\nc | d", 2, ("Numbers",)),
        ("table", "| Ducks\n2019 | 12\n2020 | 13", 2, ("Numbers",)),
    ]
    assert found.page_count == 2
    assert found.title == "Waves"


def test_a_package_is_what_its_main_part_is_whatever_its_name() -> None:
    assert read(pptx(), name="thesis.docx").page_count == 2
    assert read(docx_of("<w:p><w:r><w:t>Text.</w:t></w:r></w:p>"), name="talk.pptx").page_count is None


def test_a_zip_of_other_things_is_unsupported() -> None:
    spreadsheet = rewritten(pptx(), lambda name, part: b"<workbook/>" if name == "ppt/presentation.xml" else part)
    assert refused(spreadsheet) == "unsupported_type"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/notes.txt", "nothing")
    assert refused(buffer.getvalue()) == "unsupported_type"


def test_damaged_packages_are_corrupt() -> None:
    whole = docx_of("<w:p><w:r><w:t>Text.</w:t></w:r></w:p>")
    assert refused(whole[: len(whole) * 2 // 3]) == "corrupt"
    assert (
        refused(rewritten(whole, lambda name, part: part[:-20] if name.endswith("document.xml") else part)) == "corrupt"
    )
    assert refused(docx_of("<w:p/>")) == "no_text"


def test_entities_are_not_expanded_and_files_not_read() -> None:
    attack = (
        b"<!DOCTYPE x [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
        b"<w:document xmlns:w='" + W.encode() + b"'><w:body><w:p><w:r><w:t>Before &b;&f; after</w:t></w:r></w:p>"
        b"</w:body></w:document>"
    )
    data = rewritten(docx_of(), lambda name, part: attack if name.endswith("document.xml") else part)
    assert shape(read(data)) == [("paragraph", "Before after")]


def test_what_inflates_beyond_the_limit_is_refused_before_it_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    data = docx_of("<w:p><w:r><w:t>Text.</w:t></w:r></w:p>")
    monkeypatch.setattr(office_package, "MAX_XML_BYTES", 1000)
    monkeypatch.setattr(zipfile.ZipFile, "open", None)
    assert refused(data) == "too_large"


def test_too_many_elements_are_too_complex(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_package, "MAX_ELEMENTS", 50)
    assert refused(docx_of(*["<w:p/>"] * 101)) == "too_complex"


def encrypted(data: bytes, password: str) -> bytes:
    buffer = io.BytesIO()
    msoffcrypto.OfficeFile(io.BytesIO(data)).encrypt(password, buffer)
    return buffer.getvalue()


def test_an_encrypted_package_needs_its_password() -> None:
    data = encrypted(pptx(), "open")
    for password in (None, "", "wrong"):
        assert refused(data, password) == "encrypted"
    assert read(data, "open").title == "Waves"


def test_office_files_from_before_2007_are_unsupported_and_damaged_ones_corrupt() -> None:
    data = encrypted(pptx(), "open")
    old = data.replace("EncryptedPackage".encode("utf-16-le"), "PowerPointDokume".encode("utf-16-le"))
    assert refused(old, "open") == "unsupported_type"
    assert refused(data[:600], "open") == "corrupt"
