"""Quantities that only words write: ranks, parts, multiples, and units of time and measure without a number."""

import re
from collections.abc import Collection, Iterator

from learnx.domain.terms import word_list

_RANKS = {
    word: f"#{place}"
    for place, word in enumerate(
        word_list(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        start=1,
    )
}
_VALUES = (
    _RANKS
    | {f"{word}s": value for word, value in _RANKS.items() if value not in ("#1", "#2")}
    | dict.fromkeys(word_list("half halve halves halved halving 1/2"), "/2")
    | dict.fromkeys(word_list("quarter quarters 1/4"), "/4")
    | dict.fromkeys(word_list("double doubles doubled doubling twice twofold two-fold 2-fold"), "x2")
    | dict.fromkeys(word_list("triple triples tripled tripling treble thrice threefold three-fold 3-fold"), "x3")
    | dict.fromkeys(word_list("quadruple quadruples quadrupled fourfold four-fold 4-fold"), "x4")
    | {"tenfold": "x10", "ten-fold": "x10", "10-fold": "x10", "hundredfold": "x100"}
    | {"dozen": "12", "dozens": "~12", "tens": "~10", "hundreds": "~100", "thousands": "~1000"}
    | {"millions": "~1000000", "billions": "~1000000000", "trillions": "~1000000000000"}
)
_ADVERBS = {"hourly": "hours", "daily": "days", "weekly": "weeks", "monthly": "months"} | dict.fromkeys(
    word_list("yearly annual annually"), "years"
)
_PLURALS = word_list(
    """
    nanoseconds microseconds milliseconds seconds minutes hours days weeks months years decades centuries
    nanometers nanometres micrometers micrometres millimeters millimetres centimeters centimetres meters metres
    kilometers kilometres inches yards miles milligrams grams kilograms tonnes milliliters millilitres liters litres
    gallons
    """
)
_SINGULARS = {"century": "centuries", "inch": "inches"} | {
    word.removesuffix("s"): word for word in _PLURALS if word not in ("centuries", "inches")
}
_QUANTITY = re.compile(
    rf"(?<![\w/.,-])(?:{'|'.join(sorted(map(re.escape, _VALUES), key=len, reverse=True))})(?![\w/]|-fold)"
    rf"|(?<=-)(?:{'|'.join(_RANKS)}|half)s?\b"
)
_UNIT = re.compile(rf"(?<![\w-])(?<!light )(?:{'|'.join([*_PLURALS, *_ADVERBS, *_SINGULARS])})(?!\w)")
_BEFORE = re.compile(r"([\w.,/]+)[\s-]*\Z")
#: Words that only number what is said: "First, …", "at first", "second of all".
_CONNECTIVE = re.compile(r"(?:first|second|third|fourth|fifth)(?:ly)?(?:,|\s+of all\b|:)")
_OPENS = re.compile(r"(?:\A|[.!?;:\n(]|\b(?:and|but))[\s*_\"“]*\Z")
#: What comes "one day" comes at some time.
_SOME_TIME = re.compile(r"\b(?:will|would|may|might|could|can|perhaps|maybe)\s*\Z")
#: "The early years", "the years 1947–1967": a time, and no quantity of it.
_TIMES = frozenset(
    word_list("the early earlier late later recent first last final formative subsequent following previous coming")
)
_COUNTS = frozenset({"a", "an", "per", "each", "every", "one"})


def worded_quantities(lowered: str, counts: Collection[str]) -> Iterator[tuple[str, frozenset[str], str, int]]:
    """Text, values, unit as written ("" for none) and end of each quantity of a folded text.

    ``counts`` are the words for whole numbers: a unit behind one of them is that number's, and no quantity by itself.
    """
    for match in _QUANTITY.finditer(lowered):
        word = match[0]
        before = _BEFORE.search(lowered, max(0, match.start() - 30), match.start())
        previous = before[1] if before else ""
        if word in _RANKS and (_is_connective(lowered, match) or (word == "first" and previous == "at")):
            continue
        if word == "second" and (previous in ("per", "each", "every", "one", *counts) or previous[-1:].isdigit()):
            continue
        yield word, frozenset({_VALUES.get(word) or _VALUES[word.removesuffix("s")]}), "", match.end()
    for match in _UNIT.finditer(lowered):
        before = _BEFORE.search(lowered, max(0, match.start() - 30), match.start())
        previous = before[1] if before else ""
        word = match[0]
        if previous in counts or any(map(str.isdigit, previous)):
            continue
        if word in _SINGULARS and (previous not in _COUNTS or (word == "second" and previous in ("a", "one"))):
            continue
        if (previous, word) == ("one", "day") and _SOME_TIME.search(lowered, 0, before.start() if before else 0):
            continue
        if previous in _TIMES and word in ("days", "years", "months", "decades", "centuries"):
            yield f"{previous} {word}", frozenset({"~"}), word, match.end()
            continue
        rate = word in _ADVERBS or previous in ("per", "each", "every")
        values = {"~rate"} if rate else {"~", "~rate"} if previous in ("a", "an") else {"~"}
        yield word, frozenset(values), _ADVERBS.get(word) or _SINGULARS.get(word, word), match.end()


def _is_connective(lowered: str, match: re.Match[str]) -> bool:
    if not _CONNECTIVE.match(lowered, match.start()):
        return False
    return _OPENS.search(lowered, max(0, match.start() - 12), match.start()) is not None
