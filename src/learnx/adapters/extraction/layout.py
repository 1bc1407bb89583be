"""Turns the lines of a page into paragraphs, lists, code, formulas and tables, by their place and type."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from learnx.adapters.extraction.pages import Line, Page, RuledTable
from learnx.adapters.extraction.running_lines import running_lines
from learnx.domain.cleaning import ROW_WRAP, SOFT_HYPHEN, WRAP
from learnx.domain.documents import BlockKind

#: Lines further apart than this many usual distances belong to different paragraphs.
_PARAGRAPH_GAP = 1.35

_BULLET = re.compile(r"[•‣⁃◦▪▫■□●○∙·–—\-*❒❏➢➤✓✔\uf0a7\uf0b7]\s+\S|[•‣◦▪●❒➢\uf0a7\uf0b7]")
_NUMBERED = re.compile(r"(?:\d{1,2}[.)]|\(?[a-z\d]{1,2}\)|[ivx]{1,4}[.)])\s+\S")
_WORD = re.compile(r"[^\W\d_]{3,}")
_MATH = re.compile(r"[=+−×÷·∑∏∫√∞≈≠≤≥∂∇∆∈∀∃→↔α-ωΑ-Ω\U0001d400-\U0001d7ff^|<>]")
_LEADER = re.compile(r"(?:\.\s?){4,}[\divxlcIVXLC]{1,6}$")
#: As many of a line's last characters show whether dots lead to its end.
_LEADER_CHARS = 24
_SENTENCE_END = re.compile(r"[.!?:。！？؟][\"'”’)\]]*$")


@dataclass(slots=True)
class Piece:
    """A block to be: ``size`` and ``bold`` tell headings."""

    kind: BlockKind
    text: str
    page: int
    label: str | None
    size: float = 0.0
    bold: bool = False
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Typography:
    """What is usual in a document: the size of its body type, and the distance of lines by size, in points."""

    body: float
    leading: dict[float, float]

    @classmethod
    def of(cls, pages: Iterable[Page]) -> "Typography":
        weight: defaultdict[float, int] = defaultdict(int)
        distances: defaultdict[float, list[float]] = defaultdict(list)
        for page in pages:
            previous: Line | None = None
            for line in page.items:
                if not isinstance(line, Line):
                    continue
                if not line.mono:
                    weight[line.size] += len(line.text)
                if previous and previous.size == line.size and line.size * 0.8 < line.bottom - previous.bottom:
                    distances[line.size].append(line.bottom - previous.bottom)
                previous = line
        body = max(weight, key=lambda size: weight[size], default=10.0)
        leading = {size: min(median(found), 2.2 * size) for size, found in distances.items() if size > 0}
        return cls(body or 10.0, leading)

    def distance(self, size: float) -> float:
        return self.leading.get(size, 1.25 * size)


def pieces(pages: list[Page], typography: Typography) -> list[Piece]:
    """All pages' pieces in reading order, without running heads and feet."""
    heads = running_lines(pages, typography.body)
    return [piece for page in pages for piece in _page_pieces(page, typography, heads)]


def _page_pieces(page: Page, typography: Typography, heads: set[int]) -> Iterator[Piece]:
    body = [item for item in page.items if id(item) not in heads]
    for group in _groups(_merge_scripts(body), typography):
        yield _piece(group, page) if isinstance(group, list) else _table_piece(group, page)


def _merge_scripts(items: Iterable[Line | RuledTable]) -> Iterator[Line | RuledTable]:
    """Superscripts, subscripts and changes of type are pieces of one line; engines break lines there."""
    current: Line | None = None
    for item in items:
        if isinstance(item, Line) and current and _on_same_line(current, item):
            current = _merged(current, item)
            continue
        if current:
            yield current
        current = item if isinstance(item, Line) else None
        if current is None:
            yield item
    if current:
        yield current


def _on_same_line(before: Line, line: Line) -> bool:
    size = max(before.size, line.size)
    gap = line.left - before.right
    overlap = min(before.bottom, line.bottom) - max(before.top, line.top)
    lower = min(before.bottom - before.top, line.bottom - line.top)
    return not before.hyphenated and -0.3 * size < gap < 1.2 * size and overlap > min(0.3 * lower, 0.1 * size)


def _merged(before: Line, line: Line) -> Line:
    larger = before if len(before.text) >= len(line.text) else line
    space = "" if line.left - before.right < 0.12 * larger.size else " "
    return Line(
        before.text + space + line.text,
        before.left,
        min(before.top, line.top),
        line.right,
        max(before.bottom, line.bottom) if before.size == line.size else larger.bottom,
        larger.size,
        before.bold and line.bold,
        larger.mono,
        line.hyphenated,
    )


