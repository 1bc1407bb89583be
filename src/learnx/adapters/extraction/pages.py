"""What a PDF reader sees on a page, in one shape for every engine, so that layout is worked out in one place."""

from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """A piece of one line of print. Coordinates in points from the page's upper left corner as it is displayed.

    ``size`` is the size of the type as displayed. ``hyphenated``: the engine took a hyphen away at its end.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    mono: bool = False
    hyphenated: bool = False


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RuledTable:
    """A table inside ruling lines, its cells as text, one tuple a row; empty cells are empty strings.

    ``going_on`` tells, by index, the rows in which cells of the row before go on.
    """

    box: Box
    rows: tuple[tuple[str, ...], ...]
    going_on: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Page:
    """``items`` are in reading order, as far as the engine knows it; a line inside a table is not among them.

    ``number`` counts from 1; ``label`` is what is printed on the page.
    """

    number: int
    width: float
    height: float
    items: list[Line | RuledTable]
    label: str | None = None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: ``depth`` from 1, ``page`` from 1, or None where it points nowhere."""

    title: str
    depth: int
    page: int | None


@dataclass(frozen=True, slots=True)
class PdfContent:
    """``page_count`` counts pages that could not be loaded, too."""

    pages: list[Page]
    page_count: int
    outline: list[OutlineEntry]
    title: str | None
