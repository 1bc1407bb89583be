"""Whether a sentence says the contrary of its passage: a negation more or less, or a word put for its contrary."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import pairwise

from learnx.domain.claims import Claim
from learnx.domain.evidence_contraries import contraries, sense
from learnx.domain.negations import NEGATORS, Negation
from learnx.domain.numbers import Number
from learnx.domain.passages import Passage, Passages
from learnx.domain.synonyms import close_synonyms, is_common, synonyms
from learnx.domain.terms import stem, word_list
from learnx.domain.wording import Place, Wording

#: Words that deny softly: where one text has such a word and the other has not, a negation may stand for it.
_SOFTLY = frozenset(
    stem(word)
    for word in word_list("""
    few fewer less little unless prevent prevents prevented avoid avoids avoided exclude excludes excluded deny denies
    denied
    reject rejects rejected lose loses lost stop stops stopped instead rather failed miss misses missed missing free
    remain remains remained beyond impossible unknown against ban bans banned forbid forbids forbidden too mild mildly
    asymptomatic independent regardless only except hardly barely unaffected unchanged same
    constant stable steady gone end ends
    """)
)
_LESSER, _COMPARED = frozenset(["less", "fewer"]), frozenset(["as", "than", "so"])
_BETWEEN = frozenset([*",;:()—–", "and", "but", "or"])
_LESS, _MUCH = frozenset(["less", "least"]), frozenset(["much", "many"])
_DENIED_BEFORE = 8
#: Prefixes that deny, with the shortest stem behind them that makes them one: "increase" has none.
_PREFIXES = {"un": 4, "non": 4, "dis": 5, "in": 6, "im": 6, "ir": 6, "il": 6}
#: A word has taken the place of its contrary where so much of what stands around it stands around that one.
_ALIKE_SHARE = 0.25
#: Where the passage has the word as well, the contrary's place is so much of a likeness, and so much more alike.
_ALIKE_SHARE_TWICE, _MORE_ALIKE = 0.5, 1.3
_ORDERS = frozenset(map(sense, map(stem, ("after", "before"))))
#: What a number counts stands so near behind it, in words.
_NEAR = 4


def turned(claimed: Claim, window: Sequence[Passage], passages: Passages) -> str | None:
    """Says in words what is turned, for the model that has to write the sentence again."""
    said, stems = Counter(claimed.stems), Counter(word for passage in window for word in passage.stems)
    own, other = said.keys(), stems.keys()
    theirs = [negation for passage in window for negation in passage.negations]
    more, fewer = _unmatched(claimed.negations, theirs), _unmatched(theirs, claimed.negations)
    unsaid = frozenset(filter(_denies_by_form, other - own))
    added = [item for item in more if _is_affirmed(item, other) and not _is_retold(item, unsaid, window)]
    denied = Counter(item.head for item in theirs)
    dropped = [
        item for item in fewer if item.head in own and item.denies_of(own) and stems[item.head] <= denied[item.head]
    ]
    if len(added) > len(dropped) and not _softly(other - own, added, claimed):
        return "its passage says it without the negation"
    if len(dropped) > len(more) and not _softened(claimed, own - other, dropped):
        return "its passage negates it"
    if _denies_a_word(own, other, claimed.negations, theirs):
        return "its passage says the contrary"
    alone = frozenset(sense(term) for item in more for term in item.scope)
    if _exchanged_for_its_contrary(claimed, alone, window, passages):
        return "its passage says the contrary"
    if _counts_the_contrary(claimed, window) or _compares_the_contrary(claimed, window):
        return "its passage says the contrary"
    return None


def _compares_the_contrary(claimed: Claim, window: Sequence[Passage]) -> bool:
    """ "Denser than water" of "less dense than water", or the reverse; of neither where anything is denied."""
    if claimed.negations or any(passage.negations for passage in window):
        return False
    ours = frozenset(raw.lower() for raw in claimed.wording.raw)
    theirs = frozenset(raw.lower() for passage in window for raw in passage.wording.raw)
    our_less = _lessened([claimed.wording])
    their_less = _lessened([passage.wording for passage in window])
    return any(
        not forms.isdisjoint(more - less_said)
        for lessened, more, less_said in ((their_less - our_less, ours, theirs), (our_less - their_less, theirs, ours))
        for forms in map(_comparatives, lessened)
    )


def _lessened(wordings: Sequence[Wording]) -> frozenset[str]:
    """What stands behind "less"."""
    return frozenset(
        behind.lower()
        for wording in wordings
        for raw, behind in pairwise(wording.raw)
        if raw.lower() == "less" and behind.isalpha()
    )


def _comparatives(adjective: str) -> frozenset[str]:
    ends = {f"{adjective}er", f"{adjective}r", f"{adjective}{adjective[-1]}er"}
    return frozenset(ends | ({f"{adjective[:-1]}ier"} if adjective.endswith("y") else set()))


def _softened(claimed: Claim, unheard: AbstractSet[str], dropped: Sequence[Negation]) -> bool:
    """Whether a word of the claim's own may retell a negation that it leaves out: beside what that denies."""
    soft = frozenset(word for word in unheard if word in _SOFTLY or _denies_by_form(word))
    return bool(soft) and any(
        not soft.isdisjoint(part) and item.head in part for part in _parts_at_signs(claimed.wording) for item in dropped
    )


