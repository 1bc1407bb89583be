"""Other writings of one name: what its people are called, a longer word made of it, the initials of several words."""

import re
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from functools import lru_cache

from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.synonyms import is_common
from learnx.domain.terms import folded, stem

#: Endings of a place's name and of what is made of it; what stands before them has to be the same.
_PLACE = ("", "a", "e", "ia", "ea", "i", "o", "y", "land")
_MADE = ("n", "an", "ian", "ean", "ese", "ish", "ic", "er", "ern", "ite", "i")
_SHORTEST = 4
#: Before a name they make a word of it: transatlantic, pre-Columbian.
_PREFIXES = ("trans", "inter", "intra", "circum", "anti", "post", "pre", "pro", "neo", "non", "pan", "sub")
_RUN = re.compile(r"[A-Z][\w’'-]*(?:[ \n]+(?:(?:of|the|and|for|in|de)[ \n]+)*[A-Z][\w’'-]*){1,7}")
_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,6}")
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_NONE = frozenset[str]()


@lru_cache(maxsize=16_384)
def is_same_name(one: str, other: str) -> bool:
    """Whether two stems are of one name: "itali" (Italy) and "italian", "atlantic" and "transatlantic"."""
    if one == other or other in IRREGULAR.get(one, _NONE):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _SHORTEST + 1 and any(prefix + short == long for prefix in _PREFIXES):
        return True
    return _is_made_of(one, other) or _is_made_of(other, one)


def _is_made_of(made: str, place: str) -> bool:
    for ending in _MADE:
        start = made.removesuffix(ending)
        if start == made or len(start) < _SHORTEST:
            continue
        if place.startswith(start) and place.removeprefix(start) in _PLACE:
            return True
    return False


def is_named_among(name: str, stems: Collection[str]) -> bool:
    """Whether one of some stems is of the same name."""
    if not IRREGULAR.get(name, _NONE).isdisjoint(stems):
        return True
    start = name[:3]
    return any((other.startswith(start) or other.endswith(name)) and is_same_name(name, other) for other in stems)


def initials(text: str) -> frozenset[str]:
    """What words with capitals in a row may be shortened to, in lower case, and dotted letters without their dots:
    "us" of "United States", and of "U.S."."""
    found = set(_dotted(text))
    for run in _RUN.findall(text):
        letters = "".join(word[0] for word in _words(run) if word[0].isupper()).lower()
        found.update((letters, letters[1:]))
        found.update(letters[at:end] for at in range(len(letters)) for end in range(at + 3, len(letters) + 1))
    return frozenset(short for short in found if len(short) > 1)


def acronyms(text: str) -> frozenset[str]:
    """Words in capitals, and dotted letters without their dots, in lower case."""
    return frozenset(match[0].lower() for match in _CAPITALS.finditer(text)) | _dotted(text)


def spelled_out(text: str, short: AbstractSet[str]) -> frozenset[str]:
    """The stems of words with capitals in a row, all of them plain English, that one of some acronyms stands for."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        words = [word for word in _words(run) if word[0].isupper()]
        stems = [stem(folded(word)) for word in words]
        for at in range(len(words) - 1):
            for end in range(at + 2, len(words) + 1):
                if "".join(word[0] for word in words[at:end]).lower() in short and all(map(is_common, stems[at:end])):
                    found.update(stems[at:end])
    return frozenset(found)


def _dotted(text: str) -> frozenset[str]:
    return frozenset(match[0].replace(".", "").lower() for match in _DOTTED.finditer(text))


def _words(run: str) -> list[str]:
    return [word for word in re.split(r"[\s-]+", run) if word]
