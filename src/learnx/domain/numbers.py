"""Numbers as texts write them, with their units, in a form in which two writings of one quantity are equal."""

import re
import unicodedata

from learnx.domain.numbers_in_words import worded_quantities
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, word_list
from learnx.domain.values import Value

_WORD_VALUES = {
    word: str(value)
    for value, word in enumerate(
        word_list(
            "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
            "eighteen nineteen twenty"
        ),
        start=2,
    )
} | {
    word: str(value)
    for word, value in {
        "zero": 0, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
        "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12,
    }.items()
}  # fmt: skip

#: Writings of a unit, the first being the one that all are reduced to. Those of one letter only count right behind
#: a number; ``in`` is left out, being a preposition far more often.
_UNITS: dict[str, str] = {}
_WRITINGS = """
    % percent pct | °c celsius ℃ | °f fahrenheit | k kelvin kelvins | ° degree degrees deg |
    m meter meters metre metres | km kilometer kilometers kilometre kilometres |
    cm centimeter centimeters centimetre centimetres | mm millimeter millimeters millimetre millimetres |
    µm micrometer micrometers micrometre micrometres micron microns um |
    nm nanometer nanometers nanometre nanometres | mile miles mi | ft foot feet | inch inches | yd yard yards |
    g gram grams gramme grammes | kg kilogram kilograms kilogramme kilogrammes | mg milligram milligrams |
    µg microgram micrograms | ton tons | tonne tonnes | lb lbs pound pounds | oz ounce ounces |
    l liter liters litre litres | ml milliliter milliliters millilitre | gallon gallons gal |
    s sec second seconds | ms millisecond milliseconds | µs microsecond microseconds |
    ns nanosecond nanoseconds | min minute minutes | h hr hrs hour hours | day days | week weeks |
    month months | year years yr yrs | decade decades | century centuries | hz hertz | khz kilohertz |
    mhz megahertz | ghz gigahertz | n newton newtons | j joule joules | kj kilojoule kilojoules |
    cal calorie calories | kcal kilocalorie kilocalories | w watt watts | kw kilowatt kilowatts |
    mw megawatt megawatts | kwh | v volt volts | mv millivolt millivolts | a ampere amperes amp amps |
    ohm ohms ω | pa pascal pascals | kpa kilopascal kilopascals | mpa megapascal megapascals | bar bars |
    atm atmosphere atmospheres | psi | mol mole moles | ev | kev | mev | gev | bit bits | byte bytes |
    kb kilobyte kilobytes | mb megabyte megabytes | gb gigabyte gigabytes | tb terabyte terabytes |
    $ dollar dollars usd | € euro euros eur | £ gbp | gpm | cfs | mgd | cmh | lps | rpm | ppm | bpm |
    db decibel decibels
"""
for _writings in _WRITINGS.split("|"):
    _names = _writings.split()
    _UNITS.update(dict.fromkeys(_names, _names[0]))

