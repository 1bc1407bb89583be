"""How many things a sentence lists: who retells "heat, pressure and time" may say that there are three of them."""

from learnx.domain.numbers import Number
from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

_JOINING = frozenset(word_list("and or & y e und oder et ou"))
_OTHER = frozenset(word_list("another other second"))
_ENDS = frozenset(";:().!?—–")
#: An item of a list has at most so many words; a longer one is a clause.
_LONGEST = 12
#: The largest count that a reader makes without a number to copy.
_MOST = 10
ANY_SIZE = frozenset(range(2, _MOST + 1))


def list_sizes(wording: Wording) -> frozenset[int]:
    """The sizes of all lists of a sentence; "A/B" is one of two, and so is "one … another"."""
    words = frozenset(raw.lower() for raw in wording.raw)
    pair = {2} if "one" in words and not words.isdisjoint(_OTHER) else set[int]()
    return frozenset(pair) | frozenset(
        found
        for place, raw in enumerate(wording.raw)
        if (raw.lower() in _JOINING or raw == "/") and (found := _size(wording.raw, place)) >= 2
    )


def is_count_of(number: Number, sizes: frozenset[int]) -> bool:
    """Whether it may be the reader's own count of a list: a word from two to ten without a unit, or "twice"."""
    if number.unit or any(map(str.isdigit, number.text)):
        return False
    values = {value.removeprefix("x") for value in number.values}
    return any(value.isdigit() and 2 <= int(value) <= _MOST and int(value) in sizes for value in values)


def _size(raw: list[str], joint: int) -> int:
    """Of the list whose last two items a word joins."""
    size, item = 1, 0
    for place in range(joint - 1, -1, -1):
        word = raw[place]
        if word in _ENDS or item > _LONGEST or size > _MOST:
            break
        if word == ",":
            size += item > 0
            item = 0
        else:
            item += 1
    return size + (0 < item <= _LONGEST)
