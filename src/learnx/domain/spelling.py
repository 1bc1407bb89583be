"""Which word a misspelled one was meant to be, among those that a library has."""

from collections.abc import Iterable

#: Words from this length on may have two mistakes, shorter ones one.
TWO_MISTAKES_FROM = 7
MEANT = 3


def nearest(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """Those with the fewest mistakes, at most three, in the order given; none where all have too many.

    First letters are seldom wrong (Pollock and Zamora 1984): where some begin as the word does, others are left out.
    """
    allowed = 2 if len(word) >= TWO_MISTAKES_FROM else 1
    found = [(mistakes(word, candidate), candidate) for candidate in candidates]
    least = min((count for count, _ in found), default=allowed + 1)
    meant = [candidate for count, candidate in found if count == least <= allowed]
    return tuple([one for one in meant if one[:1] == word[:1]] or meant)[:MEANT]


def mistakes(one: str, other: str) -> int:
    """Letters left out, added, exchanged, or swapped with their neighbour (optimal string alignment, Damerau 1964)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, against in enumerate(other, 1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        before, last = last, current
    return last[-1]
