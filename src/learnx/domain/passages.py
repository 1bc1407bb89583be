"""The excerpts of a lesson as passages that can be looked up: what words, numbers and names each of them holds."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from learnx.domain.abbreviations import Abbreviation, abbreviations, singular
from learnx.domain.counted_lists import list_sizes
from learnx.domain.documents import Chunk
from learnx.domain.evidence_contraries import sense
from learnx.domain.formulas import comparable_formula
from learnx.domain.implied_numbers import implied_numbers
from learnx.domain.kinship import root
from learnx.domain.name_forms import acronyms, initials
from learnx.domain.negations import Negation, negations
from learnx.domain.numbers import Number, numbers
from learnx.domain.prompts import Excerpt
from learnx.domain.sentences import split_sentences
from learnx.domain.specifics import acronym_key, dates
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, terms, word_list, words
from learnx.domain.text_comparison import comparable
from learnx.domain.wording import Wording

_COMPOUND = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_SHORT_FORM = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])[A-Za-z0-9][\w-]+")
_MARKS = dict.fromkeys(map(ord, "*_`\\"))
_ROW = re.compile(r"\||[=<>≤≥]")
_ANAPHORS = frozenset(
    word_list("""
    he him his she her hers it its they them their theirs this that these those such who which one ones former latter
    here there same both neither
    """)
)
#: So many sentences tell how a document writes its nouns.
_SAMPLE = 60
_GERMAN = frozenset(word_list("der die das und ist ein eine nicht mit von den dem des sich auf für im zu werden sind"))

_ENGLISH = frozenset(word_list("the of and to that with is are for by from this which"))


class Passage:
    """One sentence of an excerpt; ``start`` and ``end`` are offsets into the chunk's text."""

    def __init__(self, excerpt: "ExcerptIndex", start: int, end: int, number: int) -> None:
        self.excerpt, self.start, self.end, self.number = excerpt, start, end, number
        self.sequence = terms(self.text)
        self.terms = frozenset(self.sequence)
        self.kin: dict[str, bool] = {}

    @property
    def text(self) -> str:
        return self.excerpt.chunk.text[self.start : self.end]

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        return numbers(self.text)

    @cached_property
    def implied_numbers(self) -> tuple[Number, ...]:
        return implied_numbers(self.text)

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.text)

    @cached_property
    def list_sizes(self) -> frozenset[int]:
        return list_sizes(self.wording)

    @cached_property
    def refers_back(self) -> bool:
        """Whether it says "it" or "these": what it is about may be named in the sentences before."""
        return any(raw.lower() in _ANAPHORS for raw in self.wording.raw)

    @cached_property
    def negations(self) -> tuple[Negation, ...]:
        return negations(self.wording.raw)

    @cached_property
    def stems(self) -> tuple[str, ...]:
        """Of all words, function words too."""
        return tuple(map(stem, self._words))

    @cached_property
    def senses(self) -> Counter[str]:
        """How often it has each sense, as contraries are told by."""
        return Counter(map(sense, self.stems))

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """The stems of its words with a capital, the first one too."""
        return frozenset(stem(raw.lower()) for raw in self.wording.raw if raw[0].isupper())

    @cached_property
    def plain(self) -> frozenset[str]:
        """The content stems of its words in small letters."""
        pairs = zip(self.wording.raw, self.wording.stems, strict=True)
        return frozenset(term for raw, term in pairs if term and raw[0].islower())

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(map(root, self.terms))

    @cached_property
    def joined(self) -> frozenset[str]:
        """The stems of its compounds with a hyphen, written as one word."""
        return frozenset(stem(folded(compound.replace("-", ""))) for compound in _COMPOUND.findall(self.text))

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every run of letters and digits, as acronyms are compared."""
        return tokens(self.text)

    @cached_property
    def short_forms(self) -> frozenset[str]:
        """Its words that may be abbreviations, as written but for a plural's "s"."""
        return frozenset(singular(word) for word in _SHORT_FORM.findall(self.text))

    @cached_property
    def _words(self) -> list[str]:
        return words(folded(self.text))


