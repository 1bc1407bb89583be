"""Numbers as texts write them, with their units, in a form in which two writings of one quantity are equal."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

import msgspec

from learnx.domain.digits import readings, scaled
from learnx.domain.foreign_numbers import FOREIGN, SCALE_WORDS, foreign_values
from learnx.domain.numbers_in_words import worded_quantities
from learnx.domain.spelled_numbers import PART_OF_SCALE, SCALES, SPELLED, WORD_VALUES, part_of_scale, spelled_values
from learnx.domain.terms import FUNCTION_WORDS, folded, stem
from learnx.domain.units import UNITS, UNITS_OF_TWO_WORDS
from learnx.domain.values import Value

_SCRIPTS = {ord(char): f"^{digit}" for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {ord("⁻"): "^-"}
#: Chinese and Japanese write no space between a number and a word.
_CJK = "\u3040-\u30ff\u3400-\u9fff"
#: "500 000 people"; figures side by side, as in a table's row, are several numbers.
_GROUPED = r"(?<!\d )\d{1,3}(?:(?: \d{3})* 000(?![\d ]* ?\d)|(?: \d{3})(?=\s?[^\W\d]|[,;)]|\.(?!\d)))"
_NUMBER = re.compile(
    rf"(?P<currency>[$€£]\s?)?(?<![^\W{_CJK}])(?<![.,^])(?P<sign>(?<![\w)\].])[-−+])?(?P<digits>{_GROUPED}|\d+(?:[.,]\d+)*|\.\d+)"
    r"(?P<power>\^\{?[-−]?\d+\}?)?"
    rf"(?P<suffix>(?:st|nd|rd|th|s)\b|[^\W\d_{_CJK}]+(?![^\W{_CJK}])|[%°℃][CF]?)?"
    r"(?P<after>\s?[%°℃][CF]?)?"
)
_DIGIT = re.compile(r"\d")
_FOLLOWING = re.compile(r"[^\W\d_]+(?!\w)|[\w.,;:!?()=]")
_PASSED_OVER = frozenset({"of", "the", "more", "other", "different", "or"})
_SCALE = re.compile(r"\s*([CF])(?:elsius|ahrenheit)?\b")
#: "50 billionths of a second".
_PARTS = {word: Decimal(1).scaleb(-at) for word, at in (("thousandths", 3), ("millionths", 6), ("billionths", 9))}
_ALL_SCALES = SCALES | SCALE_WORDS | _PARTS
_SCALE_BEHIND = re.compile(rf"[ -]({'|'.join(sorted(_ALL_SCALES, key=len, reverse=True))})\b", re.IGNORECASE)
_BELOW_THOUSAND = re.compile(r"\d{1,3}(?:\.\d+)?")
_SCALE_WITHIN = re.compile(rf"\w[ -]({'|'.join(SCALES)})\Z", re.IGNORECASE)
_SHARED = re.compile(r"\s*(?:,|,?\s(?:and|or|to|versus|vs\.?)|[-–])\s*[-$€£]?")
_OF_TWO_WORDS = re.compile(
    rf"[ -]?({'|'.join(name.replace(' ', '[ -]') for name in UNITS_OF_TWO_WORDS)})s?\b", re.IGNORECASE
)


class Number(Value):
    """``values`` are all its readings ("1.500" is 1.5 or 1500); ``unit`` is the reduced unit, "" where there is none.

    The values of what only words write have a mark before them: ``#3`` third, ``/2`` half, ``x2`` double, ``~100``
    hundreds; a unit without a number has the value ``~`` ("within hours") or ``~rate`` ("every hour").
    ``following`` holds the stems of the next content words of the same clause, at most three: what is counted.
    ``start`` and ``end`` are offsets into ``normalized(text)``.
    """

    text: str
    values: frozenset[str]
    unit: str = ""
    following: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    is_implied: bool = False

    @property
    def is_small(self) -> bool:
        """A whole number up to ten without a unit, a rank or a part of so many, or a unit without a number."""
        return self.is_bare or (
            not self.unit
            and all(value.lstrip("#/x").isdigit() and int(value.lstrip("#/x")) <= 10 for value in self.values)
        )

    @property
    def is_bare(self) -> bool:
        """A unit without a number: "within hours"."""
        return bool(self.values & {"~", "~rate"})

    @property
    def category(self) -> str:
        """Numbers of different categories never stand for one another: "" counts, ranks, parts, multiples, units."""
        first = min(self.values)
        return "" if first[0] not in "#/x~" else "~rate" if "~rate" in self.values else first[0]

    @property
    def is_loose(self) -> bool:
        """Said of no quantity in most texts: "the first of them", "the two", "the early years"."""
        return (
            "#1" in self.values
            or (self.is_bare and " " in self.text)
            or (self.text.lower() in ("two", "three", "dos", "deux", "zwei") and not self.following and not self.unit)
        )

    @property
    def is_year(self) -> bool:
        """Four plain digits of a year, without a unit."""
        return not self.unit and re.fullmatch(r"(?:1\d|20)\d\ds?", self.text) is not None

    @property
    def is_worded(self) -> bool:
        """A rank, a part, a multiple or a bare unit."""
        return all(value[0] in "#/x~" for value in self.values)


@lru_cache(maxsize=512)
def numbers(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in digits or in English words (without "one", which mostly is a pronoun), with ranks,
    parts, multiples and the units that stand without a number."""
    plain = normalized(text)
    digits = _NUMBER.finditer(plain) if _DIGIT.search(plain) else ()
    found = [number for match in digits if (number := _number(plain, match)) is not None]
    lowered = folded(plain)
    if len(lowered) == len(plain):
        found.extend(_in_words(plain, lowered, found))
        found = _with_parts_of_scales(plain, lowered, found)
    return _with_shared_units(plain, _with_halves(plain, sorted(found, key=lambda number: number.start)))


