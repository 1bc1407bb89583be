"""Numbers that Spanish, French and German words write: "quinientos mil", "quatre-vingt-dix", "einundzwanzig"."""

import re
from collections.abc import Iterator

from learnx.domain.terms import word_list

_PLAIN = {
    word: value
    for value, words in {
        2: "dos deux zwei", 3: "tres trois drei", 4: "cuatro quatre vier", 5: "cinco cinq fünf", 6: "seis sechs",
        7: "siete sieben", 8: "ocho huit acht", 9: "nueve neuf neun", 10: "diez zehn", 11: "onze elf",
        12: "doce douze zwölf", 13: "trece treize dreizehn", 14: "catorce quatorze vierzehn",
        15: "quince quinze fünfzehn", 16: "dieciséis sechzehn", 17: "diecisiete siebzehn",
        18: "dieciocho achtzehn", 19: "diecinueve neunzehn", 20: "veinte vingt zwanzig",
        21: "veintiuno veintiún veintiuna", 22: "veintidós", 23: "veintitrés", 24: "veinticuatro", 25: "veinticinco",
        26: "veintiséis", 27: "veintisiete", 28: "veintiocho", 29: "veintinueve", 30: "treinta trente dreißig",
        40: "cuarenta quarante vierzig", 50: "cincuenta cinquante fünfzig", 60: "sesenta soixante sechzig",
        70: "setenta siebzig", 80: "ochenta achtzig", 90: "noventa neunzig", 200: "doscientos doscientas",
        300: "trescientos trescientas", 400: "cuatrocientos cuatrocientas", 500: "quinientos quinientas",
        600: "seiscientos seiscientas", 700: "setecientos setecientas", 800: "ochocientos ochocientas",
        900: "novecientos novecientas", 100: "cien ciento",
    }.items()
    for word in word_list(words)
} | {"quatre-vingts": 80, "quatre-vingt": 80}  # fmt: skip
#: Words for one that are numbers only within others: "treinta y uno", "vingt et un".
_ONE = word_list("un una uno une ein eins")
_SCALES = (
    dict.fromkeys(word_list("hundert"), 100)
    | dict.fromkeys(word_list("mil mille tausend"), 1_000)
    | dict.fromkeys(word_list("millón millones millionen"), 10**6)
    | dict.fromkeys(word_list("milliard milliards milliarde milliarden"), 10**9)
)
#: Words of English, too: numbers of other languages only behind one of theirs.
_SHARED = {"cent": 100, "cents": 100, "million": 10**6, "millions": 10**6, "six": 6, "dix": 10, "sept": 7, "seize": 16}
_HALVES = "medio|media|halbe|halben|demi"
_GERMAN_ONES = "ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun"
_GERMAN_TENS = "zwanzig|dreißig|vierzig|fünfzig|sechzig|siebzig|achtzig|neunzig"
_GERMAN_BELOW_HUNDRED = rf"(?:{_GERMAN_ONES})und(?:{_GERMAN_TENS})|{_GERMAN_TENS}|(?:{_GERMAN_ONES})|zehn|elf|zwölf"
_GERMAN_PART = re.compile(rf"{_GERMAN_BELOW_HUNDRED}|hundert|tausend")
_COMPOUND = (
    rf"(?:(?:{_GERMAN_ONES})und(?:{_GERMAN_TENS})"
    rf"|(?:{_GERMAN_BELOW_HUNDRED})(?:hundert(?:tausend)?|tausend)|hunderttausend)"
)


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_FIRST = rf"(?:{_COMPOUND}|(?:{_any(_PLAIN | _SCALES)}))\b"
_NEXT = rf"(?:{_COMPOUND}|(?:{_any(_PLAIN | _SCALES | _SHARED)}|{'|'.join(_ONE)}))\b"
FOREIGN = re.compile(
    rf"\b(?:(?:{_HALVES})[ -](?:{_any(_SCALES)}|million)\b|{_FIRST}(?:(?:[ -]|[ -](?:y|et)[ -]){_NEXT})*)"
)
_WORD = re.compile(rf"{_any({word: 0 for word in _PLAIN if '-' in word})}|[^\W\d_]+")
#: Behind digits: "2,5 millones", "25 mil", "3 Milliarden", "mil millones".
SCALE_WORDS = {word: value for word, value in _SCALES.items() if value > 100} | {
    "millions": 10**6,
    "mil millones": 10**9,
}


def foreign_values(match: re.Match[str]) -> Iterator[tuple[int, int, int]]:
    """Start, end and value of each number in a match of ``FOREIGN``; several where they only stand side by side."""
    total = current = last = 0
    start, end, at = match.start(), match.start(), match.start()
    halved = False
    for word in _WORD.finditer(match[0]):
        if word[0] in ("y", "et"):
            continue
        if word[0] in _HALVES.split("|"):
            halved = True
            continue
        value = _value(word[0])
        scale = value if word[0] in _SCALES or (word[0] in _SHARED and value >= 100) else 0
        if not scale and last and not _goes_on(last, value):
            yield start, end, total + current
            total = current = 0
            start = at + word.start()
        if scale == 100:
            current = (current or 1) * 100
        elif scale > total:
            total, current = (total + current or 1) * scale, 0
        elif scale:
            total, current = total + (current or 1) * scale, 0
        else:
            current += value
        last, end = value, at + word.end()
    yield start, end, (total + current) // (2 if halved else 1)


def _goes_on(last: int, value: int) -> bool:
    """Whether a value below ``last`` is added to it: "treinta y cinco", "soixante-dix", "mil quinientos"."""
    if last >= 100:
        return value < last
    return 20 <= last <= 90 and value < (20 if last in (60, 80) else 10)


def _value(word: str) -> int:
    for known in (_PLAIN, _SCALES, _SHARED):
        if word in known:
            return known[word]
    if word in _ONE:
        return 1
    total = current = 0
    for part in _GERMAN_PART.findall(word):
        if part == "hundert":
            current = (current or 1) * 100
        elif part == "tausend":
            total, current = (current or 1) * 1_000, 0
        else:
            ones, _, tens = part.rpartition("und")
            current += _german(tens) + (_german(ones) if ones else 0)
    return total + current


def _german(word: str) -> int:
    return 1 if word == "ein" else _PLAIN[word]
