"""What stands on the two sides of each word of a sentence: who does something, and whom it is done to."""

from learnx.domain.terms import word_list
from learnx.domain.wording import Turn, Wording

#: What may stand between a doer and a deed without making it another construction.
_LIGHT = frozenset(
    word_list("""
    a an the this that these those its their his her our your my each every some any all most many several both such
    can may might could will would also often usually typically generally then thus therefore directly always only
    more less very much other another certain first it they
    """)
)
_STOPS = frozenset(",;:.()—–") | frozenset(word_list("and or but"))
_PREPOSITIONS = frozenset(
    word_list("""
    to by in on at of from with for into onto over under than against through during after before within between
    among across along toward towards about around
    """)
)
#: Prepositions that end a side after a word, and before it: "starts to pass" is one deed.
_AFTER = _PREPOSITIONS - {"of"}
_BEFORE = _AFTER - {"to"}
_SUBORDINATORS = frozenset(
    word_list("when that which who whose where while because if although until since whereas so")
)
_JOINING = frozenset(word_list("and or"))
#: Words that have sides like a verb, though they carry no subject matter.
COMPARING = frozenset(word_list("as than before after against behind above below over under into"))
#: Adjectives end so, and are no deeds.
_ADJECTIVES = ("ical", "ional", "ular", "ous", "ive", "ible", "able", "less")
_REACH = 4


def turns(wording: Wording) -> dict[str, list[Turn]]:
    """Of each word that has both sides; worked out when it is first asked for."""
    if wording.turns is None:
        wording.turns = {}
        for place, (raw, term) in enumerate(zip(wording.raw, wording.stems, strict=True)):
            pivot = term or (raw.lower() if raw.lower() in COMPARING else "")
            if raw.lower().endswith(_ADJECTIVES):
                continue
            if pivot and (turn := _turn(wording, place, pivot)).before and turn.after:
                wording.turns.setdefault(pivot, []).append(turn)
    return wording.turns


def _turn(wording: Wording, place: int, pivot: str) -> Turn:
    before, link_before = side(wording, range(place - 1, -1, -1))
    after, link_after = side(wording, range(place + 1, len(wording.raw)))
    if link_after[-1:] == ("by",):
        return Turn(pivot, after, before, (), ())
    return Turn(pivot, before, after, link_before, link_after)


def side(wording: Wording, places: range) -> tuple[tuple[str, ...], tuple[str, ...]]:
    terms: list[str] = []
    link: list[str] = []
    for place in places:
        raw, term = wording.raw[place].lower(), wording.stems[place]
        if raw in _STOPS and (terms or raw not in _JOINING):
            break
        if term and not (raw.endswith("ly") and not terms):
            terms.append(term)
            if len(terms) == _REACH:
                break
        elif not terms and raw not in _LIGHT and raw.isalpha() and len(raw) > 1:
            link.append(raw)
        elif terms and (raw in _SUBORDINATORS or raw in (_BEFORE if places.step < 0 else _AFTER)):
            break
    return tuple(terms), tuple(link)
