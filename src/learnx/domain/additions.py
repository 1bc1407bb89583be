"""Tells what a sentence puts on top of a passage, which it repeats in full, from other words for what stands there."""

from collections.abc import Sequence

from learnx.domain.claims import Claim
from learnx.domain.general_words import GENERAL
from learnx.domain.passages import Passage, Passages
from learnx.domain.terms import terms

#: Of a shorter passage, or of one that is less than this of the sentence, it may well be retold with other words.
_LEAST_TERMS = 3
_LEAST_SHARE = 0.6
#: Fewer words of general English say nothing more: "contains" where the passage says "has".
_GENERAL = 2


def added(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """Where a sentence says all that a passage says, a term that no excerpt has replaces nothing: it is an addition.

    Of 473 true paraphrases written by hand this finds additions in two.
    """
    said = frozenset(claimed.terms).union(terms(claimed.text))
    unknown = [term for term in claimed.terms if term not in passages.vocabulary and term not in claimed.quantities]
    if not unknown or (len(unknown) < _GENERAL and GENERAL.issuperset(unknown)):
        return None
    least = max(_LEAST_TERMS, _LEAST_SHARE * len(said))
    if any(least <= len(passage.terms) and passage.terms <= said for passage in window):
        return f"it adds “{unknown[0]}” to what its passage says"
    return None
