"""Pins what counts as which kind of document, and what becomes of hostile file names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.media_types import DOCX, HTML, MARKDOWN, OLE2, PDF, PLAIN_TEXT, PPTX, clean_filename, sniff

ZIP = b"PK\x03\x04" + b"\0" * 26


@pytest.mark.parametrize(
    ("head", "filename", "media_type"),
    [
        (b"%PDF-1.7\n", "notes.txt", PDF),
        (b"junk" * 200 + b"%PDF-1.4", "x", PDF),
        (b"%\xe2\xe3\xcf\xd3\n1 0 obj \n<<", "lost-header.pdf", PDF),
        (ZIP + b"[Content_Types].xml ... word/document.xml", "x.pdf", DOCX),
        (ZIP + b"[Content_Types].xml ... ppt/presentation.xml", "x.docx", PPTX),
        (ZIP + b"[Content_Types].xml", "slides.pptx", PPTX),
        (ZIP + b"[Content_Types].xml", "report.bin", DOCX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.docx", OLE2),
        (b"<!DOCTYPE html><html>", "page.pdf", HTML),
        (b"\xef\xbb\xbf  <!-- hello --> <HTML lang=en>", "page.txt", HTML),
        (b"# Title\n\ntext", "notes.md", MARKDOWN),
        (b"# Title\n\ntext", "notes.txt", PLAIN_TEXT),
        ("Größe und Maß".encode("latin-1"), "a.txt", PLAIN_TEXT),
        ("\ufeffwide text".encode("utf-16-le"), "a.txt", PLAIN_TEXT),
        ("wide text without a mark".encode("utf-16-le"), "a.txt", PLAIN_TEXT),
        ("wider text without a mark".encode("utf-32-be"), "a.txt", PLAIN_TEXT),
    ],
)
def test_the_content_decides_and_the_name_only_tells_kinds_of_text_apart(
    head: bytes, filename: str, media_type: str
) -> None:
    assert sniff(head, filename) == media_type


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 20,
        b"\x7fELF\x02\x01\x01",
        b"MZ\x90\x00",
        ZIP + b"photo.jpg",
        bytes(range(256)) * 4,
    ],
)
def test_what_is_no_document_has_no_media_type_whatever_its_name(head: bytes) -> None:
    assert sniff(head, "lecture.pdf") is None
    assert sniff(head, "notes.md") is None


@given(st.binary(max_size=512), st.text(max_size=20))
def test_sniffing_never_fails(head: bytes, filename: str) -> None:
    sniff(head, filename)


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\Notes on Waves.pdf", "Notes on Waves.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("Résumé 🎓 مرحبا.pdf", "Résumé 🎓 مرحبا.pdf"),
        ("", "document"),
        ("..", "document"),
        ("\u200b\u2066", "document"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name: str, cleaned: str) -> None:
    assert clean_filename(name) == unicodedata.normalize("NFC", cleaned)


def test_a_long_name_is_cut_between_characters_and_keeps_its_suffix() -> None:
    name = clean_filename("ü" * 4000 + ".pdf")
    assert name.endswith("ü.pdf")
    assert 253 <= len(name.encode()) <= 255


@given(st.text(max_size=600))
def test_any_name_becomes_one_that_can_be_shown_and_sent(name: str) -> None:
    cleaned = clean_filename(name)
    assert cleaned
    assert len(cleaned.encode()) <= 255
    assert "/" not in cleaned and "\\" not in cleaned
    assert all(unicodedata.category(character)[0] != "C" for character in cleaned)
    assert clean_filename(cleaned) == cleaned
