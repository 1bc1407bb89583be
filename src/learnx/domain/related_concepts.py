"""What to read on about: headings and names of the passages themselves, never anything that they don't say."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from learnx.domain.answerability import Question
from learnx.domain.general_words import GENERAL
from learnx.domain.prompts import Excerpt
from learnx.domain.terms import terms

#: At most so many in all, and so many of them headings.
MOST, _HEADINGS = 6, 3
_LONGEST = 60
_NUMBERING = re.compile(r"^(?:chapter|section|part|unit)?\s*[\dIVX]+(?:\.\d+)*[.:)]?\s+", re.IGNORECASE)
#: Capitalised words that follow another word: what opens a sentence is no name for that.
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][^\W\d_]+(?:[- ][A-Z][^\W\d_]+)*")
_TERM = re.compile(r"[^\W\d_]{7,}")
#: Two words beside each other, neither of which carries no subject matter: "memory cells".
_PHRASE = re.compile(r"(?=\b([^\W\d_]{4,}) ([^\W\d_]{4,})\b)")


def related_concepts(question: str, excerpts: Sequence[Excerpt]) -> tuple[str, ...]:
    """Of the excerpts in their order, the first being the most relevant; without what the question says already."""
    asked = frozenset(Question(question).sequence)
    found: dict[str, str] = {}

    def take(candidates: Iterable[str], most: int) -> None:
        for candidate in candidates:
            if len(found) >= most:
                return
            key = candidate.casefold()
            about = frozenset(Question(candidate).sequence)
            known = any(key in other or other in key for other in found)
            if about and not about <= asked and not known and len(candidate) <= _LONGEST:
                found[key] = candidate

    take(_headings(excerpts), _HEADINGS)
    take(_names(excerpts), MOST)
    take(_repeated(excerpts), MOST)
    return tuple(found.values())


def _headings(excerpts: Sequence[Excerpt]) -> Iterator[str]:
    for excerpt in excerpts:
        for heading in reversed(excerpt.chunk.heading_path):
            yield _NUMBERING.sub("", " ".join(heading.split()))


def _names(excerpts: Sequence[Excerpt]) -> Iterator[str]:
    """Of its prose: cells of tables begin with capitals, too."""
    for excerpt in excerpts:
        prose = " ".join(line for line in excerpt.chunk.text.splitlines() if "|" not in line)
        yield from (name for name in _NAME.findall(" ".join(prose.split())) if len(name) > 3)


def _repeated(excerpts: Sequence[Excerpt]) -> Iterator[str]:
    """Pairs of words that a passage comes back to, the most frequent first; then words that are not everybody's."""
    for excerpt in excerpts:
        text = " ".join(excerpt.chunk.text.split())
        phrases = Counter(" ".join(pair) for pair in _PHRASE.findall(text) if all(word.islower() for word in pair))
        words = Counter(word for word in _TERM.findall(text) if word.islower() and not GENERAL.issuperset(terms(word)))
        for counts, length in ((phrases, 2), (words, 1)):
            often = [found for found, count in counts.items() if count > 1 and len(terms(found)) == length]
            yield from sorted(often, key=lambda found: -counts[found])
