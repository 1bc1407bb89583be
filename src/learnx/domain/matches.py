"""Where in a text stands what was searched for: words in any form, codes, pairs of characters, phrases, formulas."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from learnx.domain.search_terms import BETWEEN_DIGITS, phrase_terms
from learnx.domain.values import Value

_WORD = re.compile(r"[^\W_]+")
_GROUP = 3
#: Signs of a formula between which its LaTeX, Unicode and printed forms may have something else.
_BETWEEN = r"[\s${}\\^_*·×⋅∗&`]*"
_DIGITS = {
    str(digit): f"[{digit}{upper}{lower}]"
    for digit, (upper, lower) in enumerate(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", strict=True))
}
_ALIKE = {**_DIGITS, "-": "[-−–]", "σ": r"(?:[Σσς∑]|\\sum|\\sigma)", "π": r"(?:[Ππ∏]|\\pi|\\prod)"}


class Match(Value):
    """Characters ``start`` to ``end`` of a text match ``term``, of which there may be several matches."""

    start: int
    end: int
    term: str


def words_to_look_up(text: str, lexemes: Iterable[str]) -> set[str]:
    """The words of a text that may be forms of these lexemes: but for accents, they have its first two letters."""
    beginnings = {re.escape(_plain(lexeme)[:2]) for lexeme in lexemes if lexeme.isalnum()}
    if not beginnings:
        return set()
    beginning = re.compile("|".join(sorted(beginnings)))
    words = set(map(str.lower, set(_WORD.findall(text))))
    return {word for word in words if beginning.search(_plain(word))}


def find_words(text: str, lexemes: Collection[str], forms: Mapping[str, Collection[str]]) -> list[Match]:
    """Each word that ``forms`` gives one of the lexemes; lexemes that are no words (codes, pairs) as they are."""
    found = [
        Match(start=start, end=end, term=lexeme)
        for word, start, end in _places(text, forms)
        for lexeme in forms[word]
        if lexeme in lexemes
    ]
    for lexeme in lexemes:
        if _is_pair(lexeme):
            found += find_patterns(text, [re.escape(lexeme)])
        elif len(lexeme) > _GROUP and lexeme.isdecimal():
            found += find_patterns(text, [_in_groups(lexeme)])
        elif not lexeme.isalnum():
            found += find_patterns(text, [rf"(?<!\w){re.escape(lexeme)}(?!\w)"])
    return found


def _in_groups(number: str) -> str:
    """Finds a number that is written in groups of three digits."""
    first = len(number) % _GROUP or _GROUP
    groups = [number[:first], *(number[place : place + _GROUP] for place in range(first, len(number), _GROUP))]
    return rf"(?<![\w.,]){BETWEEN_DIGITS.join(groups)}(?!\w)"


def _places(text: str, words: Collection[str]) -> Iterator[tuple[str, int, int]]:
    """Whole words, in any case."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter or two grow
        for found in _WORD.finditer(text):
            if (word := found[0].lower()) in words:
                yield word, found.start(), found.end()
        return
    for word in words:
        start = lowered.find(word)
        while start >= 0:
            end = start + len(word)
            if not (_WORD.match(lowered[start - 1 : start]) or _WORD.match(lowered, end, end + 1)):
                yield word, start, end
            start = lowered.find(word, end)


def find_patterns(text: str, patterns: Iterable[str]) -> list[Match]:
    """Where regular expressions match, without regard to case."""
    return [
        Match(start=match.start(), end=match.end(), term=pattern)
        for pattern in patterns
        for match in re.finditer(pattern, text, re.IGNORECASE)
        if match[0]
    ]


def formula_pattern(form: str) -> str:
    """Finds a formula in running text by its comparable form."""
    return _BETWEEN.join(_ALIKE.get(sign, re.escape(sign)) for sign in form)


def _plain(word: str) -> str:
    if word.isascii():
        return word
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _is_pair(lexeme: str) -> bool:
    """Of a script without spaces."""
    return len(lexeme) <= 2 and phrase_terms(lexeme) != lexeme
