"""Whether two words of a sentence stand beside each other's neighbours: "first falls, then rises" of the reverse."""

from collections.abc import Sequence
from itertools import combinations

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import stem, word_list
from learnx.domain.wording import Wording

_STOPS = frozenset(",;:.()—–") | frozenset(word_list("and or but while whereas"))
#: Words without subject matter that tell two things apart.
_TELLING = frozenset(word_list("first second then last former latter"))


def crossed(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where a claim has "a b" and then "c d", and its passage "a d" and then "c b" only; of names in any
    order."""
    ours = neighbours(claimed.wording)
    theirs = [pair for passage in window for pair in neighbours(passage.wording)]
    names = frozenset(stem(name.lower().removesuffix("'s")) for name in claimed.names)
    new = list(dict.fromkeys(pair for pair in ours if pair not in theirs))
    places = {pair: place for place, pair in enumerate(theirs) if pair not in ours}
    for (one, other), (third, fourth) in combinations(new, 2):
        first, second = places.get((one, fourth)), places.get((third, other))
        apart = len({one, other, third, fourth}) == 4
        if not apart or first is None or second is None:
            continue
        if first < second or {one, third} <= names or {other, fourth} <= names:
            return f"its passage has “{other}” and “{fourth}” the other way round"
    return None


def neighbours(wording: Wording) -> list[tuple[str, str]]:
    """Each content word with the next one of its clause, in order."""
    found = []
    last = ""
    for raw, term in zip(wording.raw, wording.stems, strict=True):
        lowered = raw.lower()
        if lowered in _STOPS:
            last = ""
        elif key := term or (lowered if lowered in _TELLING else ""):
            if last:
                found.append((last, key))
            last = key
    return found
