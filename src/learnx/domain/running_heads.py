"""Which lines at the edges of pages belong to the book, not to its text: running heads, feet and page numbers."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

MAX_RUNNING_HEAD = 160

#: A line is a running head if it stands, numbers apart, at the edge of this many pages.
_REPEATED_PAGES = 3
_NUMBER = re.compile(r"\d+")
_NUMBER_AT_EDGE = re.compile(r"\W*(\d{1,4})(?!\d)|(?<![\d.])(\d{1,4})\W*$")
_ROMAN = r"(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_PAGE_NUMBER = re.compile(
    rf"\W*(?:(?:page|seite|página|p\.)\s*)?(?:\d{{1,4}}|{_ROMAN})(?:\s*(?:/|of|von|de)\s*\d{{1,4}})?\W*", re.I
)


def running_heads(edge_lines: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Of the lines at the edges of pages, given as (page, text), those that are running heads or page numbers.

    A line is one if it is nothing but a page number (and other pages have such lines), if it repeats on three pages
    with other numbers, or if it begins or ends with a number that runs along with the pages.
    """
    lines = [line for line in edge_lines if len(line[1]) <= MAX_RUNNING_HEAD]
    numbers = {line for line in lines if _PAGE_NUMBER.fullmatch(line[1].strip())}
    heads = numbers if len({page for page, _ in numbers}) > 1 else set()
    return heads | _repeated(lines) | _numbered(lines)


def _key(text: str) -> str:
    return _NUMBER.sub("#", " ".join(text.lower().split()))


def _repeated(lines: list[tuple[int, str]]) -> set[tuple[int, str]]:
    pages: defaultdict[str, set[int]] = defaultdict(set)
    for page, text in lines:
        pages[_key(text)].add(page)
    return {line for line in lines if len(pages[_key(line[1])]) >= _REPEATED_PAGES}


def _numbered(lines: list[tuple[int, str]]) -> set[tuple[int, str]]:
    """Printed page numbers differ from physical ones by a constant; lines that carry a number so are running heads."""
    offsets: Counter[int] = Counter()
    carried: list[tuple[tuple[int, str], set[int]]] = []
    for line in lines:
        page, text = line
        found = {int(number) - page for pair in _NUMBER_AT_EDGE.findall(text) for number in pair if number}
        offsets.update(found)
        carried.append((line, found))
    if not offsets:
        return set()
    offset, count = offsets.most_common(1)[0]
    if count < max(_REPEATED_PAGES, len({page for page, _ in lines}) // 4):
        return set()
    return {line for line, found in carried if offset in found}
