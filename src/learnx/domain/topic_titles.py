"""Names topics that no heading names: by the words that tell each from the others."""

import re
from collections import Counter
from collections.abc import Sequence
from math import log

from learnx.domain.terms import FUNCTION_WORDS, folded, stem, word_list

_TERMS = 3
_FIRST_WORDS = 40
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_NO_NAMES = FUNCTION_WORDS | frozenset(word_list("three four five six seven eight nine ten hundred thousand million"))
_WORD = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*")
#: Their words are not told apart by spaces: a run of them is no name.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def topic_titles(texts: Sequence[str]) -> list[str]:
    """For each text the three words said often in it and in few of the others, as it writes them mostly; where it has
    not as many words, its beginning."""
    forms = [_forms(text) for text in texts]
    spread = Counter(term for own in forms for term in own)
    return [
        _title(_salient({term: _weight(own[term], len(texts), spread[term]) for term in own}, own), text)
        for own, text in zip(forms, texts, strict=True)
    ]


def _forms(text: str) -> dict[str, Counter[str]]:
    """Stem → its forms that are said more than once, and how often each is."""
    found: dict[str, Counter[str]] = {}
    for word, times in Counter(_WORD.findall(_ADDRESS.sub(" ", text))).items():
        plain = folded(word) if times > 1 else ""
        if plain and plain not in _NO_NAMES and not _UNSPACED.search(plain):
            found.setdefault(stem(plain), Counter())[word] = times
    return found


def _weight(forms: Counter[str], texts: int, spread: int) -> float:
    return forms.total() * log((texts + 0.5) / spread)


def _salient(weights: dict[str, float], forms: dict[str, Counter[str]]) -> list[str]:
    best = sorted(weights, key=lambda term: (-weights[term], term))[:_TERMS]
    return [max(forms[term], key=lambda form: (forms[term][form], form)) for term in best]


def _title(salient: Sequence[str], text: str) -> str:
    if len(salient) == _TERMS:
        title = ", ".join(salient)
        return title[0].upper() + title[1:]
    line = " ".join(text.split())
    return line if len(line) <= _FIRST_WORDS else line[: _FIRST_WORDS - 1].rstrip() + "…"
