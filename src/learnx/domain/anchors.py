"""Whether a number or a name stands in a sentence where its passage has it, and not where it has another one."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.counted_lists import is_count_of
from learnx.domain.foreign_words import akin
from learnx.domain.name_forms import is_named_among
from learnx.domain.numbers import Number
from learnx.domain.passages import Passage, Passages
from learnx.domain.terms import stem
from learnx.domain.units import UNITS
from learnx.domain.wording import Place, Wording

#: What links two numbers without saying which of them is which, unless each has its own ("respectively").
_LINKED_ALIKE = frozenset({"and", "or", ",", ", and"})
#: Another number of the passage whose place is so much more alike was meant. Chosen on even-numbered sentences of the
#: corpora: from 1.0 to 1.3 no wrong number more is shown as sourced, and above 1.3 exchanged ones are.
_MORE_ALIKE = 1.1
#: A place with less in common than this is another place, whatever stands there.
_ALIKE = 0.75
#: The same as a share of what the place would have in common with itself.
_ALIKE_SHARE = 0.3
_NAME_ALIKE_SHARE = 0.4
#: Where the passage has the name as well, only a place that is much more alike was meant.
_NAME_ALIKE_TWICE, _NAME_MORE_ALIKE = 0.5, 2.5
#: Where the one sentence of the passage has it as often as the claim.
_NAME_SURELY = 0.6
#: Two numbers that fit so much better with their places exchanged were exchanged.
_CROSSED = 1.05
#: The longest text between two numbers that links them, in characters.
_LINK = 6
#: What stands between the numbers of one list, but for other numbers of it.
_LISTED = re.compile(r"(?:[\d.\s%–-]|, |,? (?:and|or|and again in)\b)*")
_NAME_BEHIND = re.compile(r" [A-Z][a-z]")
_EACH_ITS_OWN = re.compile(r"\b(?:respectively|vs|versus)\b", re.IGNORECASE)
#: "Aged 60 or older" counts years.
_AGED = frozenset(map(stem, ("aged", "age", "older", "younger", "old")))


class Misplaced(NamedTuple):
    """``elsewhere``: the passages have the number, or another one in its place; else they have no such number."""

    number: Number
    elsewhere: bool


def misplaced_number(claimed: Claim, window: Sequence[Passage], passages: Passages) -> Misplaced | None:
    """The first number of a claim that its passages do not have, or have of something else."""
    if not claimed.placed:
        return None
    theirs = [
        (number, passage, passage.wording.place(number.start, number.end))
        for passage in window
        for number in (*passage.numbers, *passage.implied_numbers)
    ]
    places = [claimed.wording.place(number.start, number.end) for number in claimed.placed]
    likeness = [[place.likeness(there, passages.weight) for _, _, there in theirs] for place in places]
    same = [
        [same_quantity(number, other, claimed, passage) for other, passage, _ in theirs] for number in claimed.placed
    ]
    for index, number in enumerate(claimed.placed):
        mine = [alike for alike, equal in zip(likeness[index], same[index], strict=True) if equal]
        if not mine and number.values == {"1"}:
            mine = [_likeness_to_word(places[index], "one", passage, passages) for passage in window]
        if _is_in_name(number, claimed.wording.text) and any(
            equal and other.following[:1] == number.following[:1]
            for equal, (other, _, _) in zip(same[index], theirs, strict=True)
        ):
            continue  # "51 Pegasi", whatever else the passage counts
        own = max(mine, default=-1.0)
        floor = max(_ALIKE, _ALIKE_SHARE * places[index].likeness(places[index], passages.weight))
        for at, (other, _, _) in enumerate(theirs):
            rival = likeness[index][at]
            if same[index][at] or rival < floor or not _may_replace(number, other, found=own >= 0):
                continue
            partner = next((i for i in range(len(places)) if i != index and same[i][at]), None)
            if partner is None and any(
                equal and _are_listed(theirs[here], theirs[at]) for here, equal in enumerate(same[index])
            ):
                continue
            if partner is None and rival > own * _MORE_ALIKE:
                return Misplaced(number, True)
            if partner is not None and _crossed(index, partner, at, likeness, same):
                return Misplaced(number, True)
        sizes = claimed.list_sizes.union(*(passage.list_sizes for passage in window))
        if own < 0 and not number.is_loose and not is_count_of(number, sizes):
            return Misplaced(number, False)
    return _said_too_often(claimed, window) or _inverted(claimed, window) or _counts_another(claimed, window)


def _is_in_name(number: Number, text: str) -> bool:
    return bool(number.following) and _NAME_BEHIND.match(text, number.end) is not None


def _are_listed(one: tuple[Number, Passage, Place], other: tuple[Number, Passage, Place]) -> bool:
    """Whether two numbers stand in one list ("in 1654–57, 1665 and 1691"), so that the same is said of both."""
    (first, passage, _), (second, its, _) = sorted((one, other), key=lambda found: found[0].start)
    text = passage.wording.text
    if passage is not its or _EACH_ITS_OWN.search(text):
        return False
    return _LISTED.fullmatch(text, first.end, second.start) is not None


def _said_too_often(claimed: Claim, window: Sequence[Passage]) -> Misplaced | None:
    """ "30–30 %" of "20–30 %": a number that the passages have less often than the claim."""
    theirs = Counter(value for passage in window for number in passage.numbers for value in number.values)
    ours = Counter(value for number in claimed.placed for value in number.values)
    for number in claimed.placed:
        if ours[value := min(number.values)] > max(1, theirs[value]):
            return Misplaced(number, True)
    return None


def _counts_another(claimed: Claim, window: Sequence[Passage]) -> Misplaced | None:
    """ "39 convicts" of "39 privates and 307 convicts": what the passages count by another number alone."""
    theirs = [number for passage in window for number in passage.numbers if number.following]
    for number in claimed.placed:
        same = [other for other in theirs if other.values & number.values]
        if number.unit or not number.following or not same:
            continue
        counted = number.following[0]
        by_another = any(other.following[0] == counted for other in theirs if not other.values & number.values)
        if by_another and not any(counted in other.following for other in same):
            return Misplaced(number, True)
    return None


def _inverted(claimed: Claim, window: Sequence[Passage]) -> Misplaced | None:
    """ "70/30" of "30/70", "198 of 16" of "16 of 198": neighbours exchanged about what links them."""
    each = _EACH_ITS_OWN.search(claimed.wording.text) and any(
        _EACH_ITS_OWN.search(item.wording.text) for item in window
    )
    linked = frozenset[str]() if each else _LINKED_ALIKE
    ours = dict(_neighbours(claimed.placed, claimed.wording.text, linked))
    theirs = frozenset(pair for item in window for pair, _ in _neighbours(item.numbers, item.wording.text, linked))
    for (first, link, second), number in ours.items():
        if first != second and (second, link, first) in theirs and (first, link, second) not in theirs:
            return Misplaced(number, True)
    return None


def _neighbours(
    numbers: Sequence[Number], text: str, linked: AbstractSet[str]
) -> Iterator[tuple[tuple[str, str, str], Number]]:
    """But for those that are ``linked`` so that their order says nothing."""
    for first, second in pairwise(numbers):
        link = text[first.end : second.start].strip()
        if len(link) <= _LINK and link not in linked:
            yield (min(first.values), link, min(second.values)), first


def _may_replace(number: Number, other: Number, *, found: bool) -> bool:
    """A year stands for no other quantity, where the passage has that year; nor does one unit stand for another."""
    return (
        not other.is_implied
        and number.category == other.category
        and (not number.values & other.values or (number.is_bare and number.unit != other.unit))
        and not (found and number.is_year and not other.is_year)
        and not (found and number.unit and other.unit and number.unit != other.unit)
    )


def _crossed(index: int, partner: int, at: int, likeness: list[list[float]], same: list[list[bool]]) -> bool:
    """Whether two numbers of a claim fit their passage better with their places exchanged."""
    mine = max((alike for alike, equal in zip(likeness[index], same[index], strict=True) if equal), default=0.0)
    own_at = max(
        (place for place, equal in enumerate(same[index]) if equal),
        key=lambda place: likeness[index][place],
        default=None,
    )
    if own_at is None:
        return False
    straight = mine + likeness[partner][at]
    return likeness[index][at] + likeness[partner][own_at] > straight * _CROSSED


def _likeness_to_word(place: Place, word: str, passage: Passage, passages: Passages) -> float:
    wording = passage.wording
    return max(
        (
            place.likeness(wording.place(start, start + len(word)), passages.weight)
            for start, raw in zip(wording.starts, wording.raw, strict=True)
            if raw.lower() == word
        ),
        default=-1.0,
    )


def same_quantity(number: Number, other: Number, claimed: Claim, passage: Passage) -> bool:
    """Equal values, and units that agree or are told by the words around."""
    if number.is_bare:
        return number.unit == other.unit and bool(
            number.values & other.values or ("~" in number.values and other.unit and not other.is_bare)
        )
    if not number.values & other.values:
        return False
    if number.unit == other.unit:
        return True
    if number.unit and other.unit:
        return False
    told = passage.terms if number.unit else claimed.terms
    unit = number.unit or other.unit
    if unit == UNITS["years"] and not told.isdisjoint(_AGED):
        return True
    if number.unit and other.following:
        return unit in map(
            UNITS.get, other.following
        )  # "0.3 kilometres" is not "0.3 furlongs", whatever else is said of kilometres
    if not told.isdisjoint((unit, stem(unit))):
        return True
    return not number.unit and not number.following and unit != "%"


def exchanged_name(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """The first name of a claim that stands where its passages have another one, which the claim leaves out."""
    common = frozenset(raw for passage in window for raw in passage.wording.raw if raw[0].islower())
    names = frozenset(_key(name) for name in claimed.names if name.lower() not in common)
    if not names or passages.nouns_are_capitalised:
        return None
    said = Counter(map(_key, claimed.wording.raw))
    theirs = Counter(_key(raw) for passage in window for raw in passage.wording.raw)
    short = window[0].excerpt.initials
    names = frozenset(n for n in names if n in theirs or (n not in short and not is_named_among(n, theirs)))
    rivals = [
        (key, place)
        for passage in window
        for key, place in _name_places(passage.wording)
        if theirs[key] > said[key] and key in passages.names and not is_named_among(key, said)
    ]
    if not rivals:
        return None
    if not passages.is_english:  # another form of a word, not another name
        names = frozenset(name for name in names if not any(akin(name, other) for other in theirs if other != name))
    own_places = [(key, place) for passage in window for key, place in _places(passage.wording, names)]
    for name, place in _places(claimed.wording, names):
        other = max((place.likeness(there, passages.weight) for key, there in rivals if key != name), default=0.0)
        self_likeness = place.likeness(place, passages.weight)
        if other < max(_ALIKE, _NAME_ALIKE_SHARE * self_likeness):
            continue
        own = max((place.likeness(there, passages.weight) for key, there in own_places if key == name), default=0.0)
        own_sentence = len(window) == 1 and 0 < said[name] <= theirs[name]
        if own_sentence:
            certain = other > own * _NAME_MORE_ALIKE and other >= _NAME_SURELY * self_likeness
        else:
            certain = own <= 0 or (other > own * _NAME_MORE_ALIKE and other >= _NAME_ALIKE_TWICE * self_likeness)
        if certain:
            return name
    return None


def _key(word: str) -> str:
    return stem(word.lower().replace("’", "'"))


def _places(wording: Wording, keys: AbstractSet[str]) -> Iterator[tuple[str, Place]]:
    for start, raw in zip(wording.starts, wording.raw, strict=True):
        if (key := _key(raw)) in keys:
            yield key, wording.place(start, start + len(raw))


def _name_places(wording: Wording) -> Iterator[tuple[str, Place]]:
    for start, raw, content in zip(wording.starts, wording.raw, wording.stems, strict=True):
        if raw[0].isupper() and content:
            yield _key(raw), wording.place(start, start + len(raw))
