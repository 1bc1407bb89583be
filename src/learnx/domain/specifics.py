"""What in a sentence can be checked word for word: numbers, dates, formulas, quotations, acronyms and proper names."""

import re
import unicodedata
from collections.abc import Iterator

from learnx.domain.foreign_words import FOREIGN_FUNCTION_WORDS
from learnx.domain.formulas import comparable_formula, formulas, without_formulas
from learnx.domain.general_words import GENERAL
from learnx.domain.numbers import Number, numbers
from learnx.domain.spelled_numbers import WORD_VALUES
from learnx.domain.synonyms import is_common
from learnx.domain.terms import FUNCTION_WORDS, stem, word_list
from learnx.domain.text_comparison import comparable
from learnx.domain.values import Value

_QUOTED = re.compile(
    r"\"([^\"\n]{2,300})\"|“((?:[^“”\n]|“[^“”\n]*”){2,300})”|«((?:[^«»\n]|«[^«»\n]*»){2,300})»|„([^“”\n]{2,300})[“”]|`([^`\n]{2,200})`"
)
#: "interleukin-6": a word with a number behind it is a name.
_NUMBERED = re.compile(r"[-‐‑–]\d+(?![\w-])")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        word_list("january february march april may june july august september october november december"), start=1
    )
}
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_MONTH})|(?P<month2>{_MONTH})\s+"
    rf"(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)\b(?:,?\s+(?P<year>\d{{4}}))?|\b(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
)
#: Words that start a sentence without being its subject, beside function words and words in -ly, -ing and -ed.
OPENERS = frozenset(
    word_list("""
    according answer answers anybody anyone ask because beyond bring call check choose circle close come common
    compare consider contrast count cover deep describe despite different draw easy equally every everybody
    everyone excellent explain fill find finally fine following generally given good great guess hello hi hint how
    imagine important include instead interesting key label learners let list look luckily main many match most
    name nice note notice now ok okay one only open others overall part people pick picture please point practice
    predict question questions quick read readers recall remember right say see short simple somebody someone
    sketch solve solution some sort split start state step still stop strong students study suppose sure take talk
    tell test thank thanks think time today together trace try turn understand various wait walk watch welcome
    well what wonder work write
    """)
)

_COMPARED = frozenset(
    word_list("""
    older younger larger smaller higher lower bigger greater fewer longer shorter stronger weaker faster slower better
    worse warmer colder hotter cooler heavier lighter deeper thicker thinner wider richer poorer brighter newer earlier
    later closer nearer farther easier harder oldest youngest largest smallest highest lowest biggest greatest longest
    shortest strongest weakest fastest slowest best worst half twice once
    """)
)


class Specifics(Value):
    """``names`` are words as written; ``opening`` is the first word where it may be a name: nothing tells it from a
    noun that merely stands first."""

    numbers: tuple[Number, ...] = ()
    dates: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()
    quotations: tuple[str, ...] = ()
    acronyms: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    opening: str | None = None

    @property
    def any(self) -> bool:
        return bool(self.numbers or self.dates or self.formulas or self.quotations or self.acronyms or self.names)


def specifics(text: str) -> Specifics:
    """Everything checkable in one sentence of Markdown; formulas and quotations in the form they are compared in."""
    prose = without_formulas(text)
    acronyms, names, opening = _capitalised(prose)
    return Specifics(
        numbers=numbers(prose),
        dates=dates(text),
        formulas=tuple(filter(None, map(comparable_formula, formulas(text)))),
        quotations=tuple(
            comparable(next(filter(None, match.groups()))).strip(".,;:!?…").casefold()
            for match in _QUOTED.finditer(text)
        ),
        acronyms=acronyms,
        names=names,
        opening=opening,
    )


def dates(text: str) -> tuple[str, ...]:
    """Days of the year as ``1879-03-14``, or ``03-14`` where no year is given (English month names, ISO 8601)."""
    found = []
    for match in _days(text):
        if match["iso"]:
            found.append(match["iso"])
            continue
        month = _MONTHS[match["month"] or match["month2"]]
        day = int(match["day"] or match["day2"])
        found.append((f"{match['year']}-" if match["year"] else "") + f"{month:02}-{day:02}")
    return tuple(found)


def date_spans(text: str) -> list[tuple[int, int]]:
    """Where a text in NFKC has its dates."""
    return [match.span() for match in _days(text)]


def _days(text: str) -> Iterator[re.Match[str]]:
    if not re.search(r"\d", text):
        return
    plain = unicodedata.normalize("NFKC", text)
    for match in _DATE.finditer(plain.lower()):
        month = match.start("month") if match["month"] else match.start("month2")
        if match["iso"] or plain[month].isupper():  # "study 2 may" and "march" are no months
            yield match


def is_acronym(token: str) -> bool:
    """Two capitals, one behind a small letter, or letters and digits in one word: DNA, mRNAs, pH, H2O."""
    if token.isalpha() and token[1:].islower():
        return False
    if any("\u3040" <= char <= "\u9fff" for char in token):
        return False  # no spaces: where a word ends is not to be seen
    capitals = sum(char.isupper() for char in token)
    if capitals >= 2 or (capitals and token[0].islower()):
        return True
    return token[0].isalpha() and any(char.isdigit() for char in token)


def acronym_key(token: str) -> str:
    folded_token = token.casefold()
    return folded_token.removesuffix("s") if len(token) > 2 else folded_token


def _capitalised(text: str) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    plain = unicodedata.normalize("NFKC", text)
    matches = list(_TOKEN.finditer(plain))
    shouted = sum(match[0].isupper() for match in matches) > len(matches) / 2 and len(matches) > 3
    acronyms: list[str] = []
    names: list[str] = []
    opening = None
    for place, match in enumerate(matches):
        if match[0].isalpha() and match[0].islower():
            if _NUMBERED.match(plain, match.end()):
                names.append(match[0])
            continue
        token = re.split(r"['’]", match[0])[0] if is_acronym(match[0]) else match[0]
        if not token[0].isalpha() or len(token) < 2:
            continue
        if is_acronym(token) and not shouted:
            acronyms.append(token)
        elif token[0].isupper() and not shouted:
            starts = place == 0 or re.search(r"[.:!?\"“«(|\n]\W*$", plain[matches[place - 1].end() : match.start()])
            if not starts:
                if token.casefold() not in FUNCTION_WORDS and token not in ("Celsius", "Fahrenheit"):
                    names.append(token)
            elif place == 0 and not _opens(token):
                opening = token
    return tuple(acronyms), tuple(names), opening


def _opens(token: str) -> bool:
    word = token.casefold().replace("’", "'")
    if word in FUNCTION_WORDS or word in FOREIGN_FUNCTION_WORDS or word in OPENERS or word in WORD_VALUES:
        return True
    if is_common(stem(word)) or stem(word) in GENERAL:
        return True
    return word.endswith(("ly", "ing", "ed")) or word in _COMPARED
