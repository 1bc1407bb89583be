"""The one table of what becomes of documents: ``completed``, or the code with which each fails.

``EXPECTED`` is for the corpora, ``tests/adapters/extraction/hostile.py`` makes those of ``EXPECTED_OF_MADE``.
"""

COMPLETED = "completed"

#: Folders of the corpora of which every file has an entry here, its own or its folder's.
COVERED = ("pdf_real", "pdf_nasty", "derived", "docx", "docx_bad", "pptx", "pptx_bad", "md", "txt")

#: By path under the corpora; a folder stands for all files in it that are not listed themselves.
EXPECTED = {
    "pdf_real": COMPLETED,
    "md": COMPLETED,
    "txt": COMPLETED,
    "txt/empty.txt": "no_text",
    "docx": COMPLETED,
    "pptx": COMPLETED,
    "pptx/SmartArt.pptx": "no_text",  # one diagram that nobody has filled in
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
    "pdf_nasty/heavy/issue-297-example.pdf": "no_text",  # a page without content
    "pdf_nasty/huge_page/issue14497.pdf": COMPLETED,
    "pdf_nasty/huge_page/poppler-85140-0.pdf": "no_text",  # a page without content
    "pdf_nasty/malformed/GHOSTSCRIPT-698804-1-fuzzed.pdf": "no_text",  # a page without content
    "pdf_nasty/malformed/PDFBOX-4352-0.pdf": "no_text",  # a page without content
    "pdf_nasty/malformed/REDHAT-1531897-0.pdf": "corrupt",
    "pdf_nasty/malformed/bug1020226.pdf": "corrupt",
    "pdf_nasty/malformed/bug1606566.pdf": COMPLETED,
    "pdf_nasty/malformed/issue7665.pdf": COMPLETED,
    "pdf_nasty/malformed/pdf-bad-color-space.pdf": COMPLETED,
    "pdf_nasty/malformed/poppler-395-0-fuzzed.pdf": "no_text",  # no pages
    "pdf_nasty/rotated": COMPLETED,
    "pdf_nasty/rtl": COMPLETED,
    "pdf_nasty/scanned_only": "no_text",
    "pdf_nasty/scanned_only/pdf-with-ocr-text.pdf": COMPLETED,
    "pdf_nasty/tables": COMPLETED,
    "pdf_nasty/truncated_xref": COMPLETED,
    "pdf_nasty/truncated_xref/issue15590.pdf": "no_text",  # a page without content
    "pdf_nasty/truncated_xref/issue9105_other.pdf": "corrupt",
    "pdf_nasty/two_column": COMPLETED,
    "derived/SYNTHETIC-bomb-256MiB.docx": "too_large",
    "derived/SYNTHETIC-bomb-256MiB.pdf": "too_complex",
    "derived/SYNTHETIC-many-ops.pdf": COMPLETED,
    "derived/docx-named.pdf": COMPLETED,
    "derived/pdf-named.docx": COMPLETED,
    "derived/truncated-60pct.docx": "corrupt",
    "derived/truncated-60pct.pdf": "corrupt",
    "docx_bad/51921-Word-Crash067.docx": "no_text",  # one empty paragraph
    "docx_bad/ExternalEntityInText.docx": COMPLETED,  # without the entity
    "docx_bad/Resume.Lisa.docx": "encrypted",  # rights management
    "docx_bad/Strict.docx": COMPLETED,
    "docx_bad/bug53475-password-is-pass.docx": "encrypted",
    "docx_bad/bug65649.docx": COMPLETED,
    "docx_bad/clusterfuzz-testcase-minimized-POIXWPFFuzzer-4791943399604224.docx": "corrupt",
    "docx_bad/clusterfuzz-testcase-minimized-POIXWPFFuzzer-6733884933668864.docx": COMPLETED,  # its theme is damaged
    "docx_bad/grid_offset_error.docx": COMPLETED,
    "docx_bad/stress014.docx": COMPLETED,  # a template
    "docx_bad/truncated62886.docx": "corrupt",
    "docx_bad/unicode-path.docx": COMPLETED,
    "pptx_bad/clusterfuzz-testcase-minimized-POIXSLFFuzzer-5463285576892416.pptx": "corrupt",
    "pptx_bad/fake-power-point-malformed.pptx": COMPLETED,
    "pptx_bad/missing-blip-fill.pptx": "no_text",  # one picture
    "pptx_bad/powerpoint_unrecognized_shape.pptx": COMPLETED,
}

#: Passwords that open what is encrypted; bug1782186.pdf has one too ("Hello"), but pdfium doesn't accept it.
PASSWORDS = {
    "pdf_nasty/encrypted/password-example.pdf": "test",
    "pdf_nasty/encrypted/r6-both-passwords.pdf": "foo",
    "pdf_nasty/encrypted/aes-256-r6.pdf": "usersecret",
    "pdf_nasty/encrypted/issue6010_1.pdf": "abc",
    "docx_bad/bug53475-password-is-pass.docx": "pass",
}

#: By the name of the maker in ``hostile``.
EXPECTED_OF_MADE = {
    "pdf_that_inflates_to_2_gib": "too_complex",
    "pdf_of_a_billion_words": "too_complex",
    "pdf_that_takes_minutes_to_lay_out": "timed_out",
    "pdf_without_pages": "no_text",
    "pdf_of_an_image": "no_text",
    "pdf_with_a_password": "encrypted",
    "pdf_cut_off": "corrupt",
    "docx_that_inflates_to_1_gib": "too_large",
    "docx_that_lies_about_its_size": "corrupt",
    "docx_of_a_billion_laughs": "corrupt",
    "html_named_pdf": COMPLETED,
    "zip_of_nothing": "unsupported_type",
    "picture": "unsupported_type",
    "nothing": "no_text",
}


def outcome_of(path: str) -> str | None:
    """None for a file without an entry."""
    return EXPECTED.get(path) or EXPECTED.get(path.rpartition("/")[0])
