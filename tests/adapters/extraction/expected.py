"""What becomes of each file of the corpora: ``completed``, or the code with which it fails.

Files of ``docx``, ``pptx`` and their bad relatives are not listed before those formats are read.
"""

COMPLETED = "completed"

#: By path under the corpora; a folder stands for all files in it that are not listed themselves.
EXPECTED = {
    "pdf_real": COMPLETED,
    "md": COMPLETED,
    "txt": COMPLETED,
    "txt/empty.txt": "no_text",
    "pdf_nasty/attachments": COMPLETED,
    "pdf_nasty/cjk": COMPLETED,
    "pdf_nasty/cyclic": COMPLETED,
    "pdf_nasty/empty": "no_text",
    "pdf_nasty/encrypted": "encrypted",
    "pdf_nasty/encrypted/copy-protected.pdf": COMPLETED,
    "pdf_nasty/encrypted/r3-empty-password.pdf": COMPLETED,
    "pdf_nasty/fonts": COMPLETED,
    "pdf_nasty/fonts/TAMReview.pdf": "no_text",  # all but its first page in a font without a map
    "pdf_nasty/forms": COMPLETED,
    "pdf_nasty/heavy": COMPLETED,
    "pdf_nasty/heavy/issue-297-example.pdf": "no_text",
    "pdf_nasty/huge_page/issue14497.pdf": COMPLETED,
    "pdf_nasty/huge_page/poppler-85140-0.pdf": "no_text",
    "pdf_nasty/malformed/GHOSTSCRIPT-698804-1-fuzzed.pdf": "no_text",
    "pdf_nasty/malformed/PDFBOX-4352-0.pdf": "no_text",
    "pdf_nasty/malformed/REDHAT-1531897-0.pdf": "no_text",
    "pdf_nasty/malformed/bug1020226.pdf": "corrupt",
    "pdf_nasty/malformed/bug1606566.pdf": COMPLETED,
    "pdf_nasty/malformed/issue7665.pdf": COMPLETED,
    "pdf_nasty/malformed/pdf-bad-color-space.pdf": COMPLETED,
    "pdf_nasty/malformed/poppler-395-0-fuzzed.pdf": "no_text",
    "pdf_nasty/rotated": COMPLETED,
    "pdf_nasty/rtl": COMPLETED,
    "pdf_nasty/scanned_only": "no_text",
    "pdf_nasty/scanned_only/pdf-with-ocr-text.pdf": COMPLETED,
    "pdf_nasty/tables": COMPLETED,
    "pdf_nasty/truncated_xref": COMPLETED,
    "pdf_nasty/truncated_xref/issue15590.pdf": "no_text",
    "pdf_nasty/truncated_xref/issue9105_other.pdf": "corrupt",
    "pdf_nasty/two_column": COMPLETED,
    "derived/SYNTHETIC-bomb-256MiB.pdf": "too_complex",
    "derived/SYNTHETIC-many-ops.pdf": COMPLETED,
    "derived/pdf-named.docx": COMPLETED,
    "derived/truncated-60pct.pdf": "corrupt",
}

#: Passwords that open what is encrypted; bug1782186.pdf has one too ("Hello"), but pdfium doesn't accept it.
PASSWORDS = {
    "pdf_nasty/encrypted/password-example.pdf": "test",
    "pdf_nasty/encrypted/r6-both-passwords.pdf": "foo",
    "pdf_nasty/encrypted/aes-256-r6.pdf": "usersecret",
    "pdf_nasty/encrypted/issue6010_1.pdf": "abc",
}


def outcome_of(path: str) -> str | None:
    """None for what isn't expected to be read yet."""
    return EXPECTED.get(path) or EXPECTED.get(path.rpartition("/")[0])
