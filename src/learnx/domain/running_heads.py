"""Which lines at the edges of pages belong to the book, not to its text: running heads, feet and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

MAX_RUNNING_HEAD = 160

#: A line is a running head if it stands, numbers apart, at the edge of this many pages.
_REPEATED_PAGES = 3
_LETTER = re.compile(r"[^\W\d_]{2}")
_NUMBER = re.compile(r"\d+")
_NUMBER_AT_EDGE = re.compile(r"\W*(\d{1,4})(?!\d)|(?<![\d.])(\d{1,4})\W*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|página|p\.)\s*)?(?:(\d{1,4})|([ivxlc]{1,7}))(?:\s*(?:/|of|von|de)\s*\d{1,4})?\W*", re.I
)
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def running_heads(edge_lines: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of the lines at the edges of pages, given as (page, text), those that are running heads or page numbers.

    A line is one if it is nothing but a page number, if it repeats on three pages with other numbers, or if it begins
    or ends with a number that runs along with the pages.
    """
    lines = [line for line in edge_lines if len(line[1]) <= MAX_RUNNING_HEAD]
    return _page_numbers(lines) | _repeated(lines) | _numbered(lines)


def _page_numbers(lines: list[tuple[int, str]]) -> set[tuple[int, str]]:
    """A number alone is a page's if it differs from the physical number as on one of the next two pages, or of the two
    before, so that the lone digits of formulas stay. Where most pages tell their number otherwise, digits don't count.
    """
    usual = _usual_offset(lines)
    pages: defaultdict[tuple[bool, int], set[int]] = defaultdict(set)
    found: list[tuple[tuple[int, str], tuple[bool, int]]] = []
    for line in lines:
        match = _PAGE_NUMBER.fullmatch(line[1].strip())
        if match and (usual is None or match[1] is None):
            number = int(match[1]) if match[1] else _roman(match[2].lower())
            offset = (match[1] is None, number - line[0])
            pages[offset].add(line[0])
            found.append((line, offset))
    return {line for line, offset in found if pages[offset] & {line[0] + step for step in (-2, -1, 1, 2)}}


def _roman(numeral: str) -> int:
    values = [_ROMAN_DIGITS[digit] for digit in numeral]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def without_numbers(text: str) -> str:
    """What of a running head stays the same from page to page."""
    return _NUMBER.sub("#", " ".join(text.lower().split()))


def _repeated(lines: list[tuple[int, str]]) -> set[tuple[int, str]]:
    pages: defaultdict[str, set[int]] = defaultdict(set)
    for page, text in lines:
        pages[without_numbers(text)].add(page)
    return {
        line for line in lines if len(pages[without_numbers(line[1])]) >= _REPEATED_PAGES and _LETTER.search(line[1])
    }


def _numbered(lines: list[tuple[int, str]]) -> set[tuple[int, str]]:
    """Printed page numbers differ from physical ones by a constant; lines that carry one so are running heads."""
    offset = _usual_offset(lines)
    return {line for line in lines if offset in _offsets(line)} if offset is not None else set()


def _usual_offset(lines: list[tuple[int, str]]) -> int | None:
    """Printed less physical page number, where a quarter of the pages agree on it."""
    counts = Counter(offset for line in lines for offset in _offsets(line))
    if not counts:
        return None
    offset, count = counts.most_common(1)[0]
    return offset if count >= max(_REPEATED_PAGES, len({page for page, _ in lines}) // 4) else None


def _offsets(line: tuple[int, str]) -> set[int]:
    page, text = line
    return {int(number) - page for pair in _NUMBER_AT_EDGE.findall(text) for number in pair if number}
