"""Which short form a text gives to which words: "trans-Neptunian objects (TNOs)", "TNOs (trans-Neptunian objects)".

The search for the long form is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation
definitions in biomedical text" (Pacific Symposium on Biocomputing, 2003).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from learnx.domain.terms import stem, terms

_BRACKETED = re.compile(r"\(([^()\n]{2,80})\)")
_SHORT = re.compile(r"(?=\w*[A-Z])(?=\w*[A-Z]\w*[A-Z0-9])[A-Za-z0-9][A-Za-z0-9-]{1,9}")
_LAST_WORD = re.compile(r"[\w-]+(?=\s*\Z)")
_WORD = re.compile(r"\S+")
#: Characters before a bracket that may be its long form.
_BEFORE = 160


class Abbreviation(NamedTuple):
    """``short`` as written, but for a plural's "s", its stem, and the content stems that it stands for."""

    short: str
    stem: str
    long: frozenset[str]


def abbreviations(text: str) -> Iterator[Abbreviation]:
    """Those that a text defines."""
    for short, long in definitions(text):
        if content := frozenset(terms(long)):
            yield Abbreviation(short, stem(short.lower()), content)


def definitions(text: str) -> Iterator[tuple[str, str]]:
    """Each short form with the words that it is defined as."""
    for match in _BRACKETED.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        inner = match[1].strip()
        if _SHORT.fullmatch(inner):
            short, long = inner, _long_form(singular(inner), before)
        elif (last := _LAST_WORD.search(before)) and _SHORT.fullmatch(last[0]):
            short, long = last[0], _long_form(singular(last[0]), inner)
        else:
            continue
        if long:
            yield singular(short), long


def singular(short: str) -> str:
    """ "TNO" of "TNOs"."""
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


def _long_form(short: str, before: str) -> str | None:
    """The shortest end of a text that has all letters of a short form, the first of them at the beginning of a word."""
    words = [match.start() for match in _WORD.finditer(before)]
    count = min(len(short) + 5, 2 * len(short))
    start = words[-count] if len(words) >= count else 0
    candidate = before[start:].rstrip()
    at = len(candidate)
    for place in range(len(short) - 1, -1, -1):
        char = short[place].lower()
        if not char.isalnum():
            continue
        at -= 1
        while at >= 0 and (candidate[at].lower() != char or (place == 0 and at > 0 and candidate[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    long = candidate[at:]
    return long if len(long) > len(short) and short.lower() not in long.lower().split() else None
