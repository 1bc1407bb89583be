"""Decides which pieces of a PDF are headings, and how deep, from its bookmarks and from its type."""

import re
from collections import Counter, defaultdict

from learnx.adapters.extraction.layout import Piece
from learnx.adapters.extraction.pages import OutlineEntry
from learnx.adapters.extraction.running_lines import DISPLAY_SIZE
from learnx.domain.cleaning import SOFT_HYPHEN, WRAP
from learnx.domain.text_comparison import comparable

MAX_HEADING = 160
MAX_DEPTH = 6

_Style = tuple[float, bool]
_LETTERS = re.compile(r"[^\W\d_]")
_NUMBERING = re.compile(
    r"^(?:(?:chapter|part|section|appendix|kapitel|chapitre|capítulo)\s+)?[\d.ivxlc]*[\d.]\s*|[\d.\s]+$", re.I
)
_ENDS_LIKE_PROSE = re.compile(r"[.,;:]$")
_TABLE_OF_CONTENTS = re.compile(r"(?:\.\s?){4,}|\s\d{1,4}$")
_SECTION_NUMBER = re.compile(r"(\d+(?:\.\d+)*)\.?\s+\S")


def heading_levels(pieces: list[Piece], outline: list[OutlineEntry], body: float) -> dict[int, int]:
    """The level, from 1, of each piece that is a heading, by its index.

    A bookmark that names a piece on its page decides. Type decides about the rest: larger than the body's, or a bold
    line by itself. Their depth is that of bookmarked headings in the same type, else the rank of the type's size.
    """
    bookmarked = _bookmarked(pieces, outline)
    styled = [
        index for index, piece in enumerate(pieces) if index not in bookmarked and _looks_like_heading(piece, body)
    ]
    levels = dict(bookmarked)
    ranks = _ranks(pieces, bookmarked, styled)
    for index in styled:
        levels[index] = min(ranks[_style(pieces[index])], MAX_DEPTH)
    return levels


def _bookmarked(pieces: list[Piece], outline: list[OutlineEntry]) -> dict[int, int]:
    wanted: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for entry in outline:
        key = _key(entry.title)
        if entry.page and key:
            wanted[entry.page].append((key, min(entry.depth, MAX_DEPTH)))
    found: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        entries = wanted.get(piece.page)
        if not entries or len(piece.text) > MAX_HEADING or piece.kind in ("table", "code"):
            continue
        key = _key(piece.text)
        match = next((entry for entry in entries if entry[0] == key), None)
        if match:
            entries.remove(match)
            found[index] = match[1]
    return found


def _key(text: str) -> str:
    plain = " ".join(text.replace(SOFT_HYPHEN + WRAP, "").split())
    return comparable(_NUMBERING.sub("", plain)).casefold() or comparable(plain).casefold()


def _looks_like_heading(piece: Piece, body: float) -> bool:
    text = piece.text
    if piece.kind not in ("paragraph", "list") or len(text) > MAX_HEADING or piece.lines > 3:
        return False
    if len(_LETTERS.findall(text)) < 3 or _TABLE_OF_CONTENTS.search(text):
        return False
    if piece.kind == "list" and not _SECTION_NUMBER.match(text):
        return False
    if piece.size >= DISPLAY_SIZE * body:
        return not text.endswith((",", ";")) and (piece.size >= 1.3 * body or not text.endswith("."))
    return piece.bold and piece.lines == 1 and piece.size >= 0.9 * body and not _ENDS_LIKE_PROSE.search(text)


def _style(piece: Piece) -> _Style:
    return round(piece.size * 2) / 2, piece.bold


def _ranks(pieces: list[Piece], bookmarked: dict[int, int], styled: list[int]) -> dict[_Style, int]:
    votes: defaultdict[_Style, Counter[int]] = defaultdict(Counter)
    for index, level in bookmarked.items():
        votes[_style(pieces[index])][level] += 1
    known = {style: counter.most_common(1)[0][0] for style, counter in votes.items()}
    unknown = sorted({_style(pieces[index]) for index in styled} - known.keys(), reverse=True)
    if not known:
        return {style: rank for rank, style in enumerate(unknown, start=1)}
    deepest = max(known.values())
    ranks = dict(known)
    for style in unknown:
        below = [level for (size, _), level in known.items() if size <= style[0]]
        ranks[style] = min(below) if below else deepest + 1
    return ranks
