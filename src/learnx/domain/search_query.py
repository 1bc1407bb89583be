"""What a learner typed into the search box: words, exact phrases in quotation marks, formulas."""

import re
import unicodedata
from itertools import groupby

from learnx.domain.formulas import comparable_formula, formulas
from learnx.domain.sentences import split_sentences
from learnx.domain.values import Value

#: Words by which names of files are looked up; a longer question is not a name.
NAME_WORDS = 12

_QUOTED = re.compile(r'"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«([^«»]*)»')
_MARKS = re.compile('["“”„«»]')
_TOKEN = re.compile(r"[^\s\-\u2010\u2011\u00ad]+")
_WORD = re.compile(r"[^\W_]+")
#: What a formula has, and prose has not.
_SIGN = re.compile(r"[=≈≤≥≠→⇌⇒↔∝^_\\√∑∏∫∂∇∞±×÷²³¹⁰⁴-⁹₀-₉<>]|(?<=\s)[-+*/−·](?=\s)")
_SAYS_IT_ALL = re.compile(r"[∑∏∫√∂∇∞∝⇌]")
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_SEPARATOR = r"[\s\u2010\u2011\u00ad-]+"


class SearchQuery(Value):
    """``text`` is all of it without quotation marks; ``formula`` its longest formula in comparable form, or empty."""

    text: str
    phrases: tuple[str, ...] = ()
    formula: str = ""
    words: tuple[str, ...] = ()


def parse_query(typed: str) -> SearchQuery:
    """Never fails: a lone quotation mark is ignored, and so is a phrase without a letter or digit."""
    typed = unicodedata.normalize("NFC", typed)
    phrases = [next(part for part in match.groups() if part is not None) for match in _QUOTED.finditer(typed)]
    text = " ".join(_MARKS.sub(" ", typed).split())
    return SearchQuery(
        text=text,
        phrases=tuple(phrase.strip() for phrase in phrases if _WORD.search(phrase)),
        formula=_formula(text),
        words=tuple(dict.fromkeys(_WORD.findall(text.casefold())))[:NAME_WORDS],
    )


def searchable_formulas(text: str) -> str:
    """The sentences and lines of a text that hold mathematics, and those beside them, in comparable form.

    A printed formula may stand on several lines: what follows one another is not divided.
    """
    if not _SIGN.search(text):
        return ""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    signed = [_SIGN.search(sentence) is not None for sentence in sentences]
    near = [any(signed[max(0, place - 1) : place + 2]) for place in range(len(sentences))]
    runs = groupby(zip(near, sentences, strict=True), key=lambda one: one[0])
    return "\n".join("".join(_form(sentence) for _, sentence in run) for kept, run in runs if kept)


def phrase_pattern(phrase: str) -> str:
    """A regular expression, the same for Python and Postgres, to be matched without regard to case.

    Words are whole; between them may be any white space or hyphen, and apostrophes may be curly.
    """
    body = _SEPARATOR.join(map(_escaped, _TOKEN.findall(phrase)))
    first, last = phrase[0], phrase[-1]
    return f"{_edge(first, '(?<!')}{body}{_edge(last, '(?!')}"


def _edge(character: str, assertion: str) -> str:
    plain = character.isalnum() and not re.match(f"[{_UNSPACED}]", character)
    return rf"{assertion}\w)" if plain else ""


def _escaped(token: str) -> str:
    return re.sub("[^\\w]", lambda match: "['\u2019\u2018]" if match[0] in "'\u2019\u2018" else f"\\{match[0]}", token)


def _formula(text: str) -> str:
    if not _SIGN.search(text):
        return ""
    form = max(map(_form, formulas(text) or _signed(text)), key=len, default="")
    long_enough = len(form) >= 3 and any(map(str.isalnum, form))
    return form if long_enough or _SAYS_IT_ALL.search(comparable_formula(text)) else ""


def _signed(text: str) -> list[str]:
    """Runs of words that have a sign of mathematics in them."""
    runs = groupby(text.split(), key=lambda token: _SIGN.search(token) is not None)
    return [" ".join(tokens) for signed, tokens in runs if signed]


def _form(text: str) -> str:
    """Capital sigma and the sign of a sum look alike, and extractors mix them up."""
    return comparable_formula(text).casefold().replace("∑", "σ").replace("∏", "π")
