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


_SCALE = "|".join(SCALES)
#: "half a million", "a quarter of a million", "one and a half million", "a million and a half".
PART_OF_SCALE = re.compile(
    rf"\b(?:(?:half (?:a )?|(?P<quarters>(?:a|three)[ -]quarters?) of a )(?P<of>{_SCALE})"
    rf"|(?P<whole>{_ONES}|\d+) and a half (?P<times>{_SCALE})"
    rf"|(?:a|one) (?P<and>{_SCALE}) and a half)\b"
)


def part_of_scale(match: re.Match[str]) -> int:
    """The number that a match of ``PART_OF_SCALE`` writes."""
    if match["of"]:
        quarters = 2 if not match["quarters"] else 3 if match["quarters"].startswith("three") else 1
        return SCALES[match["of"]] * quarters // 4
    if match["and"]:
        return SCALES[match["and"]] * 3 // 2
    whole = match["whole"]
    value = int(whole) if whole.isdigit() else 1 if whole == "one" else int(WORD_VALUES[whole])
    return (2 * value + 1) * SCALES[match["times"]] // 2
