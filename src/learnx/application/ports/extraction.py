"""Bytes of a document to its blocks."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from learnx.domain.documents import Document

PagesDone = Callable[[int, int], None]
"""Called with pages done and pages in all, from the event loop's thread."""


class Extractor(Protocol):
    """Runs where a hostile document can't hurt us; memory and time are limited."""

    async def extract(
        self, path: Path, *, filename: str, password: str | None = None, on_pages: PagesDone | None = None
    ) -> Document:
        """The content decides the type; the extension of ``filename`` only breaks ties between kinds of text.

        Raises ``ProcessingFailed`` with a code for every way in which a document can be unreadable.
        Cancelling ends the work.
        """
        ...