def _softly(unsaid: AbstractSet[str], added: Sequence[Negation], claimed: Claim) -> bool:
    """Whether what a claim denies may retell a soft word of its passage: "only with" takes two to be retold, "without …
    not", and "less soluble than" is "not as soluble as"."""
    lowered = {raw.lower() for raw in claimed.wording.raw}
    found = _SOFTLY & unsaid
    if "without" in lowered and len(added) == 1:
        found -= {"only"}
    return bool(found if _COMPARED & lowered else found - _LESSER)


def _exchanged_for_its_contrary(
    claimed: Claim, denied: AbstractSet[str], window: Sequence[Passage], passages: Passages
) -> bool:
    """But for senses that the claim alone denies: "not discovered" is no contrary of "undiscovered"."""
    said = Counter(map(sense, claimed.stems))
    theirs = sum((passage.senses for passage in window[1:]), window[0].senses)
    orders = _ORDERS if _turns_the_order(claimed, window) else frozenset[str]()
    for word, count in said.items():
        if word in orders:
            continue
        if count > theirs[word] and word not in denied and not _stands_for_another(word, claimed, said, theirs):
            against = frozenset(contrary for contrary in contraries(word) if theirs[contrary] > said[contrary])
            if against and _takes_its_place(word, against, claimed, window, passages):
                return True
        elif 0 < count <= theirs[word] and word not in denied:
            against = frozenset(contrary for contrary in contraries(word) if theirs[contrary] > said[contrary])
            if against and _stands_in_its_place(word, against, claimed, window, passages):
                return True
    return False


def _turns_the_order(claimed: Claim, window: Sequence[Passage]) -> bool:
    """ "After the rain, the sun shone" of "the rain fell before the sun shone": the one opens its sentence, and what it
    has behind it stands before the other."""
    words = [raw.lower() for raw in claimed.wording.raw]
    if words[0] not in ("after", "before") or "," not in words:
        return False
    other = "before" if words[0] == "after" else "after"
    opening = frozenset(filter(None, claimed.wording.stems[: words.index(",")]))
    for passage in window:
        theirs = [raw.lower() for raw in passage.wording.raw]
        if other in theirs[1:]:
            at = theirs.index(other, 1)
            stems = passage.wording.stems
            return len(opening.intersection(stems[:at])) > len(opening.intersection(stems[at:]))
    return False


def _stands_for_another(word: str, claimed: Claim, said: Mapping[str, int], theirs: Mapping[str, int]) -> bool:
    """ "Start" of "from beginning to end" is put for the beginning, not for the end."""
    others = (sense(other) for term in claimed.terms if sense(term) == word for other in close_synonyms(term))
    return any(theirs[other] > said[other] for other in others)


def _counts_the_contrary(claimed: Claim, window: Sequence[Passage]) -> bool:
    """ "A 43 % increase" of "43 % reduction", whatever else is said to increase."""
    for number in claimed.placed:
        what = _counted(number, claimed.wording)
        others = {
            _counted(other, passage.wording)
            for passage in window
            for other in passage.numbers
            if other.values & number.values
        }
        if what and what not in others and not contraries(what).isdisjoint(others):
            return True
    return False


def _counted(number: Number, wording: Wording) -> str:
    """The sense of the first content word behind a number and its unit."""
    first = bisect_left(wording.starts, number.end)
    return next((sense(term) for term in wording.stems[first : first + _NEAR] if term), "")


def _denies_a_word(
    own: AbstractSet[str], other: AbstractSet[str], ours: Sequence[Negation], theirs: Sequence[Negation]
) -> bool:
    """ "Unnatural" of "natural", or the reverse, where neither text denies anything else."""
    if ours or theirs:
        return False
    return any(
        _denied(term) in these - those
        for those, these in ((own, other), (other, own))
        for term in those - these
        if _denied(term)
    )


def _denies_by_form(term: str) -> bool:
    """ "Incompatible" and "harmless" say what other words deny."""
    return term.endswith("less") or bool(_denied(term))


