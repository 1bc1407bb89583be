"""Whether a sentence's facts stand in an excerpt: its specifics word for word, its content in one passage."""

from collections import Counter
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from difflib import SequenceMatcher

from learnx.domain.evidence_contraries import CONTRARIES
from learnx.domain.formulas import without_formulas
from learnx.domain.numbers import Number
from learnx.domain.passages import ExcerptIndex, Passage, Passages, negated_terms
from learnx.domain.specifics import Specifics, acronym_key
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, words
from learnx.domain.values import Value

#: The share of a sentence's content, by weight, that its passage must hold. On 2,700 sentences of eight documents of
#: the corpora: at 0.66 under 1 % of verbatim, shortened and rearranged sentences are lost, and none with a wrong number
#: or name passes; what mixes two statements half and half still does in a fifth of the cases.
THRESHOLD = 0.66
#: The same for sentences of up to three content words, where one wrong word is most of the claim.
SHORT_THRESHOLD = 0.75
#: A passage that shares less than this with the sentence says nothing about a number in it.
_RELATED = 0.2
_MOST_SENTENCES = 3
_MISSING_KNOWN = 1.4


class Claim(Value):
    """One sentence, taken apart once; ``sequence`` holds its content stems in order."""

    text: str
    sequence: tuple[str, ...]
    contraries: tuple[str, ...]
    negated: frozenset[str]
    specifics: Specifics

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(self.sequence)


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


def claim(text: str, found: Specifics) -> Claim:
    raw = words(folded(without_formulas(text)))
    return Claim(
        text=text,
        sequence=tuple(stem(word) for word in raw if word not in FUNCTION_WORDS and len(word) > 1),
        contraries=tuple(word for word in map(stem, raw) if word in CONTRARIES),
        negated=negated_terms(raw),
        specifics=found,
    )


def unsupported_specific(claimed: Claim, excerpts: Sequence[ExcerptIndex], passages: Passages) -> str | None:
    """The first number, date, formula, quotation, acronym or name that stands in none of the excerpts, said in words
    for the model that has to write the sentence again."""
    found = claimed.specifics
    for number in found.numbers:
        if not any(_has_number(number, claimed, excerpt, passages) for excerpt in excerpts):
            return f"the number {number.text}"
    for date in found.dates:
        if not any(date in excerpt.dates for excerpt in excerpts):
            return f"the date {date}"
    for formula in found.formulas:
        if not any(formula in excerpt.formula_text for excerpt in excerpts):
            return f"the formula {formula}"
    for quotation in found.quotations:
        if not any(quotation in excerpt.comparable for excerpt in excerpts):
            return "a quotation"
    for acronym in found.acronyms:
        if not any(acronym_key(acronym) in excerpt.tokens for excerpt in excerpts):
            return f"the term {acronym}"
    for name in (*found.names, *((found.opening,) if found.opening else ())):
        if not any(has_word(name, excerpt) for excerpt in excerpts):
            return f"the name {name}"
    return None


def has_word(word: str, excerpt: ExcerptIndex) -> bool:
    parts = words(folded(word))
    return all(stem(part) in excerpt.words for part in parts) or word.casefold() in excerpt.tokens


def best_support(claimed: Claim, passages: Passages, among: Iterable[int] | None = None) -> Support | None:
    """The passage (one to three consecutive sentences of one excerpt) that holds most of the claim's content.

    Longer passages only win where shorter ones fall short of the threshold; ties go to the shorter one.
    """
    wanted = None if among is None else frozenset(among)
    weights = {term: passages.weight(term) for term in claimed.terms}
    if not weights:
        return None
    scores: dict[Passage, float] = {}
    for term, weight in weights.items():
        for passage in passages.containing.get(term, ()):
            if wanted is None or passage.excerpt.number in wanted:
                scores[passage] = scores.get(passage, 0.0) + weight
    ranked = sorted(scores, key=lambda passage: (-scores[passage], len(passage.sequence), passage.start))[:4]
    if not ranked:
        return None
    best = Support([ranked[0]], coverage(claimed, ranked[0].terms, passages))
    for passage in ranked:
        if best.coverage >= threshold(claimed):
            break
        for window in _windows(passage):
            share = coverage(claimed, frozenset().union(*(member.terms for member in window)), passages)
            if share > best.coverage + 0.05:
                best = Support(window, share)
    return best


