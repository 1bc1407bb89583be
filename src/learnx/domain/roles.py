"""Whether a sentence swaps who does something with whom it is done to: "A feeds B" where its passage has B feed A."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from learnx.domain.claims import Claim
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.pairings import clause_places
from learnx.domain.passages import Passage, Passages
from learnx.domain.synonyms import close_synonyms
from learnx.domain.turns import COMPARING, side, turns
from learnx.domain.wording import Turn, Wording

#: Where something comes from and where it goes, each in one of these words.
_WAYS = {"from": 0, "to": 1, "into": 1, "onto": 1, "toward": 1, "towards": 1}
#: Shorter words of other languages are function words mostly.
_SHORTEST_FOREIGN = 5
#: So many words next to a deed say who or what is meant.
_NEXT = 2
#: A deed that is told so often pairs who does it with whom it is done to.
_PAIRS = 2
_NONE = frozenset[str]()


def swapped_roles(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """Said in words, where the sides of one word have changed places and no passive explains it."""
    for pivot, ours in turns(claimed.wording).items():
        if len(pivot) < _SHORTEST_FOREIGN and not passages.is_english:
            continue
        theirs = _of({pivot} | IRREGULAR.get(pivot, _NONE), window) or _of(close_synonyms(pivot), window)
        if theirs and any(all(_is_swapped(turn, other) for other in theirs) for turn in ours):
            return f"its passage has the sides of “{pivot}” the other way round"
        if len(theirs) > 1 and any(_is_of_no_pair(turn, theirs) for turn in ours):
            return f"its passage says “{pivot}” of other pairs"
        if theirs and any(all(_is_of_another(turn, other, claimed, window) for other in theirs) for turn in ours):
            return f"its passage says “{pivot}” of something else"
    return _other_way(claimed, window)


def _of(pivots: AbstractSet[str], window: Sequence[Passage]) -> list[Turn]:
    return [
        turn
        for passage in window
        for found in (turns(passage.wording),)
        for pivot in pivots & found.keys()
        for turn in found[pivot]
    ]


def _is_swapped(ours: Turn, theirs: Turn) -> bool:
    if ours.link_after != theirs.link_after or ours.link_before != theirs.link_before:
        return False
    if theirs.pivot in COMPARING:
        return _cross(ours, theirs)
    if _ends_exchanged(ours, theirs):
        return True
    first, second = _shared(ours.before, theirs.after), _shared(ours.after, theirs.before)
    kept = _shared(ours.before, theirs.before) + _shared(ours.after, theirs.after)
    return first > 0 and second > 0 and first + second > 2 * kept


def _is_of_another(ours: Turn, theirs: Turn, claimed: Claim, window: Sequence[Passage]) -> bool:
    """ "The king founded it" where an admiral did, whom the claim does not name, and the king did something else."""
    if ours.link_after != theirs.link_after or ours.link_before != theirs.link_before or ours.pivot in COMPARING:
        return False
    if any(passage.list_sizes for passage in window):
        return False  # which may name several who did it
    places = [clause_places(passage.wording) for passage in window]
    for mine, others, same, kept in (
        (ours.before, theirs.before, ours.after, theirs.after),
        (ours.after, theirs.after, ours.before, theirs.before),
    ):
        if claimed.terms.isdisjoint(others[:_NEXT]) and same[0] == kept[0]:
            standing = [found for found in places if mine[0] in found and theirs.pivot in found]
            if standing and all(found[mine[0]].isdisjoint(found[theirs.pivot]) for found in standing):
                return True
    return False


def _is_of_no_pair(ours: Turn, theirs: Sequence[Turn]) -> bool:
    """ "Cod feed on copepods" of "herring feed on copepods, and cod feed on herring"."""
    alike = [turn for turn in theirs if turn.link_after == ours.link_after and turn.link_before == ours.link_before]
    doer, done = ours.before[0], ours.after[0]
    if len(alike) < _PAIRS or not any(doer in turn.before + turn.after for turn in alike):
        return False
    if not any(done in turn.before + turn.after for turn in alike):
        return False
    return not any(doer in turn.before and done in turn.after for turn in alike)


def _ends_exchanged(ours: Turn, theirs: Turn) -> bool:
    """Whether who does it stands on the other side, and who did it on this one, whatever else is the same."""
    doer, other = ours.before[0], theirs.before[0]
    return doer in theirs.after and doer not in theirs.before and other in ours.after and other not in ours.before


def _cross(ours: Turn, theirs: Turn) -> bool:
    """Whether each side has a word that stands on the other side only."""
    before, after = frozenset(ours.before), frozenset(ours.after)
    first = before & frozenset(theirs.after) - after - frozenset(theirs.before)
    second = after & frozenset(theirs.before) - before - frozenset(theirs.after)
    return bool(first and second)


def _shared(these: Sequence[str], those: Sequence[str]) -> float:
    """Grows with every word that both sides have; more where it stands near to the deed."""
    return sum(1 / (1 + these.index(term)) / (1 + those.index(term)) for term in frozenset(these) & frozenset(those))


def _other_way(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """ "From the liver to the muscle" of "from the muscle to the liver"."""
    ours = _ends(claimed.wording)
    if not all(ours):
        return None
    for passage in window:
        theirs = _ends(passage.wording)
        first, second = ours[0] & theirs[1], ours[1] & theirs[0]
        kept = len(ours[0] & theirs[0]) + len(ours[1] & theirs[1])
        if first and second and len(first) + len(second) > 2 * kept:
            return "its passage has it the other way round"
    return None


def _ends(wording: Wording) -> tuple[frozenset[str], frozenset[str]]:
    """The nearest content words behind "from", and behind "to"."""
    found: tuple[set[str], set[str]] = (set(), set())
    for place, raw in enumerate(wording.raw):
        way = _WAYS.get(raw.lower())
        if way is not None:
            found[way].update(side(wording, range(place + 1, len(wording.raw)))[0])
    return frozenset(found[0]), frozenset(found[1])
