"""Tells the title that an author gave a document from what programs fill in."""

import re

MAX_TITLE = 300

_POOR_TITLE = re.compile(
    r"^(untitled|unbenannt|document\d*|slide \d+|microsoft word.*|powerpoint.*|(presentation|präsentation)\d*"
    r"|.*\.(docx?|pptx?|tex|dvi|indd|pdf|rtf|qxd|xlsx?|html?))$",
    re.I,
)


def given_title(text: str | None) -> str | None:
    """A title on one line; None for the name of a file, a program's default, or what is longer than ``MAX_TITLE``."""
    title = " ".join((text or "").split())
    return title if title and len(title) <= MAX_TITLE and not _POOR_TITLE.match(title) else None
