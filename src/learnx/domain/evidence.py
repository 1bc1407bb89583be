"""Whether a sentence's facts stand in an excerpt: its specifics word for word, its content in one passage."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from learnx.domain.claims import Claim, Share, written_out
from learnx.domain.foreign_words import akin
from learnx.domain.general_words import GENERAL
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.kinship import root
from learnx.domain.passages import ExcerptIndex, Passage, Passages
from learnx.domain.synonyms import close_synonyms, synonyms
from learnx.domain.terms import stem

#: The share of a sentence's content, by weight, that its passage must hold, where no run of ``splices.RUN`` words is
#: all the sentence's own. Chosen on even-numbered items of ``evaluation.grounding`` with all checks on: of 411
#: paraphrases by hand 39 are lost, of 718 sentences that run on into another document 61 pass; at 0.4 these are 36 and
#: 70, at 0.6 they are 46 and 51. Without the rule of runs 34 and 214; at 0.6, which was the rule before, 42 and 140.
THRESHOLD = 0.5
#: The same for sentences of up to three content words, where one wrong word is most of the claim.
SHORT_THRESHOLD = 0.75
MOST_SENTENCES = 3
#: Of so few terms none is taken for granted, unless a passage says "it".
_SHORT = 4
#: What is missing of a claim counts by so much more or less: a term of the document, a word of general English.
MISSING_KNOWN, GENERAL_SHARE = 1.4, 0.4
#: At most this share of a claim may be taken for granted from headings and from the sentences before, and where the
#: passage refers back to them.
CONTEXT, ANTECEDENT = 0.15, 0.25
#: From this share of equal content words on, in order, a sentence is its passage with a word exchanged.
_COPIED = 0.75
#: Where less is equal it is worded otherwise, and no word of it stands in the place of another. Chosen on even-numbered
#: items: from 0.4 to 0.7 no exchanged name or word more passes.
_WORDED_ALIKE = 0.6
#: Words of general English count for less only beside so many others.
_TELLING = 3
#: What another form of a word, and a synonym, hold of a term.
KIN, SYNONYM = 0.9, 0.8
#: Synonyms hold at most so much of a claim for what its own words hold: of many words some are synonyms by chance.
_RETOLD = 0.6
_NONE = frozenset[str]()


class Support:
    """Consecutive passages of one excerpt that hold ``coverage`` (0 … 1) of a claim's content."""

    __slots__ = ("coverage", "passages")

    def __init__(self, passages: Sequence[Passage], coverage: float) -> None:
        self.passages, self.coverage = passages, coverage

    @property
    def excerpt(self) -> ExcerptIndex:
        return self.passages[0].excerpt

    @property
    def span(self) -> tuple[int, int]:
        return self.passages[0].start, self.passages[-1].end


def best_support(claimed: Claim, passages: Passages, among: Iterable[int] | None = None) -> Support | None:
    """The one sentence of the excerpts ``among`` that holds most of the claim's content."""
    return next(iter(candidates(claimed, passages, among, longest=1)), None)


def candidates(
    claimed: Claim, passages: Passages, among: Iterable[int] | None = None, *, longest: int = MOST_SENTENCES
) -> list[Support]:
    """The passages (one to three consecutive sentences of one excerpt) that may hold a claim: the best first, and of
    those that hold enough the shortest.
    """
    wanted = None if among is None else frozenset(among)
    scores: dict[Passage, float] = {}
    for term in claimed.terms:
        weight = passages.weight(term)
        for passage in passages.containing.get(term, ()):
            if wanted is None or passage.excerpt.number in wanted:
                scores[passage] = scores.get(passage, 0.0) + weight
    ranked = sorted(scores, key=lambda passage: (-scores[passage], len(passage.sequence), passage.start))[:4]
    if not ranked:
        return []
    found = [Support([passage], coverage(claimed, [passage], passages)) for passage in ranked]
    if longest > 1 and len(claimed.terms) > _SHORT:
        seen: set[tuple[Passage, ...]] = set()
        for passage in ranked[:2]:
            for window in _windows(passage):
                if tuple(window) not in seen:
                    seen.add(tuple(window))
                    found.append(Support(window, coverage(claimed, window, passages)))
    least = threshold(claimed)
    found.sort(
        key=lambda item: (item.coverage < least, len(item.passages) if item.coverage >= least else 0, -item.coverage)
    )
    return found


def coverage(claimed: Claim, window: Sequence[Passage], passages: Passages) -> float:
    """The share (0 … 1) of a claim's content, by weight, that a passage holds. What is missing counts for more where
    it is a term of the document: a reader's synonym is rarely one, a wrong connection mostly is.

    Of several sentences each clause of the claim takes the one that holds most of it: half a sentence of here and half
    a sentence of there make no statement.
    """
    known = claimed.coverages.get((window[0], len(window)))
    if known is not None:
        return known
    covered = missing = taken = 0.0
    near = context_terms(window)
    for clause in claimed.clauses if len(window) > 1 else (claimed.terms,):
        shares = [_weights(_share(claimed, clause, passage, passages), near) for passage in window]
        held, lacking, granted = max(shares, key=lambda share: share[0] - share[1])
        covered += held
        missing += lacking
        taken += granted
    total = (covered + missing + taken) or 1.0
    context = ANTECEDENT if window[0].refers_back else CONTEXT if len(claimed.terms) > _SHORT else 0.0
    found = (covered + min(taken, context * total)) / total
    claimed.coverages[window[0], len(window)] = found
    return found


