"""Finds the running heads, feet and page numbers of a PDF, which repeat in the same place from page to page."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from learnx.adapters.extraction.pages import Line, Page
from learnx.domain.running_heads import running_heads, without_numbers

#: Type larger than this, relative to the body's, can't be a running head unless it repeats on most pages.
DISPLAY_SIZE = 1.12
#: Rows at an edge that may be a running head by what they say, and by standing on most pages.
_NEAR_EDGE = 2
_DEEPEST = 5
_LETTER = re.compile(r"[^\W\d_]")
#: Points by which a running head may be off on some pages.
_SAME_PLACE = 3.0
#: Where lines stand at one height on fewer pages, they are none.
_PAGES_IN_PLACE = 3


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line near the upper or lower edge of a page; ``row`` counts from the edge, from 0."""

    page: int
    row: int
    line: Line
    is_upper: bool
    key: str


def running_lines(pages: list[Page], body: float) -> set[int]:
    """The identities of the lines that belong to the pages and not to the text; ``body`` is the usual size of type.

    A line is one if it stands on most pages, numbers apart, or is small and repeats or counts the pages; and if its
    like stands at its height on three pages, or any such line on a quarter of them. All rows of a head or foot go,
    from the edge inwards: what repeats elsewhere is a slide or a formula that is shown again. Nothing goes where
    nothing would be left.
    """
    edges = [edge for page in pages for edge in _edges(page)]
    usual = _usual_keys(edges, len(pages))
    small = [edge for edge in edges if edge.row < _NEAR_EDGE and edge.line.size < DISPLAY_SIZE * body]
    heads = running_heads((edge.page, edge.line.text) for edge in small)
    told = {id(edge.line) for edge in small if (edge.page, edge.line.text) in heads}
    likely = (edge for edge in edges if edge.key in usual or id(edge.line) in told)
    found = _connected(_in_place(likely, len(pages)), usual)
    is_all = all(isinstance(item, Line) and id(item) in found for page in pages for item in page.items)
    return set() if is_all else found


def _edges(page: Page) -> Iterator[_Edge]:
    rows = _rows(page)
    upper = [row for row in rows[:_DEEPEST] if row[0].bottom < page.height / 2]
    lower = [row for row in rows[: -_DEEPEST - 1 : -1] if row[0].bottom >= page.height / 2]
    for is_upper, edge in ((True, upper), (False, lower)):
        for number, row in enumerate(edge):
            for line in row:
                key = without_numbers(line.text) if _LETTER.search(line.text) else line.text
                yield _Edge(page.number, number, line, is_upper, key)


def _rows(page: Page) -> list[list[Line]]:
    """Lines that stand beside each other, from the top."""
    rows: list[list[Line]] = []
    for line in sorted((item for item in page.items if isinstance(item, Line)), key=lambda line: line.bottom):
        if rows and rows[-1][0].bottom > (line.top + line.bottom) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _usual_keys(edges: list[_Edge], page_count: int) -> set[str]:
    seen: defaultdict[str, set[int]] = defaultdict(set)
    for edge in edges:
        seen[edge.key].add(edge.page)
    enough = max(_PAGES_IN_PLACE, page_count / 2)
    return {key for key, on in seen.items() if len(on) >= enough and not key.isdigit()}


def _in_place(edges: Iterable[_Edge], page_count: int) -> list[_Edge]:
    found = sorted(edges, key=lambda edge: edge.line.bottom)
    bottoms = [edge.line.bottom for edge in found]
    enough = max(_PAGES_IN_PLACE, page_count / 4)

    def is_in_place(edge: _Edge) -> bool:
        start = bisect_left(bottoms, edge.line.bottom - _SAME_PLACE)
        near = found[start : bisect_right(bottoms, edge.line.bottom + _SAME_PLACE)]
        same = {other.page for other in near if other.key == edge.key}
        return len(same) >= _PAGES_IN_PLACE or len({other.page for other in near}) >= enough

    return [edge for edge in found if is_in_place(edge)]


def _connected(edges: Iterable[_Edge], usual: set[str]) -> set[int]:
    """Those in the outermost row, beside others of them, or in the row next to theirs."""
    rows: defaultdict[tuple[int, bool], set[int]] = defaultdict(set)
    found: set[int] = set()
    for edge in sorted(edges, key=lambda edge: (edge.row, edge.key not in usual)):
        reached = rows[edge.page, edge.is_upper]
        if edge.row == 0 or reached & {edge.row, edge.row - 1}:
            reached.add(edge.row)
            found.add(id(edge.line))
    return found
