"""Whether a passage answers a question, by what they have in common: decided by the server, whatever a model says.

A passage that answers a question names nearly all that the question names, most of it in one sentence and in the same
order. Passages that are merely near (the rest of the same article) lack some of it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from learnx.domain.assertions import asserts, whole_sentences
from learnx.domain.general_words import GENERAL
from learnx.domain.sentences import split_sentences
from learnx.domain.terms import folded, stem, terms, word_list, words

#: Weights and threshold: logistic regression on the even-numbered questions of XQuAD (English), each asked with the
#: paragraph that answers it and without; the figures of the odd-numbered ones are in ``docs/evaluation.md``. A name or
#: subject that a passage lacks nearly decides: chosen on the same questions with a name put for another.
PASSAGE_WEIGHT, SENTENCE_WEIGHT, PAIRS_WEIGHT, MISSING_NAME = 0.31, 0.25, 0.22, 0.3
ANSWERED_FROM = 0.3
#: A question that shares a smaller part of all its words, function words included, with the passages is in another
#: language, about which this measure says nothing.
_SAME_LANGUAGE = 0.25

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: Endings that say how much: "weaken", "weaker" and "weakest" are of "weak".
_DEGREE = re.compile(r"(?<=\w{4})(?:en|er|est)$")
#: Function words elsewhere, here they tell one thing from another.
_ORDINAL = re.compile(r"\b(?:first|second|third|last)\b")
_NAME = re.compile(r"(?<=[\w,;'’\"“] )[A-Z][^\W_]+(?:[-'’][^\W_]+)*")
_ABBREVIATION = re.compile(r"\b\w+[A-Z]\w*\b")
_AUXILIARY = (
    r"(?:was|were|did|does|do|is|are|has|have|had|can|could|will|would|should|must|may|might)(?:n['’]t)?(?: not)?"
)
_SUBJECT = re.compile(
    rf"^\W*(?:(?:since|until|for|on|at|by|to|from|in|after|before) )?"
    rf"(?:(?:when|where|why|how)\b[^,;?]{{0,20}}? {_AUXILIARY}|(?:what|who|whom) (?:did|does|do|had|has))"
    r" (?:(?:the|an?|its|their|his|her|our|this|that|these|those|all|some|any|most|many|both|each|every) )*"
    r"([\w'’-]+) \w",
    re.IGNORECASE,
)
#: What a question asks with, which no answer repeats.
_ASKING = frozenset(
    map(
        stem,
        word_list("""
        what who when where which how why whose whom many much name named did does kind type year time long often people
        location please tell explain describe document text say according
        """),
    )
)


class Question:
    """``terms`` are its content words and numbers, in order and without their endings.

    Words of the documents' ``titles`` say which document is meant, which its passages need not repeat: they don't count
    where something else is asked for. An answer can't do without its ``names`` and its ``subject``, what something
    is asked of ("mercury" in "When were mercury salts used?").
    """

    def __init__(self, text: str, titles: Iterable[str] = ()) -> None:
        self.text = text
        every = [_root(term) for term in _terms(text) if term not in _ASKING]
        about = {_root(term) for title in titles for term in _terms(title)}
        self.sequence = [term for term in every if term not in about] or every
        self.terms = frozenset(self.sequence)
        self.pairs = frozenset(_pairs(self.sequence))
        self.names = frozenset(map(_root, terms(" ".join(_NAME.findall(text))))) & self.terms
        self.subject = frozenset(map(_root, _subject(text))) & self.terms

    @property
    def words(self) -> list[str]:
        """Those that carry its subject, as they are written, each once."""
        found = [word for word in _WORD.findall(self.text) if any(_root(term) in self.terms for term in _terms(word))]
        return list(dict.fromkeys(found))

    def share_of(self, found: frozenset[str]) -> float:
        """Of its terms; 0 where it has none."""
        return len(self.terms & found) / len(self.terms) if self.terms else 0.0

    def pairs_in(self, sequence: Sequence[str]) -> frozenset[tuple[str, str]]:
        return self.pairs & frozenset(_pairs(sequence))

    def puts_another_name(self, sentence: str, said: frozenset[str]) -> bool:
        """Whether a sentence has another name before a word that the question has one of its own before, which is not
        ``said``: of the IgG antibody, where the IgM antibody is asked about."""
        own = {_root_of(word): _root_of(name) for name, word in _beside(self.text)}
        others = frozenset(_NAME.findall(sentence)).union(_ABBREVIATION.findall(sentence))
        return any(
            name in others and _root_of(name) not in self.terms and own.get(_root_of(word)) in self.names - said
            for name, word in _beside(sentence)
        )

    def is_in_another_language(self, texts: Iterable[str]) -> bool:
        asked = frozenset(words(folded(self.text)))
        said = frozenset(word for text in texts for word in words(folded(text)))
        return bool(asked) and len(asked & said) < _SAME_LANGUAGE * len(asked)


class PassageSentence:
    """A sentence of a passage, by its place in the text and the roots of its terms; ``asserts``: it could answer
    something."""

    def __init__(self, text: str, start: int, end: int, *, asserts: bool) -> None:
        self.start, self.end, self.asserts = start, end, asserts
        self.text = text[start:end]
        self.sequence = [_root(term) for term in _terms(self.text)]
        self.terms = frozenset(self.sequence)


class PassageTerms:
    """A passage as questions see it; what stands above it counts as said in it."""

    def __init__(self, text: str, headings: Sequence[str] = ()) -> None:
        spans = whole_sentences(text, split_sentences(text))
        self.sentences = [
            PassageSentence(text, *span, asserts=asserts(text, spans, at)) for at, span in enumerate(spans)
        ]
        self.headings = frozenset(map(_root, _terms(" ".join(headings))))

    @cached_property
    def terms(self) -> frozenset[str]:
        return self.headings.union(*(sentence.terms for sentence in self.sentences))

    def best_sentence(self, question: Question) -> PassageSentence | None:
        """The first of those that have most of the question, of those that assert something where any does."""
        asserting = [sentence for sentence in self.sentences if sentence.asserts] or self.sentences
        return max(asserting, key=lambda sentence: question.share_of(sentence.terms), default=None)

    def names_all(self, named: Iterable[str]) -> bool:
        """Also in another form, as "bacterium" is one of bacteria."""
        missing = [term for term in named if term not in self.terms]
        return all(any(_is_form_of(term, said) for said in self.terms) for term in missing)

    def evidence(self, question: Question) -> float:
        """From about -1 to 1: at or above ``ANSWERED_FROM`` the passage answers the question."""
        best = self.best_sentence(question)
        if best is None or not best.asserts or not question.terms:
            return 0.0
        pairs = frozenset[tuple[str, str]]().union(
            *(question.pairs_in(one.sequence) for one in self.sentences if one.asserts)
        )
        return (
            PASSAGE_WEIGHT * question.share_of(self.terms)
            + SENTENCE_WEIGHT * question.share_of(best.terms)
            + PAIRS_WEIGHT * len(pairs) / (len(question.pairs) or 1)
            - MISSING_NAME * (not self.names_all(question.names | question.subject))
        )


@lru_cache(maxsize=256)
def passage_terms(text: str, headings: tuple[str, ...] = ()) -> PassageTerms:
    """The same for whoever reads a passage next: the server before a model, the offline model, the next question."""
    return PassageTerms(text, headings)


def _terms(text: str) -> list[str]:
    return [*terms(text), *_NUMBER.findall(text), *_ORDINAL.findall(folded(text))]


def _subject(question: str) -> list[str]:
    """The first word of what something is asked of, where that is not just anybody."""
    found = _SUBJECT.match(" ".join(question.split()))
    return [term for term in terms(found[1]) if term not in GENERAL] if found else []


def _root(term: str) -> str:
    """What forms of a word have in common: "ennobl" of ennobled and ennoblement."""
    term = _DEGREE.sub("", term)
    return term if len(term) <= 5 or term[0].isdigit() else term[: max(5, len(term) - 3)]


def _is_form_of(root: str, other: str) -> bool:
    return min(len(root), len(other)) >= 5 and (root.startswith(other) or other.startswith(root))


def _beside(text: str) -> Iterator[tuple[str, str]]:
    """Words that nothing but white space is between."""
    found = list(_WORD.finditer(text))
    return ((one[0], next_[0]) for one, next_ in pairwise(found) if text[one.end() : next_.start()].isspace())


def _root_of(word: str) -> str:
    return "".join(map(_root, _terms(word)))


def _pairs(sequence: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(sequence))
