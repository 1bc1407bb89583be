"""The excerpts of a lesson as passages that can be looked up: what words, numbers and names each of them holds."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cached_property

from learnx.domain.documents import Chunk
from learnx.domain.formulas import comparable_formula
from learnx.domain.numbers import Number, numbers
from learnx.domain.prompts import Excerpt
from learnx.domain.sentences import split_sentences
from learnx.domain.specifics import acronym_key, dates
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, terms, word_list, words
from learnx.domain.text_comparison import comparable

#: Words that turn a statement into its contrary.
NEGATORS = frozenset(
    word_list("""
    not no never none neither nor cannot without n't nobody nothing nowhere hardly barely scarcely rarely seldom unable
    unlikely lack lacks lacked lacking absent absence kein keine keinen keiner nicht nie niemals
    ohne pas jamais aucun aucune sans nunca sin ningún ninguna mai senza não nem
    """)
)

#: These deny a clause ("it is false that …") …
_DENYING = frozenset(word_list("false untrue incorrect wrong myth"))
#: … and these what is done ("stops working", "fails to bind").
_ENDING = frozenset(
    stem(word)
    for word in word_list("stop stops stopped cease ceases ceased fail fails failed refuse refuses refused quit")
)


class Passage:
    """One sentence of an excerpt; ``start`` and ``end`` are offsets into the chunk's text."""

    def __init__(self, excerpt: "ExcerptIndex", start: int, end: int, number: int) -> None:
        self.excerpt, self.start, self.end, self.number = excerpt, start, end, number
        self.sequence = terms(self.text)
        self.terms = frozenset(self.sequence)

    @property
    def text(self) -> str:
        return self.excerpt.chunk.text[self.start : self.end]

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        return numbers(self.text)

    @cached_property
    def negated(self) -> frozenset[str]:
        return negated_terms(words(folded(self.text)))


class ExcerptIndex:
    """One excerpt, with everything that a sentence's specifics are looked up in; made when it is first asked for."""

    def __init__(self, number: int, chunk: Chunk) -> None:
        self.number, self.chunk = number, chunk
        self.passages = [
            Passage(self, start, end, place) for place, (start, end) in enumerate(split_sentences(chunk.text))
        ]

    @cached_property
    def _whole(self) -> str:
        return "\n".join([*self.chunk.heading_path, self.chunk.text])

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of all words, function words too, with those of its headings."""
        return frozenset(map(stem, words(folded(self._whole))))

    @cached_property
    def tokens(self) -> frozenset[str]:
        separated = "".join(char if char.isalnum() else " " for char in folded(self._whole))
        return frozenset(map(acronym_key, separated.split()))

    @cached_property
    def comparable(self) -> str:
        return comparable(self._whole).casefold()

    @cached_property
    def formula_text(self) -> str:
        return comparable_formula(self._whole)

    @cached_property
    def dates(self) -> frozenset[str]:
        found = dates(self._whole)
        return frozenset(found) | {date[5:] for date in found if len(date) > 5}

    @cached_property
    def heading_terms(self) -> frozenset[str]:
        joined = folded(" ".join(self.chunk.heading_path))
        return frozenset(stem(word) for word in words(joined) if word not in FUNCTION_WORDS)


class Passages:
    """All excerpts of a lesson. ``weight`` says how telling a term is: rare in the excerpts means telling."""

    def __init__(self, excerpts: Sequence[Excerpt]) -> None:
        self.excerpts = {item.number: ExcerptIndex(item.number, item.chunk) for item in excerpts}
        self.all = [passage for excerpt in self.excerpts.values() for passage in excerpt.passages]
        self.containing: dict[str, list[Passage]] = defaultdict(list)
        for passage in self.all:
            for term in passage.terms:
                self.containing[term].append(passage)
        headings = Counter(term for excerpt in self.excerpts.values() for term in excerpt.heading_terms)
        self.vocabulary = frozenset(self.containing) | frozenset(headings)
        self._unknown_weight = 0.75 * math.log(1 + max(1, len(self.all)))

    def weight(self, term: str) -> float:
        """Inverse document frequency, a passage being the document; of an unknown term, three quarters of the most."""
        found = self.containing.get(term)
        return math.log(1 + len(self.all) / len(found)) if found else self._unknown_weight


def negated_terms(raw: Sequence[str]) -> frozenset[str]:
    """The stems of the three content words that follow each negator; "not only" negates nothing."""
    found: set[str] = set()
    for place, word in enumerate(raw):
        if _negates(word, raw[place + 1] if place + 1 < len(raw) else ""):
            following = [stem(other) for other in raw[place + 1 :] if other not in FUNCTION_WORDS and len(other) > 1]
            found.update(following[:3] or ("",))
    return frozenset(found)


def _negates(word: str, following: str) -> bool:
    if word in NEGATORS or word.endswith("n't"):
        return following != "only"
    return (word in _DENYING and following == "that") or (
        stem(word) in _ENDING and (following == "to" or following.endswith("ing"))
    )
