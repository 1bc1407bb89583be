"""Whether a sentence says the contrary of its passage: a negation more or less, or a word put for its contrary."""

from collections import Counter
from collections.abc import Sequence

from learnx.domain.claims import Claim
from learnx.domain.evidence_contraries import contraries
from learnx.domain.negations import Negation
from learnx.domain.passages import Passage


def turned(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Says in words what is turned, for the model that has to write the sentence again."""
    theirs = [negation for passage in window for negation in passage.negations]
    lacking = _unmatched(claimed.negations, theirs)
    if lacking:
        return "its passage says it without the negation"
    terms = claimed.terms
    dropped = [negation for negation in _unmatched(theirs, claimed.negations) if negation.denies_of(terms)]
    if dropped:
        return "its passage negates it"
    stems = Counter(stem for passage in window for stem in passage.stems)
    said = Counter(claimed.stems)
    for word, count in said.items():
        if count > stems[word] and any(stems[contrary] > said[contrary] for contrary in contraries(word)):
            return "its passage says the contrary"
    return None


def _unmatched(these: Sequence[Negation], those: Sequence[Negation]) -> list[Negation]:
    """Each negation takes at most one of the others, the most alike first."""
    pairs = sorted(
        ((len(one.scope & other.scope), i, j) for i, one in enumerate(these) for j, other in enumerate(those)),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken: set[int] = set()
    matched: set[int] = set()
    for shared, one, other in pairs:
        if one not in matched and other not in taken and (shared or not these[one].scope or not those[other].scope):
            matched.add(one)
            taken.add(other)
    return [negation for place, negation in enumerate(these) if place not in matched]
