"""Where a text without headings turns to another topic, told by its words alone."""

from collections import Counter
from collections.abc import Sequence
from math import inf, log

#: How many words a topic's author is taken to choose from. Fewer make shorter topics: on passages of different articles
#: put one after the other (``evaluation/chunking.py``) 500 find those of a paragraph or two, 2,000 those of a page.
PARAGRAPHS, PAGES = 500, 2_000
#: What a shift costs, in nats: the logarithm of the places where it might be, for a text of about 40 pages.
_SHIFT = 10.0
#: What it costs, in nats, to be twice the ideal length.
_UNEVEN = 3.0
_MOST_REPEATED = 4_096
#: What a word adds to the sum of n·log(n + 1) when it is said for the (n+1)th time.
_AGAIN = [(n + 1) * log(n + 2) - n * log(n + 1) for n in range(_MOST_REPEATED)]


def topic_shifts(
    units: Sequence[Sequence[str]],
    *,
    vocabulary: int,
    sizes: Sequence[int] | None = None,
    ideal: float | None = None,
    most: int | None = None,
    reluctance: Sequence[float] | None = None,
) -> list[int]:
    """The places (1 … len(units)-1) at which a topic begins, in order; ``units`` are the terms of sentences, paragraphs
    or passages in reading order.

    The division of highest probability where each topic draws its words from a distribution of its own, found by
    dynamic programming: Utiyama and Isahara, "A Statistical Model for Domain-Independent Text Segmentation", ACL 2001.
    Theirs takes the text's whole vocabulary, which in a long text leaves hardly any topics; here it is ``vocabulary``.

    ``sizes`` are lengths of the units: no topic has more than ``most`` unless it is one unit, and where the words don't
    care each has about ``ideal``. ``reluctance`` is what a shift before a unit costs besides, in nats. Takes time in
    proportion to the text, and to the number of units in ``most``.
    """
    lengths = sizes or [len(unit) for unit in units]
    spread = Counter(term for unit in units for term in set(unit))
    telling = [[term for term in unit if spread[term] > 1] for unit in units]  # the others tell for no division
    limit = inf if most is None else most
    costs = [0.0, *[inf] * len(units)]
    begins = [0] * (len(units) + 1)
    for start in range(len(units)):
        before = costs[start] + _SHIFT + (reluctance[start] if reluctance else 0.0)
        said: dict[str, int] = {}
        repeated, words, length = 0.0, 0, 0
        for end in range(start, len(units)):
            length += lengths[end]
            if length > limit and end > start:
                break
            for term in telling[end]:
                times = said.get(term, 0)
                repeated += _AGAIN[times if times < _MOST_REPEATED else -1]
                said[term] = times + 1
            words += len(units[end])
            uneven = 0.0 if ideal is None else _UNEVEN * (length / ideal - 1) ** 2
            cost = before + uneven + words * log(words + vocabulary) - repeated
            if cost < costs[end + 1]:
                costs[end + 1], begins[end + 1] = cost, start
    return _traced(begins)


def _traced(begins: Sequence[int]) -> list[int]:
    shifts: list[int] = []
    place = begins[-1]
    while place > 0:
        shifts.append(place)
        place = begins[place]
    return shifts[::-1]