_SCRIPTS = {ord(char): f"^{digit}" for digit, char in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {ord("⁻"): "^-"}
_NUMBER = re.compile(
    r"(?P<currency>[$€£]\s?)?(?<![\w.,^])(?P<sign>(?<![\w)\].])[-−+])?(?P<digits>\d+(?:[.,]\d+)*|\.\d+)"
    r"(?P<power>\^\{?[-−]?\d+\}?)?"
    r"(?P<suffix>(?:st|nd|rd|th|s)\b|[^\W\d_]+(?!\w)|[%°℃][CF]?)?"
    r"(?P<after>\s?[%°℃][CF]?)?"
)
_FOLLOWING = re.compile(r"[^\W\d_]+(?!\w)|[\w.,;:!?()=]")
_PASSED_OVER = frozenset({"of", "the", "more", "other", "different", "or"})
_SCALE = re.compile(r"\s*([CF])(?:elsius|ahrenheit)?\b")
_SPELLED = re.compile(r"\b(" + "|".join(_WORD_VALUES) + r")\b")


class Number(Value):
    """``values`` are all its readings ("1.500" is 1.5 or 1500); ``unit`` is the reduced unit, "" where there is none.

    The values of what only words write have a mark before them: ``#3`` third, ``/2`` half, ``x2`` double, ``~100``
    hundreds; a unit without a number has the value ``~`` ("within hours") or ``~rate`` ("every hour").
    ``following`` holds the stems of the next content words of the same clause, at most three: what is counted.
    """

    text: str
    values: frozenset[str]
    unit: str = ""
    following: tuple[str, ...] = ()

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
    def is_worded(self) -> bool:
        """A rank, a part, a multiple or a bare unit."""
        return all(value[0] in "#/x~" for value in self.values)


def numbers(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in digits or in English words (without "one", which mostly is a pronoun), with ranks,
    parts, multiples and the units that stand without a number."""
    plain = unicodedata.normalize("NFKC", text.translate(_SCRIPTS)).replace("−", "-").replace("\u2044", "/")
    found = [number for match in _NUMBER.finditer(plain) if (number := _number(plain, match)) is not None]
    lowered = folded(plain)
    if len(lowered) == len(plain):
        found.extend(_spelled(plain, match) for match in _SPELLED.finditer(lowered))
        found.extend(
            Number(text=text, values=values, unit=_UNITS.get(unit, ""), following=_context(plain, end)[1])
            for text, values, unit, end in worded_quantities(lowered, _WORD_VALUES)
        )
    return tuple(found)


def _number(plain: str, match: re.Match[str]) -> Number | None:
    suffix = match["suffix"] or ""
    unit = _UNITS.get(suffix.lower(), "")
    if suffix and not unit and suffix not in ("st", "nd", "rd", "th", "s"):
        return None  # 3D, 5S: a name, not a number
    if suffix == "s" and len(match["digits"]) == 4:
        unit = ""  # the 1980s
    sign = "-" if match["sign"] == "-" else ""
    values = {sign + value for value in _readings(match["digits"])}
    if suffix in ("st", "nd", "rd", "th"):
        values |= {f"#{value}" for value in values}
    if match["power"]:
        power = match["power"].strip("^{}")
        values = {f"{value}^{power}" for value in values} | {f"{value}{power}" for value in values}
    named, following = _context(plain, match.end())
    if match["currency"]:
        unit = _UNITS[match["currency"].strip()]
    elif match["after"]:
        unit = _UNITS.get(match["after"].strip().lower(), match["after"].strip().lower())
    return Number(
        text=match[0].strip(),
        values=frozenset(values),
        unit=unit or named,
        following=following,
    )


def _spelled(plain: str, match: re.Match[str]) -> Number:
    unit, following = _context(plain, match.end())
    return Number(text=match[0], values=frozenset({_WORD_VALUES[match[0]]}), unit=unit, following=following)


def _context(plain: str, end: int) -> tuple[str, tuple[str, ...]]:
    unit = ""
    following: list[str] = []
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
        adjacent = place == 0 and plain[end : match.start()].strip() in ("", "per", "-")
        known = _UNITS.get(word) or _UNITS.get(word.lower(), "") if len(word) > 1 else _UNITS.get(word.lower(), "")
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


def _readings(digits: str) -> set[str]:
    """``1,500`` and ``1.500``: thousands or a decimal fraction; anything with more marks than that is itself."""
    marks = [char for char in digits if char in ".,"]
    plain = digits.replace(",", "").replace(".", "")
    if not marks:
        return {_trimmed(digits)}
    groups = re.split(r"[.,]", digits)
    thousands = len(set(marks)) == 1 and all(len(group) == 3 for group in groups[1:]) and 0 < len(groups[0]) <= 3
    readings = {_trimmed(plain)} if thousands and groups[0] != "0" else set()
    if len(marks) == 1:
        readings.add(_trimmed(digits.replace(",", ".")))
    elif marks[-1] != marks[0]:
        whole, fraction = digits[: digits.rindex(marks[-1])], groups[-1]
        readings.add(_trimmed(f"{whole.replace(marks[0], '')}.{fraction}"))
    return readings or {digits}


def _trimmed(number: str) -> str:
    whole, point, fraction = number.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if point and fraction else whole
