"""Whether a sentence that is worded as its passage has another function word in a place: "must" for "may", "unless" for
"if", "is caused by" for "causes"."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from learnx.domain.claims import Claim
from learnx.domain.passages import Passage
from learnx.domain.terms import stem, word_list
from learnx.domain.wording import Wording

#: Several words that link or qualify like one.
_PHRASES = {
    tuple(phrase.split()): phrase.replace(" ", "_")
    for phrase in (
        "rather than", "instead of", "as well as", "in addition to", "along with", "together with", "because of",
        "due to", "thanks to", "owing to", "in spite of", "regardless of", "as long as", "provided that", "even if",
        "even though", "out of", "no longer", "not only", "has to", "have to", "had to", "need to", "needs to",
        "is able to", "are able to", "more than", "less than", "at least", "at most", "up to", "other than",
        "except for", "such as", "too little", "too few", "too much", "too many", "one of", "used to",
    )
}  # fmt: skip
#: What each of them says, by matter. Two that say something else of one matter exclude each other.
_MATTERS = {
    "how sure": {
        "possibly": "may might can could possibly perhaps maybe is~able~to are~able~to",
        "advisably": "should ought",
        "necessarily": "must shall has~to have~to had~to need~to needs~to always inevitably invariably",
        "in future": "will would",
    },
    "when": {"before": "was were did had", "later": "will"},
    "still so": {"so": "is are", "no more": "used~to"},
    "how often": {
        "always": "always invariably inevitably",
        "mostly": "usually generally typically often frequently commonly mostly normally",
        "sometimes": "sometimes occasionally",
        "seldom": "rarely seldom hardly never",
    },
    "how many times": {"once": "once", "twice": "twice", "thrice": "thrice"},
    "how many": {
        "all": "all every each any entirely whole entire",
        "many": "most many numerous majority",
        "some": "some several certain few various part half minority",
        "none": "no none neither",
        "one": "one~of",
    },
    "how exactly": {"about": "about approximately roughly around nearly almost", "exactly": "exactly precisely"},
    "which way": {
        "if": "if when whenever as~long~as provided~that because since as because~of due~to thanks~to owing~to",
        "against": "unless although though despite in~spite~of regardless~of even~though even~if whereas until",
    },
    "beside": {
        "with": "with and as~well~as in~addition~to along~with together~with plus including",
        "without": "without rather~than instead~of except except~for excluding",
        "or": "or",
    },
    "where": {"in": "in inside within", "outside": "outside"},
    "where to": {"to": "to into toward towards onto", "from": "from out~of"},
    "who": {"he": "he him his himself", "she": "she her hers herself"},
    "still": {"still": "still", "no longer": "no~longer"},
    "enough": {"enough": "enough sufficiently", "too little": "insufficient too~little too~few too~much too~many"},
    "denied": {"denied": "not never cannot neither", "more": "not~only"},
    "likeness": {"same": "same identical equal", "other": "different opposite"},
    "only": {"only": "only solely exclusively merely alone just"},
}
_SAYS: dict[str, dict[str, str]] = {}
for _matter, _kinds in _MATTERS.items():
    for _kind, _written in _kinds.items():
        for _key in word_list(_written):
            _SAYS.setdefault(_key.replace("~", "_"), {})[_matter] = _kind
#: Matters that a denial turns round.
_TURNING = frozenset({"beside", "which way"})
_DENIALS = frozenset({"not", "never", "no", "none", "cannot", "only"})
#: Put on top of what a passage says, these say more.
_MORE = frozenset({"all", "always", "necessarily", "only", "none", "seldom", "exactly"})
#: Where one of these is left out, more is said.
_BOUNDING = frozenset(
    word_list("""
    may might perhaps maybe possibly usually generally typically often frequently commonly mostly normally sometimes
    occasionally rarely seldom most many some several certain few part half majority minority one_of only
    """)
)
#: From this share of equal words on, in order, a sentence is worded as its passage.
_ALIKE = 0.7
#: So many words behind what is left out are the same, where it was left out of what is said.
_NEXT = 2
_BE = frozenset(word_list("is are was were be been being"))


class _Word(NamedTuple):
    """``key`` is what it is compared by, ``raw`` how it is written; ``term`` is "" for a function word."""

    key: str
    raw: str
    term: str


def exchanged_function_word(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, what a claim has in the place of another function word of its passage, or puts on top of it."""
    ours = _words(claimed.wording)
    for passage in window:
        theirs = _words(passage.wording)
        if _telling(ours) == _telling(theirs):
            continue
        matcher = SequenceMatcher(None, [word.key for word in theirs], [word.key for word in ours], autojunk=False)
        blocks = matcher.get_matching_blocks()
        if sum(block.size for block in blocks) < _ALIKE * len(ours):
            continue
        same = {block.b + at: block.a + at for block in blocks for at in range(block.size)}
        if found := _exchanged(ours, theirs, matcher.get_opcodes()) or _turned_passive(ours, theirs, same):
            return found
    return None


