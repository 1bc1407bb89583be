"""Whole numbers that words write: "seven", "twenty-five", "three hundred thousand"."""

import re
from collections.abc import Iterator

from learnx.domain.terms import word_list

WORD_VALUES = {
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

_ONES = "one|" + "|".join(word for word, value in WORD_VALUES.items() if 2 <= int(value) <= 19)
_TENS = "|".join(word for word, value in WORD_VALUES.items() if 20 <= int(value) <= 90)
SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES}|zero)"
#: "three hundred and twenty-five thousand": every word of it belongs to one number.
SPELLED = re.compile(
    rf"\b(?:{_BELOW_HUNDRED}(?:[- ](?:and )?(?:{'|'.join(SCALES)}|{_BELOW_HUNDRED}))*"
    rf"|(?:a )?(?:{'|'.join(SCALES)}))\b"
)


def spelled_values(match: re.Match[str]) -> Iterator[tuple[int, int, int]]:
    """Start, end and value. "One" by itself is a pronoun, and no number."""
    total = current = 0
    start = end = match.start()
    last = -1
    for word in re.finditer(r"[a-z]+", match[0]):
        if word[0] in ("a", "and"):
            continue
        scale = SCALES.get(word[0])
        value = 1 if word[0] == "one" else int(WORD_VALUES[word[0]])
        begins = scale is None and last >= 0 and not (last >= 100 or (20 <= last <= 90 and value < 10))
        if begins:
            yield start, end, total + current
            total = current = 0
            start = match.start() + word.start()
        if scale is None:
            current += value
        elif scale == 100:
            current = (current or 1) * 100
        else:
            total, current = total + (current or 1) * scale, 0
        last, end = value, match.start() + word.end()
    if last >= 0 and match[0][start - match.start() : end - match.start()] != "one":
        yield start, end, total + current


#: Spanish, French and German number words that are no words of English; each is taken by itself.
FOREIGN_VALUES = {
    word: value
    for value, words in {
        "2": "dos deux zwei", "3": "tres trois drei", "4": "cuatro quatre vier", "5": "cinco cinq fünf",
        "6": "seis sechs",
        "7": "siete sieben", "8": "ocho huit acht", "9": "nueve neuf neun", "10": "diez zehn", "11": "onze elf",
        "12": "doce douze zwölf", "13": "trece treize dreizehn", "14": "catorce quatorze vierzehn",
        "15": "quince quinze fünfzehn", "20": "veinte vingt zwanzig", "30": "treinta trente dreißig",
        "40": "cuarenta quarante vierzig", "50": "cincuenta cinquante fünfzig", "60": "sesenta soixante sechzig",
        "70": "setenta siebzig", "80": "ochenta achtzig", "90": "noventa neunzig", "100": "cien hundert",
        "1000": "mil mille tausend", "1000000": "millón millones millionen",
        "1000000000": "milliarden milliards",
    }.items()
    for word in word_list(words)
}  # fmt: skip
FOREIGN = re.compile(rf"\b(?:{'|'.join(FOREIGN_VALUES)})\b")
