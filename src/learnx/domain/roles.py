"""Whether a sentence swaps who does something with whom it is done to: "A feeds B" where its passage has B feed A."""

from collections.abc import Sequence
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

#: What may stand between a doer and a deed without making it another construction.
_LIGHT = frozenset(
    word_list("""
    a an the this that these those its their his her our your my each every some any all most many several both such
    can may might could will would also often usually typically generally then thus therefore directly always only
    more less very much
    """)
)
_STOPS = frozenset(",;:.()—–") | frozenset(word_list("and or but"))
_PREPOSITIONS = frozenset(word_list("to by in on at of from with for into onto over under than as against through"))
_SUBORDINATORS = frozenset(
    word_list("when that which who whose where while because if although until after before since")
)
_REACH = 4


class Turn(NamedTuple):
    """Around one content word: the content words of its sides, nearest first, and what links them to it."""

    before: tuple[str, ...]
    after: tuple[str, ...]
    link_before: tuple[str, ...]
    link_after: tuple[str, ...]


def swapped_roles(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where the sides of one word have changed places and nothing (a passive, "by") explains it."""
    for place, pivot in enumerate(claimed.wording.stems):
        if not pivot:
            continue
        ours = _turn(claimed.wording, place)
        if not ours.before or not ours.after:
            continue
        theirs = [
            _turn(passage.wording, there)
            for passage in window
            for there, term in enumerate(passage.wording.stems)
            if term == pivot
        ]
        if theirs and all(_is_swapped(ours, turn) for turn in theirs):
            return f"its passage has the sides of “{claimed.wording.raw[place]}” the other way round"
    return None


def _is_swapped(ours: Turn, theirs: Turn) -> bool:
    if ours.link_after != theirs.link_after or ours.link_before != theirs.link_before:
        return False
    before, after = set(ours.before), set(ours.after)
    return (
        bool(before & set(theirs.after))
        and bool(after & set(theirs.before))
        and not before & set(theirs.before)
        and not after & set(theirs.after)
    )


def _turn(wording: Wording, place: int) -> Turn:
    before, link_before = _side(wording, range(place - 1, -1, -1))
    after, link_after = _side(wording, range(place + 1, len(wording.raw)))
    return Turn(before, after, link_before, link_after)


def _side(wording: Wording, places: range) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terms: list[str] = []
    link: list[str] = []
    for place in places:
        raw, term = wording.raw[place].lower(), wording.stems[place]
        if raw in _STOPS:
            break
        if term:
            terms.append(term)
            if len(terms) == _REACH:
                break
        elif not terms and raw not in _LIGHT and raw.isalpha() and len(raw) > 1:
            link.append(raw)
        elif terms and (raw in _SUBORDINATORS or (raw in _PREPOSITIONS and raw != "of")):
            break
    return tuple(terms), tuple(link)