def _groups(items: Iterable[Line | RuledTable], typography: Typography) -> Iterator[list[Line] | RuledTable]:
    group: list[Line] = []
    for item in items:
        if isinstance(item, RuledTable):
            if group:
                yield group
            group = []
            yield item
        elif group and _belongs(group, item, typography):
            group.append(item)
        else:
            if group:
                yield group
            group = [item]
    if group:
        yield group


def _belongs(group: list[Line], line: Line, typography: Typography) -> bool:
    before = group[-1]
    if before.hyphenated:
        is_near = line.bottom - before.bottom < 1.6 * typography.distance(line.size)
        return is_near and abs(line.size - before.size) <= 0.1 * before.size
    if before.mono != line.mono or before.bold != line.bold or abs(line.size - before.size) > 0.1 * before.size:
        return False
    if not line.mono and (_BULLET.match(line.text) or _is_item(group, line)):
        return False
    distance = line.bottom - before.bottom
    if distance < -0.5 * line.size:  # a new column
        return not _SENTENCE_END.search(before.text) and not line.text[:1].isupper()
    if distance > _PARAGRAPH_GAP * typography.distance(line.size) + 0.15 * line.size:
        return False
    return line.mono or not _starts_paragraph(group, line)


def _is_item(group: list[Line], line: Line) -> bool:
    """Numbers begin a line of prose too: it is an item if items stand before it, or it stands further left."""
    if not _NUMBERED.match(line.text):
        return False
    return bool(_NUMBERED.match(group[0].text)) or _SENTENCE_END.search(group[-1].text) is not None


def _starts_paragraph(group: list[Line], line: Line) -> bool:
    """By an indent, or by a line before it that ends a sentence or an indented item short of the margin."""
    before, first = group[-1], group[0]
    is_item = _BULLET.match(first.text) or _NUMBERED.match(first.text)
    if not is_item and 0.8 * line.size < line.left - before.left < 6 * line.size and len(group) > 1:
        return True
    if is_item and line.left < first.left + 0.3 * line.size and _SENTENCE_END.search(before.text):
        return True
    is_short = before.right < max(line.right, *(member.right for member in group)) - 3 * line.size
    if is_item and is_short and line.left < first.left - 0.5 * line.size:
        return True
    return is_short and _SENTENCE_END.search(before.text) is not None


def _piece(lines: list[Line], page: Page) -> Piece:
    first = lines[0]
    kind = _kind(lines)
    if kind == "code":
        text = _code_text(lines)
    else:
        text = "".join(
            line.text + (SOFT_HYPHEN if line.hyphenated else "") + ("" if index == len(lines) - 1 else _end(line))
            for index, line in enumerate(lines)
        )
    bold = all(line.bold for line in lines)
    return Piece(kind, text, page.number, page.label, first.size, bold, len(lines))


def _end(line: Line) -> str:
    """What stands between a line and the next one: dots that lead to a page number end an entry of a list."""
    return "\n" if _LEADER.search(line.text, len(line.text) - _LEADER_CHARS) else WRAP


def _kind(lines: list[Line]) -> BlockKind:
    if all(line.mono for line in lines):
        return "code"
    text = " ".join(line.text for line in lines)
    if _BULLET.match(text) or _NUMBERED.match(text):
        return "list"
    if len(text) < 300 and not lines[0].bold and (symbols := len(_MATH.findall(text))):
        words = _WORD.findall(text)
        if sum(map(len, words)) < 0.35 * len(text) and symbols * 3 >= len(words):
            return "equation"
    return "paragraph"


def _code_text(lines: list[Line]) -> str:
    """Lines of code with their indentation, and an empty line where a gap is."""
    margin = min(line.left for line in lines)
    width = max(median((line.right - line.left) / max(len(line.text), 1) for line in lines), 1.0)
    return "\n".join(" " * round((line.left - margin) / width) + line.text for line in lines)


def _table_piece(table: RuledTable, page: Page) -> Piece:
    rows = (
        ("" if index == 0 else ROW_WRAP if index in table.going_on else "\n") + " | ".join(map(_one_line, row))
        for index, row in enumerate(table.rows)
    )
    return Piece("table", "".join(rows), page.number, page.label)


def _one_line(cell: str) -> str:
    """A cell's text with the places where it wraps marked."""
    text = re.sub(r"[\ufffe\x02](?:\r\n)?", SOFT_HYPHEN + WRAP, cell)
    return re.sub(r"\s*[\r\n]+\s*", WRAP, text).replace("|", "¦")