def _weights(share: Share, near: AbstractSet[str]) -> tuple[float, float, float]:
    """What a sentence holds of some terms, what it does not, and what it may take for granted."""
    missing, granted = share.lacking, 0.0
    for term, weight, lost in share.open:
        if term in near:
            granted += weight
        else:
            missing += lost
    said = min(SYNONYM * share.retold, _RETOLD * share.covered)
    return share.covered + said, missing + share.retold - said, granted


def _share(claimed: Claim, terms: frozenset[str], passage: Passage, passages: Passages) -> Share:
    known = claimed.shares.get((passage, terms))
    if known is not None:
        return known
    general = GENERAL if len(claimed.terms - GENERAL) >= _TELLING else _NONE
    covered = retold = lacking = 0.0
    open_: list[tuple[str, float, float]] = []
    unsaid = passage.terms - terms
    written = written_out(claimed, [passage], passages)
    for term in terms:
        weight = passages.weight(term)
        if term in passage.terms:
            covered += weight
        elif term in written or is_kin(term, passage, passages):
            covered += KIN * weight
        elif not close_synonyms(term).isdisjoint(unsaid):
            covered += SYNONYM * weight
            lacking += (1 - SYNONYM) * weight
        elif not synonyms(term).isdisjoint(unsaid):
            retold += weight
        elif term not in claimed.quantities:
            unknown = MISSING_KNOWN if term in passages.vocabulary else 1.0
            open_.append((term, weight, weight * (GENERAL_SHARE if term in general else unknown)))
    share = claimed.shares[passage, terms] = Share(covered, retold, lacking, tuple(open_))
    return share


def is_kin(term: str, passage: Passage, passages: Passages) -> bool:
    """Whether a passage has another form of a term."""
    known = passage.kin.get(term)
    if known is None:
        known = passage.kin[term] = _is_kin(term, passage, passages)
    return known


def _is_kin(term: str, passage: Passage, passages: Passages) -> bool:
    if root(term) in passage.roots or term in passage.joined:
        return True
    if not IRREGULAR.get(term, _NONE).isdisjoint(passage.terms):
        return True
    return not passages.is_english and any(akin(term, other) for other in passage.terms)


def context_terms(window: Sequence[Passage]) -> frozenset[str]:
    """What a passage may take for granted: its headings, and the two sentences before it."""
    first = window[0]
    before = first.excerpt.passages[max(0, first.number - 2) : first.number]
    return first.excerpt.heading_terms.union(*(passage.terms for passage in before))


def likely_excerpts(claimed: Claim, passages: Passages, among: Iterable[int], *, count: int) -> list[int]:
    """The excerpts whose single passages hold most of the claim, best first."""
    wanted = frozenset(among)
    scores: dict[Passage, float] = {}
    for term in claimed.terms:
        for passage in passages.containing.get(term, ()):
            scores[passage] = scores.get(passage, 0.0) + passages.weight(term)
    ranked = sorted(scores, key=lambda passage: (-scores[passage], passage.excerpt.number))
    return list(dict.fromkeys(found for passage in ranked if (found := passage.excerpt.number) in wanted))[:count]


def threshold(claimed: Claim) -> float:
    return SHORT_THRESHOLD if len(claimed.terms) <= 3 else THRESHOLD


def exchanged_term(claimed: Claim, members: Sequence[Passage], passages: Passages) -> str | None:
    """A term that stands where the passage, otherwise worded alike, has another one.

    In a sentence that is the passage but for a word or two any other word is one; else a term of the document is.
    """
    terms = frozenset[str]().union(*(passage.terms for passage in members))
    terms |= {stem(word) for number in claimed.placed for word in number.text.lower().split()}
    missing = frozenset(
        term
        for term in claimed.sequence
        if term not in terms and not any(is_kin(term, passage, passages) for passage in members)
    )
    if not missing:
        return None
    sequence = [term for passage in members for term in passage.sequence]
    near = context_terms(members)
    reworded = len(frozenset(claimed.stems).difference(*(passage.stems for passage in members))) > 1
    matcher = SequenceMatcher(None, sequence, list(claimed.sequence), autojunk=False)
    ratio = matcher.ratio()
    if ratio < _WORDED_ALIKE:
        return None
    matched = sum(block.size for block in matcher.get_matching_blocks())
    copied = len(members) == 1 and matched >= _COPIED * len(claimed.sequence)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "replace" or end - start != last - first or end - start > 2:
            continue
        before = start == 0 or (first > 0 and sequence[first - 1] == claimed.sequence[start - 1])
        after = end == len(claimed.sequence) or (last < len(sequence) and sequence[last] == claimed.sequence[end])
        if not (before and after and (start > 0 or end < len(claimed.sequence))):
            continue
        for theirs, ours in zip(sequence[first:last], claimed.sequence[start:end], strict=True):
            telling = ours in passages.vocabulary and not (_is_general(ours) or _is_general(theirs))
            telling = telling and (ours not in near or (copied and not reworded))
            if ours in missing and theirs not in synonyms(ours) and (telling or (copied and not reworded)):
                return ours
    return None


def _is_general(term: str) -> bool:
    return not GENERAL.isdisjoint({term} | IRREGULAR.get(term, _NONE))


def _windows(passage: Passage) -> Iterable[list[Passage]]:
    neighbours = passage.excerpt.passages
    for length in range(2, MOST_SENTENCES + 1):
        for start in range(max(0, passage.number - length + 1), passage.number + 1):
            if start + length <= len(neighbours):
                yield neighbours[start : start + length]