def _exchanged(
    ours: Sequence[_Word], theirs: Sequence[_Word], changes: Sequence[tuple[str, int, int, int, int]]
) -> str | None:
    """The first function word that stands for another one of the same matter, or says more. Who denies what a passage
    does not deny may well say "without" where it has "with"."""
    turning = _denials(ours) != _denials(theirs)
    for tag, first, last, start, end in changes:
        mine, its = ours[start:end], theirs[first:last]
        if tag == "equal" or any(word.term for word in (*mine, *its)):
            continue
        for word in mine:
            for matter, said in _SAYS.get(word.key, {}).items():
                if turning and matter in _TURNING:
                    continue
                others = {found for other in its if (found := _SAYS.get(other.key, {}).get(matter))}
                if (others and said not in others) or (not its and said in _MORE):
                    return f"its passage does not say “{word.raw}” there"
        bound = next((word for word in its if word.key in _BOUNDING), None)
        if bound and all(word.key in _BE for word in mine) and _goes_on(ours, theirs, end, last):
            return f"its passage says “{bound.raw}” there"
    return None


def _denials(words: Sequence[_Word]) -> list[str]:
    return sorted(word.key for word in words if word.key in _DENIALS)


def _goes_on(ours: Sequence[_Word], theirs: Sequence[_Word], place: int, there: int) -> bool:
    """Whether both say the same next words."""
    mine, its = ours[place : place + _NEXT], theirs[there : there + _NEXT]
    return len(mine) > 0 and [word.key for word in mine] == [word.key for word in its]


def _turned_passive(ours: Sequence[_Word], theirs: Sequence[_Word], same: Mapping[int, int]) -> str | None:
    """ "B is caused by A" of "B causes A": the deed done to who does it, with the same words before and behind."""
    for ours_, theirs_, along in ((ours, theirs, same), (theirs, ours, {there: here for here, there in same.items()})):
        for place in range(1, len(ours_) - 1):
            if ours_[place - 1].key not in _BE or ours_[place + 1].key != "by" or place not in along:
                continue
            there = along[place]
            if along.get(place - 2) == there - 1 and along.get(place + 2) == there + 1 and there + 1 < len(theirs_):
                return f"its passage has the sides of “{ours_[place].raw}” the other way round"
    return None


def _telling(words: Sequence[_Word]) -> list[str]:
    return [word.key for word in words if word.key in _SAYS or word.key in _BE or word.key == "by"]


def _words(wording: Wording) -> list[_Word]:
    return list(_joined(wording))


def _joined(wording: Wording) -> Iterator[_Word]:
    lowered = [raw.lower() for raw in wording.raw]
    place = 0
    while place < len(lowered):
        for size in (3, 2):
            if phrase := _PHRASES.get(tuple(lowered[place : place + size])):
                yield _Word(phrase, " ".join(wording.raw[place : place + size]), "")
                place += size
                break
        else:
            raw, term = lowered[place], wording.stems[place]
            if raw[0].isalnum():
                known = raw in _SAYS
                yield _Word(raw if known else term or stem(raw), wording.raw[place], "" if known else term)
            place += 1