def coverage(claimed: Claim, held: AbstractSet[str], passages: Passages) -> float:
    """The share (0 … 1) of a claim's content, by weight, that is among ``held``. What is missing counts for more where
    it is a term of the document: a reader's synonym is rarely one, a wrong connection mostly is."""
    covered = missing = 0.0
    for term in claimed.terms:
        weight = passages.weight(term)
        if term in held:
            covered += weight
        else:
            missing += weight * (_MISSING_KNOWN if term in passages.vocabulary else 1.0)
    return covered / ((covered + missing) or 1.0)


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


def contradiction(claimed: Claim, supports: Sequence[Support], passages: Passages) -> str | None:
    """Where a claim is worded like its passage but turned: negated, a contrary put in, or one term exchanged."""
    members = [passage for support in supports for passage in support.passages]
    stems = Counter(stem(word) for passage in members for word in words(folded(passage.text)))
    terms = frozenset().union(*(passage.terms for passage in members))
    negated = frozenset().union(*(passage.negated for passage in members))
    if claimed.negated and not (claimed.negated & negated):
        return "its passage says it without the negation"
    if negated & claimed.terms and not (claimed.negated & negated):
        return "its passage negates it"
    said = Counter(claimed.contraries)
    for word, count in said.items():
        if count > stems[word] and any(stems[contrary] > said[contrary] for contrary in CONTRARIES[word]):
            return "its passage says the contrary"
    exchanged = _exchanged(claimed, members, terms, passages)
    return f"its passage says something else than {exchanged}" if exchanged else None


def _exchanged(claimed: Claim, members: Sequence[Passage], terms: frozenset[str], passages: Passages) -> str | None:
    """A term of the document that stands where the passage, otherwise worded alike, has another one."""
    missing = [term for term in claimed.sequence if term not in terms and term in passages.vocabulary]
    if not missing:
        return None
    sequence = [term for passage in members for term in passage.sequence]
    matcher = SequenceMatcher(None, sequence, list(claimed.sequence), autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag != "replace" or end - start != last - first or end - start > 2:
            continue
        before = start == 0 or (first > 0 and sequence[first - 1] == claimed.sequence[start - 1])
        after = end == len(claimed.sequence) or (last < len(sequence) and sequence[last] == claimed.sequence[end])
        around = (start > 0) + (end < len(claimed.sequence))
        exchanged = next((term for term in claimed.sequence[start:end] if term in missing), None)
        if before and after and around and exchanged:
            return exchanged
    return None


def _windows(passage: Passage) -> Iterable[list[Passage]]:
    neighbours = passage.excerpt.passages
    for length in range(2, _MOST_SENTENCES + 1):
        for start in range(max(0, passage.number - length + 1), passage.number + 1):
            if start + length <= len(neighbours):
                yield neighbours[start : start + length]


def _has_number(number: Number, claimed: Claim, excerpt: ExcerptIndex, passages: Passages) -> bool:
    """Whether the excerpt has this number, with its unit, in a passage about what the sentence is about."""
    return any(
        _same_number(number, other, passage) and _related(claimed, passage, passages)
        for passage in excerpt.passages
        for other in passage.numbers
        if number.values & other.values or ("~" in number.values and other.unit and not other.is_bare)
    )


def _same_number(number: Number, other: Number, passage: Passage) -> bool:
    if number.is_bare:
        return number.unit == other.unit
    if number.unit:
        return number.unit == other.unit or (not other.unit and bool(_unit_words(number.unit) & passage.terms))
    return not number.following or not passage.terms.isdisjoint(number.following)


def _unit_words(unit: str) -> frozenset[str]:
    return frozenset({unit, stem(unit)})


def _related(claimed: Claim, passage: Passage, passages: Passages) -> bool:
    around = passage.excerpt.passages[max(0, passage.number - 1) : passage.number + 1]
    known = [term for term in claimed.terms if term in passages.vocabulary]
    if not known:
        return True
    near = frozenset().union(*(member.terms for member in around)) | passage.excerpt.heading_terms
    total = sum(map(passages.weight, known))
    return sum(passages.weight(term) for term in known if term in near) >= _RELATED * total
