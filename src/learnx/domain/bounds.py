"""What is said around a number without being part of it: that it is the least or the most, since when, and what it is
only a part of."""

import re
from collections.abc import Sequence
from itertools import pairwise

from learnx.domain.claims import Claim
from learnx.domain.numbers import Number
from learnx.domain.passages import Passage
from learnx.domain.wording import Wording

#: Characters before a number that may bound it.
_BEFORE = 24
_LOWER = re.compile(
    r"(?:at least|no less than|not less than|more than|greater than|over|above|exceeding|minimum of|>)\s*\Z"
)
_UPPER = re.compile(
    r"(?:at most|up to|no more than|not more than|less than|fewer than|under|below|nearly|almost|maximum of|<)\s*\Z"
)
_SINCE = re.compile(r"\b(?:since|until|before|after)(?: about| around)?\s*\Z")
#: The second part of one quantity: "24 hours and 50 minutes".
_AND = re.compile(r"\s*(?:[^\W\d_]+\.?)?,?\s*(?:and\s+)?")
_PARTS = {"h": "min", "min": "s", "year": "month", "month": "day", "week": "day", "day": "h", "ft": "inch", "lb": "oz"}


def exchanged_bound(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where a claim bounds a number from the other side than its passage, says "since" of a year of
    which its passage does not, or has one part of a quantity of two."""
    theirs = [(passage.wording, passage.numbers, other) for passage in window for other in passage.numbers]
    for number in claimed.placed:
        same = [item for item in theirs if item[2].values & number.values and item[2].unit == number.unit]
        if not same:
            continue
        if all(_side(claimed.wording, number) * _side(wording, other) < 0 for wording, _, other in same):
            return f"its passage bounds {number.text} from the other side"
        if number.is_year and _since(claimed.wording, number) not in {"", *(_since(w, other) for w, _, other in same)}:
            return f"its passage does not say “{_since(claimed.wording, number)} {number.text}”"
        if not _is_part(number, claimed.placed, claimed.wording) and all(_is_part(o, all_, w) for w, all_, o in same):
            return f"{number.text} is a part of what its passage says"
    return None


def _side(wording: Wording, number: Number) -> int:
    before = wording.text[max(0, number.start - _BEFORE) : number.start].lower()
    return -1 if _LOWER.search(before) else 1 if _UPPER.search(before) else 0


def _since(wording: Wording, number: Number) -> str:
    found = _SINCE.search(wording.text[max(0, number.start - _BEFORE) : number.start].lower())
    return found[0].split()[0] if found else ""


def _is_part(number: Number, among: Sequence[Number], wording: Wording) -> bool:
    return any(
        _PARTS.get(first.unit) == second.unit and _AND.fullmatch(wording.text, first.end, second.start) is not None
        for first, second in pairwise(among)
        if number in (first, second)
    )
