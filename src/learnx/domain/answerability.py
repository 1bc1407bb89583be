"""Whether a passage answers a question, by what they have in common: decided by the server, whatever a model says.

A passage that answers a question names nearly all that the question names, most of it in one sentence and in the same
order. Passages that are merely near (the rest of the same article) lack some of it.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from learnx.domain.sentences import split_sentences
from learnx.domain.terms import folded, stem, terms, word_list, words

#: Weights and threshold: logistic regression on the even-numbered questions of XQuAD (English), each asked with the
#: paragraph that answers it and without; the figures of the odd-numbered ones are in ``docs/evaluation.md``.
PASSAGE_WEIGHT, SENTENCE_WEIGHT, PAIRS_WEIGHT, MISSING_NAME = 0.31, 0.25, 0.22, 0.22
ANSWERED_FROM = 0.3
#: A question that shares a smaller part of all its words, function words included, with the passages is in another
#: language, about which this measure says nothing.
_SAME_LANGUAGE = 0.25

_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,;'’\"“] )[A-Z][^\W_]+(?:[-'’][^\W_]+)*")
#: What a question asks with, which no answer repeats.
_ASKING = frozenset(
    map(
        stem,
        word_list("""
        what who when where which how why whose whom many much name named did does kind type year time long often people
        please tell explain describe document text say according
        """),
    )
)


class Question:
    """``terms`` are its content words and numbers, in order and without their endings.

    Words of the documents' ``titles`` say which document is meant, which its passages need not repeat: they don't count
    where something else is asked for.
    """

    def __init__(self, text: str, titles: Iterable[str] = ()) -> None:
        self.text = text
        every = [_root(term) for term in _terms(text) if term not in _ASKING]
        about = {_root(term) for title in titles for term in _terms(title)}
        self.sequence = [term for term in every if term not in about] or every
        self.terms = frozenset(self.sequence)
        self.pairs = frozenset(_pairs(self.sequence))
        self.names = frozenset(_root(name) for match in _NAME.findall(text) for name in terms(match)) & self.terms

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

    def is_in_another_language(self, texts: Iterable[str]) -> bool:
        asked = frozenset(words(folded(self.text)))
        said = frozenset(word for text in texts for word in words(folded(text)))
        return bool(asked) and len(asked & said) < _SAME_LANGUAGE * len(asked)


class PassageSentence:
    """A sentence of a passage, by its place in the text and the roots of its terms."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.text = text[start:end]
        self.sequence = [_root(term) for term in _terms(self.text)]
        self.terms = frozenset(self.sequence)


class PassageTerms:
    """A passage as questions see it; what stands above it counts as said in it."""

    def __init__(self, text: str, headings: Sequence[str] = ()) -> None:
        self.sentences = [PassageSentence(text, start, end) for start, end in split_sentences(text)]
        self._headings = frozenset(map(_root, _terms(" ".join(headings))))

    @cached_property
    def terms(self) -> frozenset[str]:
        return self._headings.union(*(sentence.terms for sentence in self.sentences))

    def best_sentence(self, question: Question) -> PassageSentence | None:
        """The first of those that have most of the question."""
        return max(self.sentences, key=lambda sentence: question.share_of(sentence.terms), default=None)

    def evidence(self, question: Question) -> float:
        """From about -1 to 1: at or above ``ANSWERED_FROM`` the passage answers the question."""
        best = self.best_sentence(question)
        if best is None or not question.terms:
            return 0.0
        pairs = frozenset[tuple[str, str]]().union(*(question.pairs_in(one.sequence) for one in self.sentences))
        return (
            PASSAGE_WEIGHT * question.share_of(self.terms)
            + SENTENCE_WEIGHT * question.share_of(best.terms)
            + PAIRS_WEIGHT * len(pairs) / (len(question.pairs) or 1)
            - MISSING_NAME * len(question.names - self.terms) / (len(question.names) or 1)
        )


@lru_cache(maxsize=256)
def passage_terms(text: str, headings: tuple[str, ...] = ()) -> PassageTerms:
    """The same for whoever reads a passage next: the server before a model, the offline model, the next question."""
    return PassageTerms(text, headings)


def _terms(text: str) -> list[str]:
    return [*terms(text), *_NUMBER.findall(text)]


def _root(term: str) -> str:
    """What forms of a word have in common: "ennobl" of ennobled and ennoblement."""
    return term if len(term) <= 5 or term[0].isdigit() else term[: max(5, len(term) - 3)]


def _pairs(sequence: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(sequence))