def _in_words(plain: str, lowered: str, found: list[Number]) -> list[Number]:
    """What words write, apart from the scales of ``found``: the "million" of "1.5 million" was read already."""
    scales = frozenset(number.end for number in found)
    foreign = [match for match in FOREIGN.finditer(lowered) if match.end() not in scales]
    taken = scales.union(match.end() for match in foreign)
    runs = [(match, foreign_values) for match in foreign]
    runs += [(match, spelled_values) for match in SPELLED.finditer(lowered) if match.end() not in taken]
    worded = [
        Number(
            text=text,
            values=values,
            unit=UNITS.get(unit, ""),
            following=_context(plain, end)[1],
            start=end - len(text),
            end=end,
        )
        for text, values, unit, end in worded_quantities(lowered, WORD_VALUES)
        if end not in taken
    ]
    return [_spelled(plain, *of) for match, values_of in runs for of in values_of(match)] + worded


def _with_parts_of_scales(plain: str, lowered: str, found: list[Number]) -> list[Number]:
    """ "Half a million" is one number, and neither a half nor a million."""
    for match in PART_OF_SCALE.finditer(lowered):
        found = [number for number in found if not match.start() <= number.start < match.end()]
        found.append(_spelled(plain, match.start(), match.end(), part_of_scale(match)))
    return found


def _with_halves(plain: str, found: list[Number]) -> list[Number]:
    """ "Two and a half minutes" are 2.5 minutes."""
    for place in range(len(found) - 2, -1, -1):
        whole, half = found[place], found[place + 1]
        value = min(whole.values)
        if half.values == {"/2"} and value.isdigit() and plain[whole.end : half.start].strip().lower() == "and a":
            unit, following = _context(plain, half.end)
            found[place : place + 2] = [
                Number(
                    text=plain[whole.start : half.end],
                    values=frozenset({f"{value}.5"}),
                    unit=unit,
                    following=following,
                    start=whole.start,
                    end=half.end,
                )
            ]
    return found


