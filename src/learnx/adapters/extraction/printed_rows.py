"""Lays the lines inside a table's row out as rows, where the page prints cells side by side, line by line."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from typing import NamedTuple

from learnx.domain.text_comparison import comparable

_LINE_END = re.compile(r"\s*[\r\n]+\s*")
_ITEM = re.compile(r"(?:[•‣⁃◦▪▫■□●○–—*-]|\d{1,2}[.)])\s+\S")
_FIRST_WORD = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FIGURES = re.compile(r"[\d\s.,:%$€£+−–-]+")
_MATH = re.compile(r"[=∼<>≤≥≪≫∈+−×÷√∑∏∫]")
_BROKEN_WORD = ("\ufffe", "\x02", "-")
#: Share of a cell's width that a line and the next one's first word may take, for that word to have had room for sure:
#: letters differ in width, and cells have margins.
_SURELY_FITS = 0.8
#: A cell of more lines is a page's frame.
_MAX_LINES = 100
#: Lines of so few words are labels below each other, if one of them surely is one of its own.
_LABEL_WORDS = 3


class Cell(NamedTuple):
    """Its text, line breaks kept, and its width in points."""

    text: str
    width: float


class PrintedRow(NamedTuple):
    """``goes_on``: what some of its cells hold has begun in those above them."""

    cells: tuple[str, ...]
    goes_on: bool = False


class _Part(NamedTuple):
    """Lines of a cell that stand together."""

    text: str
    goes_on: bool = False


EMPTY = Cell("", 0.0)
_NOTHING = _Part("")


def printed_rows(row: Sequence[Cell], flow: str, letter: float) -> Iterator[PrintedRow]:
    """The row, as several where its cells hold items, formulas or lines of their own side by side.

    ``flow`` is the comparable text of the page in the order of its own text, in which such cells take turns; ``letter``
    is the usual width of a character, in points. A cell that stands in the flow in one piece stays one. A sentence that
    wraps beside another does not: it goes on from row to row, as it is printed, so that each row can be found on the
    page. Figures one below the other belong to those beside them by their place in the cell: their row stays one.
    """
    texts = [_LINE_END.split(cell.text) for cell in row]
    if any(len(lines) > 1 and all(map(_FIGURES.fullmatch, lines)) for lines in texts):
        yield PrintedRow(tuple(cell.text for cell in row))
        return
    columns = (_parts(lines, flow, cell.width, letter) for lines, cell in zip(texts, row, strict=True))
    for parts in zip_longest(*columns, fillvalue=_NOTHING):
        yield PrintedRow(tuple(part.text for part in parts), any(part.goes_on for part in parts))


def _parts(lines: list[str], flow: str, width: float, letter: float) -> list[_Part]:
    whole = "\n".join(lines)
    if not 1 < len(lines) <= _MAX_LINES or comparable(whole) in flow:
        return [_Part(whole)]
    starts = [False, *(_starts(before, line, width, letter) for before, line in pairwise(lines))]
    are_items = _ITEM.match(lines[0]) is not None
    are_labels = any(starts) and max(len(line.split()) for line in lines) <= _LABEL_WORDS
    parts, found = [_Part(lines[0])], comparable(lines[0])
    for before, line, is_start in zip(lines, lines[1:], starts[1:], strict=False):
        text = comparable(line)
        follows = not text or before.endswith(_BROKEN_WORD) or found + text in flow
        found = found + text if follows else text
        is_own = is_start or (are_labels and line[:1].isupper())
        if (are_items and _ITEM.match(line)) or (is_own and not follows):
            parts.append(_Part(line))
        elif follows:
            parts[-1] = parts[-1]._replace(text=f"{parts[-1].text}\n{line}")
        else:
            parts.append(_Part(line, goes_on=True))
    return parts


def _starts(before: str, line: str, width: float, letter: float) -> bool:
    """Whether the second line is one of its own, not what didn't fit into the first: its first word had room there."""
    if before.endswith(_BROKEN_WORD):
        return False
    if _is_formula(before) or _is_formula(line):
        return True
    word = _FIRST_WORD.match(line)
    return word is not None and (len(before) + 1 + len(word[0])) * letter <= _SURELY_FITS * width


def _is_formula(line: str) -> bool:
    return _MATH.search(line) is not None and _WORD.search(line) is None
