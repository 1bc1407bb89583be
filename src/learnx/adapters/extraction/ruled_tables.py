"""Puts tables into the reading order of a page, where their cells hold all that stands inside them."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable
from statistics import median

from learnx.adapters.extraction.pages import Box, Line, RuledTable
from learnx.adapters.extraction.printed_rows import EMPTY, Cell, printed_rows
from learnx.adapters.extraction.ruling import Grid
from learnx.domain.text_comparison import comparable

#: Share of the cells' words that may not be among the words of the lines: those that wrap inside a cell.
_MAX_TORN = 0.1
_WORD = re.compile(r"[^\W_]+")


def with_tables(lines: list[Line], grids: Iterable[Grid], cell_text: Callable[[Box], str]) -> list[Line | RuledTable]:
    """The lines, with each table in the place of the first line inside it.

    A grid whose cells would lose or repeat text stays text: degrading is better than dropping.
    """
    items: list[Line | RuledTable] = list(lines)
    flow = ""
    for grid in grids:
        box = _bounds(grid)
        places = [index for index, item in enumerate(items) if isinstance(item, Line) and _holds(box, item)]
        inside = [item for index in places if isinstance(item := items[index], Line)]
        rows = _aligned(grid, cell_text)
        if not inside or not _is_table(rows) or not _holds_same(rows, inside):
            continue
        flow = flow or comparable("\n".join(line.text for line in lines))
        letter = median((line.right - line.left) / len(line.text) for line in inside)
        printed = [one for row in rows for one in printed_rows(row, flow, letter)]
        going_on = frozenset(index for index, one in enumerate(printed) if one.goes_on)
        table = RuledTable(box, tuple(one.cells for one in printed), going_on)
        taken = set(places)
        items = [
            table if index == places[0] else item
            for index, item in enumerate(items)
            if index == places[0] or index not in taken
        ]
    return items


def _bounds(grid: Grid) -> Box:
    cells = [cell for row in grid for cell in row]
    return Box(
        min(cell.left for cell in cells),
        min(cell.top for cell in cells),
        max(cell.right for cell in cells),
        max(cell.bottom for cell in cells),
    )


def _holds(box: Box, line: Line) -> bool:
    x, y = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    return box.left <= x <= box.right and box.top <= y <= box.bottom


def _aligned(grid: Grid, cell_text: Callable[[Box], str]) -> list[list[Cell]]:
    """One entry for each column of the table: a cell that spans several leaves the others empty."""
    lefts = sorted({cell.left for row in grid for cell in row})
    rows = []
    for row in grid:
        entries = [EMPTY] * len(lefts)
        for cell in row:
            entries[bisect_left(lefts, cell.left)] = Cell(cell_text(cell), cell.right - cell.left)
        if any(entry.text for entry in entries):
            rows.append(entries)
    return rows


def _is_table(rows: list[list[Cell]]) -> bool:
    return len(rows) > 1 and sum(any(cell.text for cell in column) for column in zip(*rows, strict=True)) > 1


def _holds_same(rows: list[list[Cell]], lines: list[Line]) -> bool:
    """Whether cells hold what the lines do: hardly a character more or less, and hardly a word torn between two."""
    texts = [line.text for line in lines]
    cells = [cell.text for row in rows for cell in row]
    outside, inside = sum(map(_length, texts)), sum(map(_length, cells))
    if not 0.97 * outside <= inside <= 1.1 * outside + 5:
        return False
    words = Counter(word for cell in cells for word in _WORD.findall(cell))
    torn = words - Counter(word for text in texts for word in _WORD.findall(text))
    return torn.total() <= _MAX_TORN * words.total() + 1


def _length(text: str) -> int:
    return sum(map(len, text.split()))
