"""The words of a sentence in order, and what stands around a place in it: a number belongs to the words beside it."""

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from learnx.domain.foreign_words import FOREIGN_FUNCTION_WORDS
from learnx.domain.numbers import normalized
from learnx.domain.terms import FUNCTION_WORDS, stem

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*|[^\w\s]")
#: So many content words to each side make a place; each further one counts for less by this factor.
_REACH, _FADING = 5, 0.8
#: What an equal word directly beside the place counts, function words and signs too.
_BESIDE = 0.5


class Place:
    """What stands around some words of a sentence, by side."""

    __slots__ = ("after", "before", "left", "right")

    def __init__(self, left: dict[str, float], right: dict[str, float], before: str, after: str) -> None:
        self.left, self.right, self.before, self.after = left, right, before, after

    def likeness(self, other: "Place", weight: Callable[[str], float]) -> float:
        """Grows with every term that both have near; more where on the same side, and as near."""
        total = 0.0
        for own, same, across in ((self.left, other.left, other.right), (self.right, other.right, other.left)):
            for term, near in own.items():
                if term in same:
                    total += weight(term) * near * same[term]
                elif term in across:
                    total += weight(term) * near * across[term] / 2
        return total + _BESIDE * (
            (self.before == other.before and self.before != "") + (self.after == other.after and self.after != "")
        )


class Turn(NamedTuple):
    """Around one word: the content words of its sides, the doer's first, nearest first, and what links them to it."""

    pivot: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    link_before: tuple[str, ...]
    link_after: tuple[str, ...]


class Wording:
    """``stems`` has "" for function words, numbers and signs; ``starts`` are offsets into ``normalized(text)``;
    ``turns`` belong to ``learnx.domain.turns``."""

    __slots__ = ("raw", "starts", "stems", "text", "turns")

    def __init__(self, text: str) -> None:
        self.text = normalized(text).replace("’", "'")
        found = list(_TOKEN.finditer(self.text))
        self.starts = [match.start() for match in found]
        self.raw = [match[0] for match in found]
        self.turns: dict[str, list[Turn]] | None = None
        self.stems = [_content(match[0]) for match in found]

    def place(self, start: int, end: int) -> Place:
        """Of the words from ``start`` to ``end``."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return Place(
            _faded(self.stems[max(0, first - 3 * _REACH) : first][::-1]),
            _faded(self.stems[last : last + 3 * _REACH]),
            self.raw[first - 1].lower() if first else "",
            self.raw[last].lower() if last < len(self.raw) else "",
        )


def _content(raw: str) -> str:
    word = raw.lower()
    if len(word) < 2 or not word[0].isalpha() or word in FUNCTION_WORDS:
        return ""
    return "" if word in FOREIGN_FUNCTION_WORDS and not raw.isupper() else stem(word)


def _faded(stems: list[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    near = 1.0
    for term in stems:
        if term:
            found.setdefault(term, near)
            near *= _FADING
            if len(found) == _REACH:
                break
    return found