def _with_shared_units(plain: str, found: list[Number]) -> tuple[Number, ...]:
    """ "2.4 and 3.3 %", "4.5 to 4.6 billion years": the unit and the scale are said once, behind the last of them."""
    for place in range(len(found) - 2, -1, -1):
        number, after = found[place], found[place + 1]
        if (
            number.unit
            or number.following
            or not number.category == after.category == ""
            or not _SHARED.fullmatch(plain, number.end, after.start)
        ):
            continue
        if (scale := _SCALE_WITHIN.search(after.text)) and all(map(_BELOW_THOUSAND.fullmatch, number.values)):
            values = frozenset(scaled(value, SCALES[scale[1].lower()]) for value in number.values)
            found[place] = msgspec.structs.replace(number, values=values, unit=after.unit)
        elif after.unit:
            found[place] = msgspec.structs.replace(number, unit=after.unit)
    return tuple(found)


def following_terms(plain: str, end: int) -> tuple[str, ...]:
    """The stems of what is counted by a number that ends there, as in ``Number.following``."""
    return _context(plain, end)[1]


def normalized(text: str) -> str:
    """NFKC with plain minus signs and fraction bars; raised digits as ``^2``."""
    return unicodedata.normalize("NFKC", text.translate(_SCRIPTS)).replace("−", "-").replace("\u2044", "/")


def _number(plain: str, match: re.Match[str]) -> Number | None:
    suffix = match["suffix"] or ""
    unit = UNITS.get(suffix.lower(), "")
    if suffix and not unit and suffix not in ("st", "nd", "rd", "th", "s"):
        return None  # 3D, 5S: a name, not a number
    if suffix == "s" and len(match["digits"]) == 4:
        unit = ""  # the 1980s
    sign = "-" if match["sign"] == "-" else ""
    values = {sign + value for value in readings(match["digits"])}
    if suffix in ("st", "nd", "rd", "th"):
        values |= {f"#{value}" for value in values}
    if match["power"]:
        power = match["power"].strip("^{}")
        values = {f"{value}^{power}" for value in values} | {f"{value}{power}" for value in values}
    end = match.end()
    scale = None if suffix or match["after"] else _SCALE_BEHIND.match(plain, end)
    if scale:
        end = scale.end()
        values = {scaled(value, _ALL_SCALES[scale[1].lower()]) for value in values}
    named, following = _context(plain, end)
    if match["currency"]:
        unit = UNITS[match["currency"].strip()]
    elif match["after"]:
        unit = UNITS.get(match["after"].strip().lower(), match["after"].strip().lower())
    return Number(
        text=plain[match.start() : end].strip(),
        values=frozenset(values),
        unit=unit or named,
        following=following,
        start=match.start("digits"),
        end=end,
    )


def _spelled(plain: str, start: int, end: int, value: int) -> Number:
    unit, following = _context(plain, end)
    return Number(
        text=plain[start:end],
        values=frozenset({str(value)}),
        unit=unit,
        following=following,
        start=start,
        end=end,
    )


def _context(plain: str, end: int) -> tuple[str, tuple[str, ...]]:
    unit = ""
    following: list[str] = []
    if compound := _OF_TWO_WORDS.match(plain, end):
        unit, end = UNITS_OF_TWO_WORDS[compound[1].lower().replace("-", " ")], compound.end()
    for place, match in enumerate(_FOLLOWING.finditer(plain, end, end + 60)):
        word = match[0]
        without_spaces = "\u3040" <= word[0] <= "\u9fff"  # where a word ends is not to be seen
        if (
            not word[0].isalpha()
            or without_spaces
            or len(following) == 3
            or plain[match.end() : match.end() + 1].isalnum()
        ):
            break
        adjacent = place == 0 and not unit and plain[end : match.start()].strip() in ("", "per", "-")
        known = UNITS.get(word) or UNITS.get(word.lower(), "") if len(word) > 1 else UNITS.get(word.lower(), "")
        if adjacent and known and (len(word) > 1 or word not in ("a", "A", "I")):
            scale = _SCALE.match(plain, match.end()) if known == "°" else None
            unit = f"°{scale[1].lower()}" if scale else known
        elif adjacent and word == "per" and plain[match.end() : match.end() + 5].strip().startswith("cent"):
            unit = "%"
        elif word.lower() not in FUNCTION_WORDS and len(word) > 1:
            following.append(stem(word.lower()))
        elif word.lower() not in _PASSED_OVER:
            break
    return unit, tuple(following)
