"""What is said of a name, of a supposition and of a condition: a title of somebody else, what is only supposed, and
"if A, then B" of "if B, then A"."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from learnx.domain.claims import Claim
from learnx.domain.irregular_forms import IRREGULAR
from learnx.domain.passages import Passage
from learnx.domain.synonyms import close_synonyms
from learnx.domain.terms import stem, word_list
from learnx.domain.wording import Wording

_BE = frozenset(word_list("is was are were"))
_ARTICLES = frozenset(word_list("a an the"))
_CONDITIONS = {"if": "if", "when": "if", "whenever": "if", "unless": "unless", "because": "because"}
_SUPPOSED = re.compile(
    r"\b(?:hypothes[ie]s|claims?|idea|belief|notion|theory|assumption|allegation|rumou?rs?|myth|suggestion|question)"
    r" (?:that|whether)\b",
    re.IGNORECASE,
)
#: Who says one of these, or any denial, does not pass on what is only supposed.
_SUPPOSING = re.compile(
    r"\b(?:hypothes|claim|idea|belie[fv]|notion|theor|assum|alleg|rumou?r|myth|suggest|question|suppos|propos|think"
    r"|thought|said|sa[iy]|argu|whether|may|might|could|would|possib|perhaps|according|view|opinion|hold|held|predict"
    r"|stat(?:e|ing)|explain)",
    re.IGNORECASE,
)
_LEAST = 2
#: What somebody does with something that need not come about, with "to" or "that" within so many words.
_MEANING = frozenset(
    word_list("""
    feared fears fear expected expects expect planned plans plan wanted wants want hoped hopes hope intended intends
    intend tried tries try attempted attempts attempt wished wishes threatened threatens proposed proposes believed
    believes suspected suspects refused refuses declined asked ordered urged
    """)
)
_NEAR = 4
_TO_BE_DONE = re.compile(r"\b(?:is|are|was|were|had|has|have) to\b", re.IGNORECASE)
_NONE = frozenset[str]()
#: Titles that may be written with a capital; of other words only those in small letters are titles.
_TITLES = frozenset(
    map(
        stem,
        word_list("""
        king queen prince princess emperor empress president minister chancellor senator governor mayor admiral general
        captain colonel major pope bishop saint sir lord lady duke duchess count earl baron doctor dr professor judge
        """),
    )
)


def wrongly_predicated(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """Said in words, what the passage says of another name, only supposes, or has as the condition."""
    if title := _title_of_another(claimed, window):
        return f"its passage says “{title}” of somebody else"
    if _only_supposed(claimed, window) or _only_meant(claimed, window):
        return "its passage only speaks of supposing so"
    if any(_turned_round(claimed.wording, passage.wording) for passage in window):
        return "its passage has the condition the other way round"
    return None


def _title_of_another(claimed: Claim, window: Sequence[Passage]) -> str | None:
    """ "Ada was a king" of "Ada met King Olaf"; of "King Ada", where the passage has "King Olaf" and "Lady Ada"."""
    for title, name in _titles(claimed.wording):
        if title not in _TITLES and not any(title in passage.plain for passage in window):
            continue
        found = [other for passage in window for word, other in _before_names(passage.wording) if word == title]
        named = any(name in passage.stems for passage in window)
        if found and named and name not in found:
            return title
    return None


def _titles(wording: Wording) -> Iterator[tuple[str, str]]:
    """Stems of a title and of the name that has it."""
    yield from _before_names(wording)
    lowered = [raw.lower() for raw in wording.raw]
    for place, word in enumerate(lowered[1:-2], start=1):
        if word in _BE and wording.raw[place - 1][0].isupper() and lowered[place + 1] in _ARTICLES:
            title = wording.stems[place + 2]
            if title and wording.raw[place + 2][0].islower():
                yield title, stem(lowered[place - 1])


def _before_names(wording: Wording) -> Iterator[tuple[str, str]]:
    """Each content word directly before one or several words with capitals, with each of these."""
    for place, title in enumerate(wording.stems[:-1]):
        if not title:
            continue
        for raw in wording.raw[place + 1 :]:
            if not raw[0].isupper():
                break
            yield title, stem(raw.lower().removesuffix("'s"))


def _only_supposed(claimed: Claim, window: Sequence[Passage]) -> bool:
    if len(window) > 1 or claimed.negations or _SUPPOSING.search(claimed.text):
        return False
    passage = window[0]
    found = _SUPPOSED.search(passage.text)
    if found is None or not passage.negations:
        return False
    behind = frozenset(stem(word) for word in re.findall(r"[^\W\d_]+", passage.text[found.end() :].lower()))
    return claimed.terms <= behind


def _only_meant(claimed: Claim, window: Sequence[Passage]) -> bool:
    """ "The council closed the mine" of "The council planned to close the mine"."""
    if len(window) > 1 or _SUPPOSING.search(claimed.text) or _TO_BE_DONE.search(claimed.text):
        return False
    wording = window[0].wording
    lowered = [raw.lower() for raw in wording.raw]
    said = frozenset(claimed.stems) | frozenset(other for term in claimed.stems for other in close_synonyms(term))
    for place, raw in enumerate(lowered):
        behind = lowered[place + 1 : place + 1 + _NEAR]
        if raw not in _MEANING or stem(raw) in said or ("to" not in behind and "that" not in behind):
            continue
        rest = list(filter(None, wording.stems[place + 1 :]))
        begins = place + 1 + (behind.index("to") if "to" in behind else 0)
        deed = next(filter(None, wording.stems[begins:]), "") if "to" in behind else ""
        done = not deed or deed in claimed.terms or not IRREGULAR.get(deed, _NONE).isdisjoint(claimed.terms)
        held = claimed.terms & frozenset(rest)
        if held and done and 2 * len(held) >= len(claimed.terms):
            return True
    return False


def _turned_round(ours: Wording, theirs: Wording) -> bool:
    mine, other = _condition(ours), _condition(theirs)
    if mine is None or other is None or mine[0] != other[0]:
        return False
    kept = len(mine[1] & other[1]) + len(mine[2] & other[2])
    crossed = len(mine[1] & other[2]), len(mine[2] & other[1])
    return min(crossed) >= _LEAST and sum(crossed) > 2 * kept


def _condition(wording: Wording) -> tuple[str, AbstractSet[str], AbstractSet[str]] | None:
    """Its word, the content of the condition, and that of what follows from it."""
    lowered = [raw.lower() for raw in wording.raw]
    places = [place for place, raw in enumerate(lowered) if raw in _CONDITIONS]
    if len(places) != 1:
        return None
    (start,) = places
    end = next((at for at in range(start, len(lowered)) if lowered[at] in (",", ".", ";")), len(lowered))
    inner = frozenset(filter(None, wording.stems[start:end]))
    rest = frozenset(filter(None, [*wording.stems[:start], *wording.stems[end:]]))
    return _CONDITIONS[lowered[start]], inner - rest, rest - inner
