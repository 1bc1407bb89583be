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
_ARTICLES = frozenset(word_list("a an the its their his her"))


def crossed(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where a claim has "a b" and then "c d", and its passage "a d" and then "c b" only; of names in any
    order."""
    ours, theirs = neighbours(claimed.wording), [found for passage in window for found in neighbours(passage.wording)]
    ways, their_ways = dict(ours), dict(theirs)
    names = frozenset(stem(name.lower().removesuffix("'s")) for name in claimed.names)
    new = list(dict.fromkeys(pair for pair, _ in ours if pair not in their_ways))
    places = {pair: place for place, (pair, _) in enumerate(theirs) if pair not in ways}
    for (one, other), (third, fourth) in combinations(new, 2):
        first, second = places.get((one, fourth)), places.get((third, other))
        apart = len({one, other, third, fourth}) == 4
        if not apart or first is None or second is None:
            continue
        if ways[one, other] != their_ways[third, other] or ways[third, fourth] != their_ways[one, fourth]:
            continue  # "Collins settled Victoria at Port Phillip": of "Victoria was settled by Collins at Port Phillip"
        if first < second or {one, third} <= names or {other, fourth} <= names:
            return f"its passage has “{other}” and “{fourth}” the other way round"
    return None


def neighbours(wording: Wording) -> list[tuple[tuple[str, str], tuple[str, ...]]]:
    """Each content word with the next one of its clause, in order, and what links them but for articles."""
    found = []
    last = ""
    links: list[str] = []
    for raw, term in zip(wording.raw, wording.stems, strict=True):
        lowered = raw.lower()
        if lowered in _STOPS:
            last = ""
        elif key := term or (lowered if lowered in _TELLING else ""):
            if last:
                found.append(((last, key), tuple(links)))
            last, links = key, []
        elif lowered not in _ARTICLES:
            links.append(lowered)
    return found
