"""What a learner is told when a document can't be read: one sentence a code, and what to do about it."""

from learnx.domain.errors import FileErrorCode, ProcessingFailed

DETAILS: dict[FileErrorCode, str] = {
    "unsupported_type": (
        "This is not a kind of document that can be read: upload a PDF, DOCX, PPTX, Markdown, HTML or plain text file."
    ),
    "encrypted": (
        "This document is protected by a password: upload it again together with its password, or without protection."
    ),
    "corrupt": "This document is damaged: open it in the program that made it, save it again, and upload the new copy.",
    "no_text": (
        "No readable text was found, as in scanned pages or pictures of text: "
        "upload a version with selectable text, for example after text recognition (OCR)."
    ),
    "too_large": "This document is too large once unpacked: split it into smaller parts and upload those.",
    "too_complex": (
        "This document needs more memory than is allowed: export it again as a simpler PDF, or split it into parts."
    ),
    "timed_out": "Reading this document took too long: split it into smaller parts, or export it in a simpler form.",
    "internal": "Something went wrong on our side while reading this document: try again, and tell us if it stays so.",
}


def failure(code: FileErrorCode) -> ProcessingFailed:
    return ProcessingFailed(code, DETAILS[code])
