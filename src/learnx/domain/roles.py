"""Whether a sentence swaps who does something with whom it is done to: "A feeds B" where its passage has B feed A."""

from collections.abc import Sequence
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.passages import Passage, Passages
from learnx.domain.synonyms import SYNONYMS
from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

#: What may stand between a doer and a deed without making it another construction.
_LIGHT = frozenset(
    word_list("""
    a an the this that these those its their his her our your my each every some any all most many several both such
    can may might could will would also often usually typically generally then thus therefore directly always only
    more less very much other another certain first it they
    """)
)
_STOPS = frozenset(",;:.()—–") | frozenset(word_list("and or but"))
_PREPOSITIONS = frozenset(
    word_list("""
    to by in on at of from with for into onto over under than as against through during after before within between
    among across along toward towards about around
    """)
)
_SUBORDINATORS = frozenset(
    word_list("when that which who whose where while because if although until since whereas so")
)
_JOINING = frozenset(word_list("and or"))
#: Where something comes from and where it goes, each in one of these words.
_WAYS = {"from": 0, "to": 1, "into": 1, "onto": 1, "toward": 1, "towards": 1}
#: Words that have sides like a verb, though they carry no subject matter.
_COMPARING = frozenset(word_list("than before after against behind above below over under into"))
_REACH = 4
#: Shorter words of other languages are function words mostly.
_SHORTEST_FOREIGN = 5
_NONE = frozenset[str]()


class Turn(NamedTuple):
    """Around one word: the content words of its sides, the doer's first, nearest first, and what links them to it."""

    pivot: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    link_before: tuple[str, ...]
    link_after: tuple[str, ...]


def swapped_roles(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """Said in words, where the sides of one word have changed places and no passive explains it."""
    ours = _turns(claimed.wording, passages)
    for pivot, raw, turn in ours:
        same = {pivot} | IRREGULAR.get(pivot, _NONE)
        theirs = [other for passage in window for key, _, other in _turns(passage.wording, passages) if key in same]
        if not theirs:
            akin = SYNONYMS.get(pivot, _NONE)
            theirs = [other for passage in window for key, _, other in _turns(passage.wording, passages) if key in akin]
        if theirs and all(_is_swapped(turn, other) for other in theirs):
            return f"its passage has the sides of “{raw}” the other way round"
    return _other_way(claimed, window)


def _turns(wording: Wording, passages: Passages) -> list[tuple[str, str, Turn]]:
    found = []
    for place, (raw, term) in enumerate(zip(wording.raw, wording.stems, strict=True)):
        pivot = term or (raw.lower() if raw.lower() in _COMPARING else "")
        if not pivot or (len(raw) < _SHORTEST_FOREIGN and not passages.is_english):
            continue
        turn = _turn(wording, place, pivot)
        if turn.before and turn.after:
            found.append((pivot, raw, turn))
    return found


def _is_swapped(ours: Turn, theirs: Turn) -> bool:
    if ours.link_after != theirs.link_after or ours.link_before != theirs.link_before:
        return False
    if theirs.pivot in _COMPARING:
        return _cross(ours, theirs)
    first, second = _shared(ours.before, theirs.after), _shared(ours.after, theirs.before)
    kept = _shared(ours.before, theirs.before) + _shared(ours.after, theirs.after)
    return first > 0 and second > 0 and first + second > 2 * kept


def _cross(ours: Turn, theirs: Turn) -> bool:
    """Whether each side has a word that stands on the other side only."""
    before, after = frozenset(ours.before), frozenset(ours.after)
    first = before & frozenset(theirs.after) - after - frozenset(theirs.before)
    second = after & frozenset(theirs.before) - before - frozenset(theirs.after)
    return bool(first and second)


def _shared(these: Sequence[str], those: Sequence[str]) -> float:
    """Grows with every word that both sides have; more where it stands near to the deed."""
    return sum(1 / (1 + these.index(term)) / (1 + those.index(term)) for term in frozenset(these) & frozenset(those))


def _turn(wording: Wording, place: int, pivot: str) -> Turn:
    before, link_before = _side(wording, range(place - 1, -1, -1))
    after, link_after = _side(wording, range(place + 1, len(wording.raw)))
    if link_after == ("by",):
        return Turn(pivot, after, before, (), ())
    return Turn(pivot, before, after, link_before, link_after)


def _side(wording: Wording, places: range) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terms: list[str] = []
    link: list[str] = []
    for place in places:
        raw, term = wording.raw[place].lower(), wording.stems[place]
        if raw in _STOPS and (terms or raw not in _JOINING):
            break
        if term and not (raw.endswith("ly") and not terms):
            terms.append(term)
            if len(terms) == _REACH:
                break
        elif not terms and raw not in _LIGHT and raw.isalpha() and len(raw) > 1:
            link.append(raw)
        elif terms and (raw in _SUBORDINATORS or (raw in _PREPOSITIONS and raw != "of")):
            break
    return tuple(terms), tuple(link)


def _other_way(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """ "From the liver to the muscle" of "from the muscle to the liver"."""
    ours = _ends(claimed.wording)
    if not all(ours):
        return None
    for passage in window:
        theirs = _ends(passage.wording)
        crossed = ours[0] & theirs[1] and ours[1] & theirs[0]
        if crossed and not ours[0] & theirs[0] and not ours[1] & theirs[1]:
            return "its passage has it the other way round"
    return None


def _ends(wording: Wording) -> tuple[frozenset[str], frozenset[str]]:
    """The nearest content words behind "from", and behind "to"."""
    found: tuple[set[str], set[str]] = (set(), set())
    for place, raw in enumerate(wording.raw):
        way = _WAYS.get(raw.lower())
        if way is not None:
            found[way].update(_side(wording, range(place + 1, len(wording.raw)))[0])
    return frozenset(found[0]), frozenset(found[1])
