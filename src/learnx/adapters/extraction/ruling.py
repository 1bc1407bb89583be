"""Finds the cells of tables from ruling lines alone, engine-independent; the method is that of Nurminen's thesis
(2013), as pdfplumber applies it: snap and join edges, intersect them, take the smallest rectangles."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from learnx.adapters.extraction.pages import Box

#: Points by which ruling lines may miss each other.
TOLERANCE = 3.0
MIN_LENGTH = 3.0
#: A page with more edges than this is a drawing.
MAX_EDGES = 4000


class Edge(NamedTuple):
    """A horizontal edge lies at y ``at`` from x ``start`` to ``end``; a vertical one the other way round."""

    at: float
    start: float
    end: float


Grid = list[list[Box]]


def find_grids(horizontal: list[Edge], vertical: list[Edge], width: float, height: float) -> list[Grid]:
    """Tables on a page of this size as rows of cells, top to bottom, left to right. Grids without two rows and two
    columns are boxes, not tables, and left out; so are the borders of the page, which backgrounds have for edges."""
    horizontal = [edge for edge in horizontal if MIN_LENGTH < edge.at < height - MIN_LENGTH]
    vertical = [edge for edge in vertical if MIN_LENGTH < edge.at < width - MIN_LENGTH]
    if len(horizontal) < 2 or len(vertical) < 2 or len(horizontal) + len(vertical) > MAX_EDGES:
        return []
    cells = _cells(_joined(horizontal), _joined(vertical))
    grids = (_rows(group) for group in _connected(cells))
    return [grid for grid in grids if len(grid) > 1 and max(map(len, grid)) > 1]


def _joined(edges: list[Edge]) -> dict[float, list[Edge]]:
    """Edges snapped to common positions; overlapping or nearly touching ones on a position become one."""
    lines: list[tuple[float, list[Edge]]] = []
    previous = float("-inf")
    for edge in sorted(edges):
        if edge.at - previous > TOLERANCE:
            lines.append((edge.at, []))
        previous = edge.at
        lines[-1][1].append(edge)
    joined: dict[float, list[Edge]] = {}
    for _, members in lines:
        at = sum(edge.at for edge in members) / len(members)
        spans: list[Edge] = []
        for _, start, end in sorted(members, key=lambda edge: edge.start):
            if spans and start <= spans[-1].end + TOLERANCE:
                spans[-1] = Edge(at, spans[-1].start, max(spans[-1].end, end))
            else:
                spans.append(Edge(at, start, end))
        kept = [span for span in spans if span.end - span.start >= MIN_LENGTH]
        if kept:
            joined[at] = kept
    return joined


def _cells(rows: dict[float, list[Edge]], columns: dict[float, list[Edge]]) -> list[Box]:
    ys, xs = sorted(rows), sorted(columns)
    # Per crossing: which span of the row's line and which of the column's line meet there.
    crossing: dict[tuple[int, int], tuple[int, int]] = {}
    for i, y in enumerate(ys):
        for j, x in enumerate(xs):
            across = _span_at(rows[y], x)
            down = _span_at(columns[x], y)
            if across is not None and down is not None:
                crossing[i, j] = across, down
    on_row: defaultdict[int, list[int]] = defaultdict(list)
    on_column: defaultdict[int, list[int]] = defaultdict(list)
    for i, j in sorted(crossing):
        on_row[i].append(j)
        on_column[j].append(i)
    cells = []
    for i, j in crossing:
        corner = _opposite(i, j, crossing, on_row[i], on_column[j])
        if corner:
            cells.append(Box(xs[j], ys[i], xs[corner[1]], ys[corner[0]]))
    return cells


def _span_at(spans: list[Edge], position: float) -> int | None:
    for index, span in enumerate(spans):
        if span.start - TOLERANCE <= position <= span.end + TOLERANCE:
            return index
    return None


def _opposite(
    i: int, j: int, crossing: dict[tuple[int, int], tuple[int, int]], row: list[int], column: list[int]
) -> tuple[int, int] | None:
    """The lower right corner of the smallest cell whose upper left corner is (i, j)."""
    across, down = crossing[i, j]
    for below in column[bisect_right(column, i) :]:
        if crossing[below, j][1] != down:
            return None
        for right in row[bisect_right(row, j) :]:
            if crossing[i, right][0] != across:
                break
            corner = crossing.get((below, right))
            if corner and corner[0] == crossing[below, j][0] and corner[1] == crossing[i, right][1]:
                return below, right
    return None


def _connected(cells: list[Box]) -> Iterable[list[Box]]:
    """Cells that share a corner belong to one table."""
    at_corner: defaultdict[tuple[float, float], list[int]] = defaultdict(list)
    for index, cell in enumerate(cells):
        for corner in _corners(cell):
            at_corner[corner].append(index)
    seen: set[int] = set()
    for first in range(len(cells)):
        if first in seen:
            continue
        seen.add(first)
        group, reached = [], [first]
        while reached:
            index = reached.pop()
            group.append(cells[index])
            for corner in _corners(cells[index]):
                fresh = [other for other in at_corner[corner] if other not in seen]
                seen.update(fresh)
                reached.extend(fresh)
        yield group


def _corners(cell: Box) -> tuple[tuple[float, float], ...]:
    left, top, right, bottom = cell
    return (left, top), (right, top), (left, bottom), (right, bottom)


def _rows(cells: list[Box]) -> Grid:
    rows: defaultdict[float, list[Box]] = defaultdict(list)
    for cell in cells:
        rows[cell.top].append(cell)
    return [sorted(rows[top]) for top in sorted(rows)]