@lru_cache(maxsize=16_384)
def _denied(term: str) -> str:
    """What is left of a word without the prefix that denies it."""
    for prefix, least in _PREFIXES.items():
        rest = term.removeprefix(prefix)
        if rest != term and len(rest) >= least and is_common(rest):
            return rest
    return ""


def _is_retold(negation: Negation, denying: AbstractSet[str], window: Sequence[Passage]) -> bool:
    """Whether what is denied stands beside a word that denies by its form, without a sign or an "and" between."""
    return bool(denying) and any(
        negation.denies_of(part) and not denying.isdisjoint(part)
        for passage in window
        for part in _parts(passage.wording)
    )


def _parts_at_signs(wording: Wording) -> Iterator[set[str]]:
    found: set[str] = set()
    for raw in wording.raw:
        if raw in ",;:":
            yield found
            found = set()
        elif raw[0].isalpha():
            found.add(stem(raw.lower()))
    yield found


def _parts(wording: Wording) -> Iterator[set[str]]:
    found: set[str] = set()
    for raw, term in zip(wording.raw, wording.stems, strict=True):
        if raw.lower() in _BETWEEN:
            yield found
            found = set()
        elif term:
            found.add(term)
    yield found


def denies_more(claimed: Claim, window: Sequence[Passage]) -> bool:
    """Whether a claim denies something that its passages neither deny nor say."""
    theirs = [negation for passage in window for negation in passage.negations]
    return len(claimed.negations) > len(theirs)


def _is_affirmed(negation: Negation, stems: AbstractSet[str]) -> bool:
    """Whether a passage has what is denied, in these or other words: else nothing of it is turned."""
    if negation.head and negation.head not in stems and synonyms(negation.head).isdisjoint(stems):
        return False
    return not negation.scope or 2 * len(negation.scope & stems) >= len(negation.scope)


def _takes_its_place(
    word: str, against: AbstractSet[str], claimed: Claim, window: Sequence[Passage], passages: Passages
) -> bool:
    places = [place for passage in window for place in _places(against, passage.wording)]
    for mine in _places({word}, claimed.wording):
        least = _ALIKE_SHARE * mine.likeness(mine, passages.weight)
        if any(mine.likeness(theirs, passages.weight) >= least for theirs in places):
            return True
    return False


def _stands_in_its_place(
    word: str, against: AbstractSet[str], claimed: Claim, window: Sequence[Passage], passages: Passages
) -> bool:
    """ "Deep at high water" of "deep at low water, and two hours from high water": a passage that has both."""
    theirs = [place for passage in window for place in _places(against, passage.wording)]
    same = [place for passage in window for place in _places({word}, passage.wording)]
    if any(
        _near(term, same) > _near(term, theirs)
        for term in claimed.terms
        if not contraries(sense(term)).isdisjoint(known for passage in window for known in passage.senses)
    ):
        return False  # "to the left in the south" of "to the right in the north and to the left in the south"
    for mine in _places({word}, claimed.wording):
        rival = max((mine.likeness(place, passages.weight) for place in theirs), default=0.0)
        own = max((mine.likeness(place, passages.weight) for place in same), default=0.0)
        if rival >= _ALIKE_SHARE_TWICE * mine.likeness(mine, passages.weight) and rival > own * _MORE_ALIKE:
            return True
    return False


def _near(term: str, places: Sequence[Place]) -> float:
    return max((side.get(term, 0.0) for place in places for side in (place.left, place.right)), default=0.0)


def _places(senses: AbstractSet[str], wording: Wording) -> Iterator[Place]:
    """No place of "difficult" is "less difficult", and none of "much" is "not as much": they say the contrary of it."""
    lowered = [raw.lower() for raw in wording.raw]
    for place, (start, raw) in enumerate(zip(wording.starts, lowered, strict=True)):
        if sense(stem(raw)) not in senses or (place and lowered[place - 1] in _LESS):
            continue
        if raw in _MUCH and not NEGATORS.isdisjoint(lowered[max(0, place - _DENIED_BEFORE) : place]):
            continue
        yield wording.place(start, start + len(raw))


def _unmatched(these: Sequence[Negation], those: Sequence[Negation]) -> list[Negation]:
    """Each negation takes at most one of the others, the most alike first."""
    pairs = sorted(
        (
            (len(one.scope & other.scope), one.head == other.head, i, j)
            for i, one in enumerate(these)
            for j, other in enumerate(those)
        ),
        key=lambda pair: (-pair[0], -pair[1], pair[2], pair[3]),
    )
    taken: set[int] = set()
    matched: set[int] = set()
    for shared, _, one, other in pairs:
        if one not in matched and other not in taken and (shared or not these[one].scope or not those[other].scope):
            matched.add(one)
            taken.add(other)
    return [negation for place, negation in enumerate(these) if place not in matched]
