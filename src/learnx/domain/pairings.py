"""Whether a sentence says of one thing what its passage says of another, and the reverse: "some bees see heat, and some
snakes see ultraviolet light" of "some bees see ultraviolet light, and some snakes see heat"."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from learnx.domain.claims import Claim
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.kinship import root
from learnx.domain.passages import Passage
from learnx.domain.synonyms import close_synonyms
from learnx.domain.terms import word_list
from learnx.domain.wording import Wording

_BOUNDARIES = frozenset(";:.—–") | frozenset(word_list("but while whereas although though"))
#: A comma before one of these does not part a thing from what is said of it.
_RELATIVE = frozenset(word_list("which who whose where"))
#: An "and" before one of these begins a clause; else it may well link two words of one.
_OPENING = frozenset(
    word_list("""
    the a an its their his her it they he she this these those some many most in for on to by no
    """)
)
_JOINING = frozenset(word_list("and or"))
_NONE = frozenset[str]()


def exchanged_pairing(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where each of two clauses of a claim has something of both of two clauses of its passage, so that
    the passage pairs each with the other."""
    ours = clause_places(claimed.wording)
    if len(frozenset().union(*ours.values())) < 2:
        return None
    for passage in window:
        if found := _mixed(dict(_shared(ours, clause_places(passage.wording)))):
            one, other = (_written(term, claimed.wording) for term in found)
            return f"its passage does not say “{other}” of “{one}”"
    return None


def _mixed(shared: Mapping[str, tuple[int, int]]) -> tuple[str, str] | None:
    """Two terms of one clause of the claim that two clauses of the passage have, both of which another clause has."""
    rows: dict[int, dict[int, str]] = defaultdict(dict)
    for term, (ours, theirs) in shared.items():
        rows[ours].setdefault(theirs, term)
    for first, second in combinations(rows.values(), 2):
        both = sorted(first.keys() & second.keys())
        if len(both) > 1:
            return first[both[0]], first[both[1]]
    return None


def _written(term: str, wording: Wording) -> str:
    return next(raw for raw, stem in zip(wording.raw, wording.stems, strict=True) if term in (stem, raw.lower()))


@lru_cache(maxsize=512)
def clause_places(wording: Wording) -> dict[str, set[int]]:
    """In which clauses, counted from 0, each content word and each number in digits stands; none within brackets."""
    found: dict[str, set[int]] = defaultdict(set)
    clause = depth = 0
    lowered = [raw.lower() for raw in wording.raw]
    for raw, term, behind in zip(lowered, wording.stems, [*lowered[1:], ""], strict=True):
        depth = max(0, depth + (raw == "(") - (raw == ")"))
        joined = raw in _JOINING and behind in _OPENING
        if joined or raw in _BOUNDARIES or (raw == "," and behind not in _RELATIVE):
            clause += 1
        if not depth and (key := term or (raw if raw[0].isdigit() else "")):
            found[key].add(clause)
    return dict(found)


def _shared(ours: dict[str, set[int]], theirs: dict[str, set[int]]) -> Iterator[tuple[str, tuple[int, int]]]:
    """The clauses of what stands in one clause of either, in whatever form."""
    forms: dict[str, set[str]] = defaultdict(set)
    for term in theirs:
        forms[root(term)].add(term)
    for term, clauses in ours.items():
        same = {term} if term in theirs else forms[root(term)] | theirs.keys() & _retold(term)
        if len(clauses) == 1 and len(same - (ours.keys() - {term})) == 1:
            (other,) = same - (ours.keys() - {term})
            if len(theirs[other]) == 1:
                yield term, (min(clauses), min(theirs[other]))


def _retold(term: str) -> frozenset[str]:
    return close_synonyms(term) | IRREGULAR.get(term, _NONE)
