"""Whether a sentence says the contrary of its passage: a negation more or less, or a word put for its contrary."""

from collections import Counter
from collections.abc import Sequence

from learnx.domain.claims import Claim
from learnx.domain.evidence_contraries import contraries
from learnx.domain.negations import Negation
from learnx.domain.passages import Passage
from learnx.domain.terms import stem, word_list

#: Words that deny softly: where one text has such a word and the other has not, a negation may stand for it.
_SOFTLY = frozenset(
    stem(word)
    for word in word_list("""
    few fewer little unless prevent prevents prevented avoid avoids avoided exclude excludes excluded deny denies denied
    reject rejects rejected lose loses lost stop stops stopped instead rather failed miss misses missed missing free
    remain remains remained beyond impossible unknown against ban bans banned forbid forbids forbidden too mild mildly
    asymptomatic independent regardless only except unlike despite hardly barely unaffected unchanged same
    constant stable steady gone end ends
    """)
)


def turned(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Says in words what is turned, for the model that has to write the sentence again."""
    theirs = [negation for passage in window for negation in passage.negations]
    added = _unmatched(claimed.negations, theirs)
    dropped = [item for item in _unmatched(theirs, claimed.negations) if item.denies_of(claimed.terms)]
    own, other = frozenset(claimed.stems), frozenset(word for passage in window for word in passage.stems)
    if len(added) > len(dropped) and not _SOFTLY & other - own:
        return "its passage says it without the negation"
    if len(dropped) > len(added) and not _SOFTLY & own - other:
        return "its passage negates it"
    stems = Counter(word for passage in window for word in passage.stems)
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
