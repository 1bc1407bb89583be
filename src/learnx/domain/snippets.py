"""The few lines of a text that show why it was found."""

import re
from collections.abc import Sequence

from learnx.domain.matches import Match
from learnx.domain.search import Highlight
from learnx.domain.sentences import split_sentences
from learnx.domain.values import Value

#: Characters of a snippet at most, its ellipses among them.
LIMIT = 240
ELLIPSIS = "…"
_SPACES = re.compile(r"\s+")
#: How far before the first match a cut-out begins.
_LEAD = 40


class Snippet(Value):
    """``offset`` is where in the text the first highlight, or else the snippet, begins."""

    text: str
    highlights: tuple[Highlight, ...]
    offset: int


def snippet(text: str, matches: Sequence[Match], limit: int = LIMIT) -> Snippet:
    """The best sentence, with its neighbours while they fit; of one that is too long, the part with the most matches.

    White space becomes single spaces.
    """
    sentences = split_sentences(text) or [(0, len(text))]
    best = max(range(len(sentences)), key=lambda place: (_weight(matches, *sentences[place]), -place))
    start, end = sentences[best]
    if end - start > limit:
        start, end = _densest(text, matches, start, end, limit - 2 * len(ELLIPSIS))
    else:
        start, end = _widened(sentences, best, limit - 2 * len(ELLIPSIS))
    before = ELLIPSIS if any(first < start < last for first, last in sentences) else ""
    after = ELLIPSIS if any(first < end < last for first, last in sentences) else ""
    return _cut_out(text, matches, (start, end), before, after)


def _weight(matches: Sequence[Match], start: int, end: int) -> int:
    """Longer terms say more."""
    terms = {match.term for match in matches if start <= match.start and match.end <= end}
    return sum(map(len, terms))


def _widened(sentences: Sequence[tuple[int, int]], best: int, limit: int) -> tuple[int, int]:
    first = last = best
    while last + 1 < len(sentences) and sentences[last + 1][1] - sentences[first][0] <= limit:
        last += 1
    while first > 0 and sentences[last][1] - sentences[first - 1][0] <= limit:
        first -= 1
    return sentences[first][0], sentences[last][1]


def _densest(text: str, matches: Sequence[Match], start: int, end: int, limit: int) -> tuple[int, int]:
    inside = [match for match in matches if start <= match.start and match.end <= end]
    starts = [max(start, match.start - _LEAD) for match in inside] or [start]
    first = max(starts, key=lambda one: (_weight(inside, one, one + limit), -one))
    first = max(start, min(first, end - limit))
    last = min(end, first + limit)
    if first > start:
        first = _word_start(text, first, last)
    if last < end:
        last = _word_end(text, first, last)
    return first, last


def _word_start(text: str, first: int, last: int) -> int:
    """The first word that begins at or after ``first``; in scripts without spaces, ``first`` itself."""
    space = re.compile(r"(?<=\s)\S").search(text, first, min(last, first + _LEAD))
    return space.start() if space else first


def _word_end(text: str, first: int, last: int) -> int:
    if last < len(text) and text[last].isspace():
        return last
    spaces = [match.start() for match in re.compile(r"(?<=\S)\s").finditer(text, max(first, last - _LEAD), last)]
    return spaces[-1] if spaces else last


def _cut_out(text: str, matches: Sequence[Match], span: tuple[int, int], before: str, after: str) -> Snippet:
    start, end = span
    spans = _merged([(match.start, match.end) for match in matches if start <= match.start and match.end <= end])

    def place(offset: int) -> int:
        """Where in what is shown a character of the text stands."""
        return len(before) + len(_single_spaced(text[start:offset]))

    return Snippet(
        text=before + _single_spaced(text[start:end]) + after,
        highlights=tuple(Highlight(start=place(one), end=place(other)) for one, other in spans),
        offset=spans[0][0] if spans else start,
    )


def _single_spaced(text: str) -> str:
    return _SPACES.sub(" ", text.lstrip())


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those that overlap or touch are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
