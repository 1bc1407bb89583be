"""Pins that what pdfplumber stumbles over is a damaged file, and what we stumble over is not."""

from pathlib import Path

import pytest
from pdfminer.pdfinterp import PDFPageInterpreter

from learnx.adapters.extraction.pdfplumber_pages import Unreadable, pdfplumber_content

from . import hostile


def test_an_error_inside_of_pdfplumber_is_a_damaged_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PDFPageInterpreter, "process_page", None)
    with pytest.raises(Unreadable):
        pdfplumber_content(hostile.good_pdf(), None, lambda done, total: None)


def test_an_error_of_our_own_stays_what_it_is() -> None:
    def mistaken(done: int, total: int) -> None:
        raise TypeError

    with pytest.raises(TypeError):
        pdfplumber_content(hostile.good_pdf(), None, mistaken)


def test_every_damaged_file_of_the_corpora_is_read_or_refused(corpora: Path) -> None:
    refused = 0
    for path in sorted((corpora / "pdf_nasty" / "malformed").glob("*.pdf")):
        try:
            pdfplumber_content(path.read_bytes(), None, lambda done, total: None)
        except Unreadable:
            refused += 1
    assert refused >= 3
