"""Whether a sentence that is worded as its passage has another function word in a place: "must" for "may", "unless" for
"if", "is caused by" for "causes"."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.function_word_senses import (
    BOUNDING,
    DENIALS,
    DENYING,
    MORE,
    PHRASES,
    RETOLD_BY_DENIAL,
    SAYS,
    TURNING,
)
from learnx.domain.passages import Passage
from learnx.domain.terms import stem, word_list
from learnx.domain.wording import Wording

#: From this share of equal words on, in order, a sentence is worded as its passage.
_ALIKE = 0.7
#: So many words behind what is left out are the same, where it was left out of what is said.
_NEXT = 2
#: What a phrase begins with.
_OPENING = frozenset(phrase[0] for phrase in PHRASES)
_BE = frozenset(word_list("is are was were be been being"))


class _Word(NamedTuple):
    """``key`` is what it is compared by, ``raw`` how it is written; ``term`` is "" for a function word."""

    key: str
    raw: str
    term: str


def exchanged_function_word(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, what a claim has in the place of another function word of its passage, or puts on top of it."""
    ours = _words(claimed.wording)
    for passage in window:
        theirs = _words(passage.wording)
        if _telling(ours) == _telling(theirs):
            continue
        matcher = SequenceMatcher(None, [word.key for word in theirs], [word.key for word in ours], autojunk=False)
        blocks = matcher.get_matching_blocks()
        if sum(block.size for block in blocks) < _ALIKE * len(ours):
            continue
        same = {block.b + at: block.a + at for block in blocks for at in range(block.size)}
        if found := _exchanged(ours, theirs, matcher.get_opcodes()) or _turned_passive(ours, theirs, same):
            return found
    return None


def _exchanged(
    ours: Sequence[_Word], theirs: Sequence[_Word], changes: Sequence[tuple[str, int, int, int, int]]
) -> str | None:
    """The first function word that stands for another one of the same matter, or says more. Who denies what a passage
    does not deny may well say "without" where it has "with"."""
    turning = _denials(ours) != _denials(theirs)
    unsaid = frozenset(word.key for word in theirs).difference(word.key for word in ours)
    more = sum(word.key in DENYING for word in ours) > sum(word.key in DENYING for word in theirs)
    denying = more and unsaid.isdisjoint(RETOLD_BY_DENIAL)
    for tag, first, last, start, end in changes:
        mine, its = ours[start:end], theirs[first:last]
        if tag == "equal" or any(word.term for word in (*mine, *its)):
            continue
        if denying and (word := next((word for word in mine if word.key in DENYING), None)):
            return f"its passage does not say “{word.raw}” there"
        for word in mine:
            for matter, said in SAYS.get(word.key, {}).items():
                if turning and matter in TURNING:
                    continue
                others = {found for other in its if (found := SAYS.get(other.key, {}).get(matter))}
                if (others and said not in others) or (not its and said in MORE):
                    return f"its passage does not say “{word.raw}” there"
        bound = next((word for word in its if word.key in BOUNDING), None)
        if bound and all(word.key in _BE for word in mine) and _goes_on(ours, theirs, end, last):
            return f"its passage says “{bound.raw}” there"
    return None


def _denials(words: Sequence[_Word]) -> list[str]:
    return sorted(word.key for word in words if word.key in DENIALS)


def _goes_on(ours: Sequence[_Word], theirs: Sequence[_Word], place: int, there: int) -> bool:
    """Whether both say the same next words."""
    mine, its = ours[place : place + _NEXT], theirs[there : there + _NEXT]
    return len(mine) > 0 and [word.key for word in mine] == [word.key for word in its]


def _turned_passive(ours: Sequence[_Word], theirs: Sequence[_Word], same: Mapping[int, int]) -> str | None:
    """ "B is caused by A" of "B causes A": the deed done to who does it, with the same words before and behind."""
    for ours_, theirs_, along in ((ours, theirs, same), (theirs, ours, {there: here for here, there in same.items()})):
        for place in range(1, len(ours_) - 1):
            if ours_[place - 1].key not in _BE or ours_[place + 1].key != "by" or place not in along:
                continue
            there = along[place]
            if along.get(place - 2) == there - 1 and along.get(place + 2) == there + 1 and there + 1 < len(theirs_):
                return f"its passage has the sides of “{ours_[place].raw}” the other way round"
    return None


def _telling(words: Sequence[_Word]) -> list[str]:
    return [
        word.key for word in words if word.key in SAYS or word.key in DENYING or word.key in _BE or word.key == "by"
    ]


def _words(wording: Wording) -> list[_Word]:
    return list(_joined(wording))


def _joined(wording: Wording) -> Iterator[_Word]:
    lowered = [raw.lower() for raw in wording.raw]
    place = 0
    while place < len(lowered):
        for size in (3, 2) if lowered[place] in _OPENING else ():
            if phrase := PHRASES.get(tuple(lowered[place : place + size])):
                yield _Word(phrase, " ".join(wording.raw[place : place + size]), "")
                place += size
                break
        else:
            raw, term = lowered[place], wording.stems[place]
            if raw[0].isalnum():
                known = raw in SAYS
                yield _Word(raw if known else term or stem(raw), wording.raw[place], "" if known else term)
            place += 1
