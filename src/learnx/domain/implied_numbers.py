"""Numbers that a passage says without a number word: "both" and "a pair" are two, "a decade" is ten years."""

import re

from learnx.domain.numbers import Number, following_terms, normalized
from learnx.domain.terms import folded
from learnx.domain.units import UNITS

_SAID = {
    "both": ("2", ""),
    "pair": ("2", ""),
    "couple": ("2", ""),
    "twins": ("2", ""),
    "duo": ("2", ""),
    "trio": ("3", ""),
    "triplets": ("3", ""),
    "dozen": ("12", ""),
    "fortnight": ("2", "week"),
    "decade": ("10", "year"),
    "century": ("100", "year"),
    "millennium": ("1000", "year"),
}
_WORD = re.compile(rf"\b(?:{'|'.join(_SAID)})\b")
#: "Two dozen" and "the 19th century" are other numbers.
_COUNTED = re.compile(r"(?:\d|\b(?:th|st|nd|rd|\w+th|first|second|third|two|three|four|five|six|half))[ -]\Z")

#: "10 Gbit/s" is a number of gigabits per second.
_RATE = re.compile(r"(?<=[a-z0-9])/(s|sec|min|h|hr|day|week|month|year)\b")


def implied_numbers(text: str) -> tuple[Number, ...]:
    """What a claim may have counted. They replace no other number: who says "both" may count something else."""
    plain = normalized(text)
    lowered = folded(plain)
    if len(lowered) != len(plain):
        return ()
    rates = (
        Number(
            text=match[0],
            values=frozenset({"~rate"}),
            unit=UNITS[match[1]],
            start=match.start(1),
            end=match.end(1),
            is_implied=True,
        )
        for match in _RATE.finditer(lowered)
    )
    return (*rates, *_said(plain, lowered))


def _said(plain: str, lowered: str) -> tuple[Number, ...]:
    return tuple(
        Number(
            text=match[0],
            values=frozenset({_SAID[match[0]][0]}),
            unit=_SAID[match[0]][1],
            following=following_terms(plain, match.end()),
            start=match.start(),
            end=match.end(),
            is_implied=True,
        )
        for match in _WORD.finditer(lowered)
        if not _COUNTED.search(lowered, max(0, match.start() - 12), match.start())
    )
