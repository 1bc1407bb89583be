"""Whether a sentence is its passage but for a name or a number put for another, or two parts that changed places."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from learnx.domain.claims import Claim
from learnx.domain.numbers import numbers
from learnx.domain.passages import Passage

#: From this share of equal words in order on, a sentence is a copy.
_COPIED = 0.85
#: So many words at most are a part that changes places, or a name.
_PART, _NAME = 8, 2
_BE = frozenset({"is", "are", "was", "were"})


def altered_copy(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, what a sentence that copies one of its passages has otherwise."""
    ours = [raw for raw in claimed.wording.raw if raw[0].isalnum()]
    lowered = [raw.lower() for raw in ours]
    for passage in window:
        theirs = [raw for raw in passage.wording.raw if raw[0].isalnum()]
        other = [raw.lower() for raw in theirs]
        if len(lowered) == len(other) and (part := _exchanged(lowered, other)):
            return f"its passage has the sides of “{part}” the other way round"
        shared = len(frozenset(lowered) & frozenset(other))
        if shared >= _COPIED * len(frozenset(lowered)) and (name := _renamed(ours, theirs, lowered, other)):
            return f"its passage says something else than {name}"
    return None


def _renamed(ours: list[str], theirs: list[str], lowered: list[str], other: list[str]) -> str | None:
    """A name within the sentence where the passage has another one that the sentence leaves out, or a number."""
    matcher = SequenceMatcher(None, other, lowered, autojunk=False)
    if matcher.ratio() < _COPIED:
        return None
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "replace" and start and end - start == last - first <= _NAME:
            for mine, its in zip(ours[start:end], theirs[first:last], strict=True):
                if mine.lower() in other:
                    continue
                if mine[0].isupper() and its[0].isupper() and its.lower() not in lowered:
                    return mine
                if mine[0].isdigit() and its[0].isdigit() and not _values(mine) & _values(its):
                    return mine
    return None


def _values(word: str) -> frozenset[str]:
    return frozenset(value for number in numbers(word) for value in number.values)


def _are_one(one: list[str], other: list[str]) -> bool:
    """Whether "A is B" says "B is A" too: "Paris" and "the capital", but not "the whale" and "a mammal"."""
    first = {one[0], other[0]}
    return first.isdisjoint({"a", "an"}) and not first.isdisjoint({"the", "one"})


def _exchanged(ours: list[str], theirs: list[str]) -> str:
    """The words between two parts that stand each in the other's place: "B feeds A" for "A feeds B"."""
    different = [place for place, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1]]
    if not different:
        return ""
    mine, its = ours[different[0] : different[-1] + 1], theirs[different[0] : different[-1] + 1]
    if sorted(mine) != sorted(its) or any(its[at:] + its[:at] == mine for at in range(1, len(its))):
        return ""  # "In summer the liver …" says what "The liver … in summer" says
    for first in range(1, min(_PART, len(its) - 2) + 1):
        for second in range(1, min(_PART, len(its) - first - 1) + 1):
            if (
                its[:first] == mine[-first:]
                and its[-second:] == mine[:second]
                and its[first:-second] == mine[second:-first]
                and (its[first:-second] not in (["and"], ["or"], ["with"]) or "respectively" in theirs)
                and not (its[first] in _BE and first + second + 1 == len(its) and _are_one(its[:first], its[-second:]))
            ):
                return " ".join(its[first:-second])
    return ""