class ExcerptIndex:
    """One excerpt, with everything that a sentence's specifics are looked up in; made when it is first asked for."""

    def __init__(self, number: int, chunk: Chunk) -> None:
        self.number, self.chunk = number, chunk
        self.passages = [
            Passage(self, start, end, place) for place, (start, end) in enumerate(split_sentences(chunk.text))
        ]

    def lines_of(self, passage: Passage) -> list[str]:
        """The rows of tables and the lines of formulas and code that begin within a passage."""
        text = self.chunk.text
        start = text.rfind("\n", 0, passage.start) + 1
        end = text.find("\n", passage.end)
        lines = text[start : end if end >= 0 else len(text)].split("\n")
        return [line for line in lines if _ROW.search(line)]

    @cached_property
    def _whole(self) -> str:
        return "\n".join([*self.chunk.heading_path, self.chunk.text])

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of all words, function words too, with those of its headings."""
        return frozenset(map(stem, words(folded(self._whole))))

    @cached_property
    def tokens(self) -> frozenset[str]:
        return tokens(self._whole)

    @cached_property
    def initials(self) -> frozenset[str]:
        return initials(self._whole)

    @cached_property
    def acronyms(self) -> frozenset[str]:
        return acronyms(self._whole)

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
    def heading_stems(self) -> frozenset[str]:
        return frozenset(map(stem, words(folded(" ".join(self.chunk.heading_path)))))

    @cached_property
    def heading_tokens(self) -> frozenset[str]:
        return tokens(" ".join(self.chunk.heading_path))

    @cached_property
    def heading_terms(self) -> frozenset[str]:
        joined = folded(" ".join(self.chunk.heading_path))
        return frozenset(stem(word) for word in words(joined) if word not in FUNCTION_WORDS)


#: Indexes of an excerpt that a claim's numbers, names and acronyms are looked up in.
_LOOKED_UP = (
    "words", "tokens", "comparable", "initials", "acronyms", "heading_stems", "heading_tokens", "heading_terms",
)  # fmt: skip


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
        self._weights = {term: math.log(1 + len(self.all) / len(found)) for term, found in self.containing.items()}
        self._unknown_weight = 0.75 * math.log(1 + max(1, len(self.all)))

    @cached_property
    def nouns_are_capitalised(self) -> bool:
        """As in German: more than a fifth of the words within sentences begin with a capital."""
        inner = [raw for passage in self.all[:_SAMPLE] for raw in passage.wording.raw[1:] if raw[0].isalpha()]
        capital = sum(raw[0].isupper() for raw in inner)
        german = sum(raw in _GERMAN for raw in inner)
        return capital > len(inner) / 5 and german > len(inner) / 12

    @cached_property
    def abbreviations(self) -> frozenset[Abbreviation]:
        return frozenset(found for excerpt in self.excerpts.values() for found in abbreviations(excerpt.chunk.text))

    @cached_property
    def is_english(self) -> bool:
        inner = [raw.lower() for passage in self.all[:_SAMPLE] for raw in passage.wording.raw if raw[0].isalpha()]
        return sum(raw in _ENGLISH for raw in inner) >= len(inner) / 20

    @cached_property
    def names(self) -> frozenset[str]:
        """The stems of words that are written with a capital within a sentence."""
        return frozenset(
            stem(raw.lower())
            for passage in self.all
            for raw in passage.wording.raw[1:]
            if raw[0].isupper() and raw.lower() not in FUNCTION_WORDS
        )

    @cached_property
    def _literal(self) -> dict[str, list[Passage]]:
        found: dict[str, list[Passage]] = defaultdict(list)
        for passage in self.all:
            found[_literal_key(passage.text)].append(passage)
            for line in passage.excerpt.lines_of(passage):
                found[_literal_key(line)].append(passage)
        found.pop("", None)
        return found

    def indexed(self) -> Iterator[None]:
        """Makes what nearly every sentence is looked up in, in steps of a millisecond or two; it is else made when it
        is asked for, as is most of what single passages hold."""
        for excerpt in self.excerpts.values():
            for name in _LOOKED_UP:
                getattr(excerpt, name)
            for passage in excerpt.passages:
                _ = passage.numbers, passage.stems
            yield
        for name in ("is_english", "nouns_are_capitalised", "names", "_literal", "abbreviations"):
            getattr(self, name)
            yield

    def verbatim(self, text: str, preferred: Sequence[int]) -> Passage | None:
        """The sentence, row or line of a formula that is this text, but for what extractors disagree on.

        Of the ``preferred`` excerpts first.
        """
        found = self._literal.get(_literal_key(text), ())
        return next((passage for passage in found if passage.excerpt.number in preferred), next(iter(found), None))

    def weight(self, term: str) -> float:
        """Inverse document frequency, a passage being the document; of an unknown term, three quarters of the most."""
        return self._weights.get(term, self._unknown_weight)


def _literal_key(text: str) -> str:
    """Without what Markdown may have taken for marks."""
    return comparable(text).translate(_MARKS)


def tokens(text: str) -> frozenset[str]:
    separated = "".join(char if char.isalnum() else " " for char in folded(text))
    return frozenset(map(acronym_key, separated.split()))
