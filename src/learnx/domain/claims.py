"""One sentence of a model taken apart: its content, its specifics and where they stand, what it denies."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import NamedTuple

from learnx.domain.abbreviations import Abbreviation
from learnx.domain.clauses import clauses
from learnx.domain.counted_lists import ANY_SIZE, is_count_of, list_sizes
from learnx.domain.foreign_words import FOREIGN_FUNCTION_WORDS
from learnx.domain.formulas import without_formulas
from learnx.domain.name_forms import is_named_among, spelled_out
from learnx.domain.negations import Negation, negations
from learnx.domain.numbers import Number, normalized, numbers
from learnx.domain.passages import ExcerptIndex, Passage, Passages
from learnx.domain.specifics import Specifics, acronym_key, date_spans
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, terms, words
from learnx.domain.values import Value
from learnx.domain.wording import Wording

#: What only links a sentence to the one before it, or to those who found what it says.
_OPENING = re.compile(
    r"^\W*(?:for (?:this|that) reason|for (?:instance|example)|as a result|as a consequence"
    r"|in (?:other|short|simple) words"
    r"|in (?:fact|addition|short|summary|contrast|general|particular|practice|essence|turn)|on the (?:one|other) hand"
    r"|that(?:'|’)?s why|that is why|this is why|at the same time|in this way|in the same way|by contrast|to begin with"
    r"|first of all|most importantly|in the end|specifically|additionally|notably|importantly|essentially|basically"
    r"|overall|ultimately|interestingly|similarly|alternatively|furthermore|moreover|consequently"
    r"|(?:the )?(?:researchers?|authors?|scientists|study|studies|results?|findings) (?:also )?(?:found|finds?|showed"
    r"|shows?|suggest(?:ed|s)?|report(?:ed|s)?|state[ds]?|say|said|concluded?) that)\b,?",
    re.IGNORECASE,
)
#: First words of units that are written out in two ("degrees Celsius").
_OF_TWO_WORDS = frozenset({"degree", "degrees", "square", "cubic"})
#: A passage that shares less than this with the sentence says nothing about a number in it.
_RELATED = 0.2


class Share(NamedTuple):
    """Of some terms, by weight: what a passage holds, in its own words and in synonyms, what it lacks, and what it
    lacks unless its surroundings say it: each term with its weight, and the weight that it has where it is missing."""

    covered: float
    retold: float
    lacking: float
    open: tuple[tuple[str, float, float], ...]


class Claim(Value, dict=True):
    """One sentence, taken apart once; ``sequence`` holds its content stems in order, ``stems`` those of all words;
    ``placed`` are its numbers with their places in ``wording``; ``quantities`` the terms of numbers and units, which
    have many spellings and are checked as numbers."""

    text: str
    sequence: tuple[str, ...]
    stems: tuple[str, ...]
    negations: tuple[Negation, ...]
    specifics: Specifics
    wording: Wording
    placed: tuple[Number, ...] = ()
    quantities: frozenset[str] = frozenset()

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(self.sequence)

    @cached_property
    def coverages(self) -> dict[tuple[Passage, int], float]:
        """What was found to be held by so many passages from this one on: it is asked again and again."""
        return {}

    @cached_property
    def shares(self) -> dict[tuple[Passage, frozenset[str]], "Share"]:
        """What was found to be held of a clause by a passage alone."""
        return {}

    @cached_property
    def abbreviated(self) -> dict[Passages, list[Abbreviation]]:
        """Those of a document that it uses or writes out."""
        return {}

    @property
    def names(self) -> tuple[str, ...]:
        """Acronyms and proper names, as written."""
        found = self.specifics
        return (*found.acronyms, *found.names, *((found.opening,) if found.opening else ()))

    def required_names(self, passages: Passages) -> tuple[str, ...]:
        """The names that must stand in an excerpt; none where the document writes all its nouns with capitals.

        A plural that opens a sentence ("Historians think …") is a noun.
        """
        found = self.specifics
        if passages.nouns_are_capitalised:
            return ()
        opening = found.opening
        if opening is None or (len(opening) > 5 and opening.endswith("s") and opening[-2] not in "sui'’"):
            return found.names
        return (*found.names, opening)

    @cached_property
    def list_sizes(self) -> frozenset[int]:
        return list_sizes(self.wording)

    @cached_property
    def clauses(self) -> tuple[frozenset[str], ...]:
        return clauses(self.wording)


def claim(text: str, found: Specifics) -> Claim:
    prose = without_formulas(text)
    wording = Wording(prose)
    raw = words(folded(_OPENING.sub("", prose)))
    acronyms = frozenset(word.lower() for word in wording.raw if word.isupper())
    return Claim(
        text=text,
        sequence=tuple(
            stem(word)
            for word in raw
            if word not in FUNCTION_WORDS and (word not in FOREIGN_FUNCTION_WORDS or word in acronyms) and len(word) > 1
        ),
        stems=tuple(map(stem, raw)),
        negations=negations(wording.raw),
        specifics=found,
        wording=wording,
        placed=_placed(prose) if found.numbers else (),
        quantities=_quantities(prose, found.numbers) if found.numbers else frozenset(),
    )


def _quantities(prose: str, found: Sequence[Number]) -> frozenset[str]:
    text = normalized(prose)
    written: list[str] = []
    for number in found:
        unit = text[number.end :].split()[:2] if number.unit else []
        written += [number.text, *(unit if unit and unit[0].casefold() in _OF_TWO_WORDS else unit[:1])]
    return frozenset(terms(" ".join(written)))


def _placed(prose: str) -> tuple[Number, ...]:
    """The numbers of a text but for those of its dates, which are compared as a whole."""
    spans = date_spans(normalized(prose))
    return tuple(n for n in numbers(prose) if not any(start <= n.start < end for start, end in spans))


def unsupported_specific(claimed: Claim, excerpts: Sequence[ExcerptIndex], passages: Passages) -> str | None:
    """The first number, date, formula, quotation, acronym or name that stands in none of the excerpts, said in words
    for the model that has to write the sentence again."""
    found = claimed.specifics
    for number in found.numbers:
        if number.is_loose or any(_may_count(number, claimed, excerpt) for excerpt in excerpts):
            continue
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
        if not any(has_acronym(acronym, claimed, excerpt, passages) for excerpt in excerpts):
            return f"the term {acronym}"
    for name in claimed.required_names(passages):
        if not any(has_name(name, claimed, excerpt, passages) for excerpt in excerpts):
            return f"the name {name}"
    return None


def _may_count(number: Number, claimed: Claim, excerpt: ExcerptIndex) -> bool:
    """Whether it may be the reader's count of what the sentence itself lists, or one of the excerpt's sentences."""
    if not is_count_of(number, ANY_SIZE):
        return False
    return is_count_of(number, claimed.list_sizes) or any(
        is_count_of(number, passage.list_sizes) for passage in excerpt.passages
    )


def has_word(word: str, excerpt: ExcerptIndex) -> bool:
    parts = words(folded(word))
    return all(is_among(part, excerpt.words) for part in parts) or word.casefold() in excerpt.tokens


def has_name(name: str, claimed: Claim, excerpt: ExcerptIndex, passages: Passages) -> bool:
    """Word for word, or within what an acronym is short for."""
    if has_word(name, excerpt) or is_spelled_out(name, claimed, excerpt):
        return True
    written = written_out(claimed, excerpt.passages, passages)
    return all(stem(part) in written for part in words(folded(name)))


def has_acronym(acronym: str, claimed: Claim, excerpt: ExcerptIndex, passages: Passages) -> bool:
    """Word for word, or by the words that it is short for."""
    if acronym_key(acronym) in excerpt.tokens or acronym.lower() in excerpt.initials:
        return True
    return stem(acronym.lower()) in written_out(claimed, excerpt.passages, passages)


def written_out(claimed: Claim, window: Sequence[Passage], passages: Passages) -> frozenset[str]:
    """The terms of a claim that some passages have in short, and of its abbreviations those that they write out: only
    where all of the words are there."""
    used = claimed.abbreviated.get(passages)
    if used is None:
        known = (item for item in passages.abbreviations if item.stem in claimed.terms or item.long <= claimed.terms)
        used = claimed.abbreviated[passages] = list(known)
    found: set[str] = set()
    for item in used:
        if item.long <= claimed.terms and any(item.short in passage.short_forms for passage in window):
            found |= item.long
        if any(item.long <= passage.terms for passage in window):
            found.add(item.stem)
    return frozenset(found)


def is_spelled_out(name: str, claimed: Claim, excerpt: ExcerptIndex) -> bool:
    """Whether a word belongs to several that the excerpt has an acronym for."""
    return stem(folded(name)) in spelled_out(claimed.text, excerpt.acronyms)


def is_among(part: str, stems: AbstractSet[str]) -> bool:
    """A word of a name, or what is made of it ("Italy" and "Italian")."""
    return stem(part) in stems or is_named_among(stem(part), stems)


def _has_number(number: Number, claimed: Claim, excerpt: ExcerptIndex, passages: Passages) -> bool:
    """Whether the excerpt has this number, with its unit, in a passage about what the sentence is about."""
    return any(
        _same_number(number, other, passage) and _related(claimed, passage, passages)
        for passage in excerpt.passages
        for other in (*passage.numbers, *passage.implied_numbers)
        if number.values & other.values or ("~" in number.values and other.unit and not other.is_bare)
    )


def _same_number(number: Number, other: Number, passage: Passage) -> bool:
    if number.is_bare:
        return number.unit == other.unit
    if number.unit:
        return number.unit == other.unit or (not other.unit and bool(_unit_words(number.unit) & passage.terms))
    return True


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
