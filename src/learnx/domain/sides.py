"""Whether a sentence has the two sides of a comparison or of a way exchanged: "more between groups than within one" of
"more within one than between groups", "from memory to sense" of "from sense to memory"."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import FUNCTION_WORDS, stem, word_list
from learnx.domain.wording import Wording

_MORE = frozenset(word_list("more greater higher larger bigger longer stronger"))
_LESS = frozenset(word_list("less fewer lower smaller shorter weaker"))
_STOPS = frozenset(",;:()—") | frozenset(word_list("but while whereas although because since which and"))
#: Prepositions that tell two sides apart where the nouns are the same.
_TELLING = frozenset(word_list("between within among inside outside before after"))
_GOALS = frozenset(word_list("to into onto toward towards"))
#: So many words at most name where a way begins, and where it ends.
_LONGEST = 5
#: A comparative stands so many words before its "than".
_BEFORE_THAN = 12


class _Sides(NamedTuple):
    """``link`` is the same for two pairs only if they say the same of their sides."""

    link: str
    one: frozenset[str]
    other: frozenset[str]


def exchanged_sides(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, where the passage has the same comparison or way, and every time the other way round."""
    ours = list(_sides(claimed.wording))
    if not ours:
        return None
    theirs = [sides for passage in window for sides in _sides(passage.wording)]
    for mine in ours:
        fits = [_fit(mine, its) for its in theirs if its.link == mine.link]
        if fits and min(fits) < 0 and max(fits) <= 0:
            return f"its passage has the sides of “{mine.link}” the other way round"
    return None


def _fit(mine: _Sides, its: _Sides) -> int:
    """-1 where what the one has on its other side stands on the first side of the other, and the reverse; 1 where the
    other sides have something in common. The first side may have what is said of both, too."""
    other, its_other = mine.other - mine.one, its.other - its.one
    if other & its_other:
        return 1
    return -1 if other & its.one and its_other & mine.one else 0


def _sides(wording: Wording) -> Iterator[_Sides]:
    words = [raw.lower() for raw in wording.raw]
    for place, word in enumerate(words):
        if word == "than":
            yield from _compared(words, place)
        elif word == "from":
            yield from _way(words, place)


def _compared(words: Sequence[str], than: int) -> Iterator[_Sides]:
    for at in range(than - 1, max(-1, than - _BEFORE_THAN), -1):
        word = words[at]
        if word in _MORE | _LESS or (len(word) > 4 and word.endswith("er") and at == than - 1):
            break
    else:
        return
    behind = words[at + 1] if words[at] in ("more", "less") and at + 1 < than else ""
    degree = "more" if words[at] in _MORE else "less" if words[at] in _LESS else words[at]
    start = next((here + 1 for here in range(at, -1, -1) if words[here] in _STOPS), 0)
    end = next((here for here in range(than, len(words)) if words[here] in _STOPS or words[here] in ".!?"), len(words))
    yield _Sides(f"{degree} {stem(behind)}".strip(), _told(words[start:than]), _told(words[than:end]))


def _way(words: Sequence[str], start: int) -> Iterator[_Sides]:
    within = range(start + 2, min(start + 2 + _LONGEST, len(words)))
    goal = next((here for here in within if words[here] in _GOALS), None)
    if goal is None or not _STOPS.isdisjoint(words[start:goal]):
        return
    end = next((here for here in range(goal + 1, len(words)) if words[here] in _STOPS), len(words))
    yield _Sides("from … to", _told(words[start:goal]), _told(words[goal : min(end, goal + 1 + _LONGEST)]))


def _told(words: Sequence[str]) -> frozenset[str]:
    return frozenset(
        word if word in _TELLING else stem(word)
        for word in words
        if word in _TELLING or (word[0].isalnum() and word not in FUNCTION_WORDS)
    )
