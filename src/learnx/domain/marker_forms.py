"""The forms that models give to a marker, small ones above all: each is read as ``[2]``, where it is certainly one."""

import re
from collections.abc import Callable

from learnx.domain.spelled_numbers import WORD_VALUES
from learnx.domain.terms import FUNCTION_WORDS, word_list

_NUMBER_LIST = r"[1-9]\d{0,2}(?:\s*[,;–-]\s*[1-9]\d{0,2})*"
MARKER = re.compile(rf"\[\s*(~|{_NUMBER_LIST})\s*\]")
#: Code as CommonMark closes it: by a run of as many backticks as opened it; a fence opens a line.
CODE_TEXT = r"^(?P<fence>```|~~~)[^\n]*\n.*?^(?P=fence)\s*?$|(?<![`\\])(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)"
#: A formula between dollars as Pandoc reads it: "$5 and $6" is none.
_PROTECTED = re.compile(
    rf"{CODE_TEXT}|\$\$.*?\$\$|\$(?![\s$])[^$\n]*(?<!\s)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)

_EXCERPT = r"excerpts?(?:\s+(?:ids?|no\.?|numbers?)(?=\W))?[\s:=#\"]*"
_SOURCE = rf"(?:{_EXCERPT}|(?:sources?|passages?|extracts?|refs?|references?|ids?)[\s:=#\"]*)"
_NUMBER = r"[#^]?[1-9]\d{0,2}(?!\d)\"?"
_SEPARATOR = r"\s*(?:[,;&–-]\s*(?:and\s+|&\s*)?|\s(?:and|und|et|y)\s+)"
_MORE = rf"(?:{_SEPARATOR}(?:{_SOURCE})?{_NUMBER}){{0,20}}"
_PAGES = r"(?:[,;:]?\s*(?:pages?|pp?\.?)\s*\d[\d\s,–-]{0,20})?"
_LEADING = r"(?:(?:see|cf\.?|from|in|source:|sources:)\s+){0,2}"
_TARGET = r"(?:\((?:#|/|\.|<|https?:|excerpt|\d)[^()\s]*\))?"
_OPENING = r"\\?[\[【［]"
_CLOSING = r"\\?[\]】］]"
_IN_BRACKETS = re.compile(
    rf"{_OPENING}\s*{_LEADING}(?P<square>~|(?:{_SOURCE})?{_NUMBER}{_MORE}){_PAGES}(?:†[^\[\]【】\n]{{0,80}})?\s*{_CLOSING}{_TARGET}"
    rf"|\(\s*{_LEADING}(?P<round>{_EXCERPT}{_NUMBER}{_MORE}){_PAGES}\s*\)",
    re.IGNORECASE,
)
_NOT_OF_A_LIST = re.compile(r"[^\d,;–~-]+")
_MARKERS = rf"{MARKER.pattern.replace('(~', '(?:~')}"
#: What stands around a marker and for nothing else: emphasis, brackets, commas between two of them.
_WRAPPED = re.compile(rf"(?<![*_])(\*{{1,3}}|_{{1,3}})\s?((?:{_MARKERS}\s?)+)([.!?…]*)\s?\1(?![\w*_])")
_ENCLOSED = re.compile(rf"\(\s*{_LEADING}({_MARKERS}(?:\s*{_MARKERS})*)\s*\)", re.IGNORECASE)
_ENUMERATED = re.compile(rf"({_MARKERS})(?:\s*[,;]\s*(?:and\s+)?|\s+(?:and|&)\s+(?=[^\s]+[.!?…;,\s]*$))(?={_MARKERS})")
_MOST_ROUNDS = 3

#: The number of an excerpt in other brackets, or as code: a marker at the end of a sentence, before its stop or behind.
_SHORT_LIST = r"[1-9]\d?(?:\s*[,;]\s*[1-9]\d?)*"
_DOUBTFUL = rf"(?:\((?:{_SHORT_LIST}|~)\)|\{{(?:{_SHORT_LIST}|~)\}}|(?<!`)`\[(?:{_SHORT_LIST}|~)\]`(?!`))"
_CLOSERS = r"[\"'”’»)*_]*"
_AT_END = re.compile(
    rf"(?:(?P<before>\s+{_DOUBTFUL})(?=[.!?…]+{_CLOSERS}\s*$)|(?<=[.!?…\"'”’»)*_])(?P<behind>\s*{_DOUBTFUL})\s*$)"
)
#: Behind a stop a number in braces or as code is a marker ("it. {2} It"); in round brackets where no space is between.
_BEHIND = re.compile(
    rf"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)*_])|(?<=[.!?…]\*\*))"
    rf"(?:\s*(?:\{{(?P<braces>{_SHORT_LIST}|~)\}}|(?<!`)`\[(?P<code>{_SHORT_LIST}|~)\]`(?!`))|\((?P<glued>{_SHORT_LIST})\))"
    r"(?=\s*$|\s+[\"“'(*_]*[^\W\d_a-zà-ÿ])"
)
#: A sentence that calculates, enumerates in brackets or speaks in code: any number may be part of it.
_OF_TEXT = re.compile(r"[=^\\$`{}|<>∑∫√×÷→∈≤≥≈]|\(\s*\d|\d\s*\)|^\W*\w{1,3}\)")
_LAST_WORD = re.compile(r"([^\W\d_]+)[.!?…\"'”’»)*_]*\s*$")
#: What a number in brackets belongs to: "equation (2)", "returns `[2]`".
_NUMBERED = frozenset(
    word_list("""
    algorithm answer appendix article axiom box case chapter class column condition corollary definition eq eqn
    eqs equation equations example exercise exercises expression fig figure figures form formula formulas group grade
    hypothesis inequality item lecture lemma level line list lists method model no note number option page panel
    paragraph part parts phase point points problem process proposition question reaction relation row rule rules
    scheme section stage state statement step steps system tab table theorem type value values vol volume zone array
    vector tuple element index key set return returns returned print prints printed yields equals contains outputs
    gibt gleichung abbildung
    """)
)
_HELD = 80
_FIRST = re.compile(rf"\s*(?:\*\*|__|\()?(?:{_IN_BRACKETS.pattern})(?:\*\*|__|\))?[.,]?", re.IGNORECASE)
#: The beginning of a marker as far as it is written: nothing but an opening bracket and what one may hold.
_BEGUN = (
    r"(?:\s|[\d,;:&#^=\"~–-]|(?:see|cf|from|in|excerpts?|sources?|passages?|extracts?|references?|refs?|ids?|numbers?|no"
    r"|and|und|et|y|pages?|pp?)\b\.?)*$"
)
_PENDING = re.compile(rf"[*_(`\\]*[\[【［({{]{_BEGUN}|{_DOUBTFUL}$", re.IGNORECASE)
_UNFINISHED = re.compile(
    rf"\s*[*_(\\]*(?:[\[【［]\s*(?:\^|{_SOURCE})?[\d\s,;–~-]*|\(\s*{_LEADING}{_EXCERPT}[\d\s,;–-]*)$", re.IGNORECASE
)
_OPENERS = re.compile(r"[\[【［({]")


def bracketed(text: str) -> str:
    """With every marker as ``[2]``, ``[2,5]`` or ``[~]``, and nothing around it; code and formulas stay as they are."""
    if not _OPENERS.search(text):
        return text
    coded = "```" in text or "$" in text
    found = outside_of_code(text if coded else _BEHIND.sub(_behind_stop, text), _as_marker)
    if MARKER.search(outside_of_code(found, lambda part: part, keep=False)):
        return found
    return _at_its_end(found)


def is_doubtful(text: str) -> bool:
    """Whether it ends with what is a marker if nothing more is said."""
    return _AT_END.search(text[-_HELD:]) is not None


def without_half_marker(text: str) -> str:
    return _UNFINISHED.sub("", text)


def consists_of_markers(text: str) -> bool:
    """One marker or more, and stops, which count for nothing."""
    if not _OPENERS.search(text):
        return False
    found = _as_marker(text)
    return MARKER.search(found) is not None and not MARKER.sub("", found).strip(" .,:;!?…")


def leading_markers(line: str) -> int:
    """How many of its characters are the markers that it begins with."""
    end = 0
    while match := _FIRST.match(line, end):
        end = match.end()
    return end


def pending_marker(written: str) -> int | None:
    """Where the marker begins with whose beginning a text ends, or what is one if nothing follows."""
    start = max(0, len(written) - _HELD)
    match = _PENDING.search(written, start)
    return match.start() if match else None


def ends_before(text: str, word: str) -> bool:
    """Whether a text ends with what is a marker, since it stands behind a stop and ``word`` begins a sentence."""
    return any(match.end() == len(text) for match in _BEHIND.finditer(f"{text} {word}"))


def outside_of_code(text: str, change: Callable[[str], str], *, keep: bool = True) -> str:
    """A text with what is neither code nor formula changed; ``keep``: with those."""
    return outside(_PROTECTED, text, change, keep=keep)


def outside(protected: re.Pattern[str], text: str, change: Callable[[str], str], *, keep: bool = True) -> str:
    parts: list[str] = []
    end = 0
    for match in protected.finditer(text):
        parts += [change(text[end : match.start()]), match[0] if keep else " "]
        end = match.end()
    return "".join([*parts, change(text[end:])])


def _as_marker(text: str) -> str:
    text = _IN_BRACKETS.sub(_canonical, text)
    before = None
    for _ in range(_MOST_ROUNDS):
        if text == before or not MARKER.search(text):
            break
        before = text
        text = _ENUMERATED.sub(r"\1", _ENCLOSED.sub(r"\1", _WRAPPED.sub(_unwrapped, text)))
    return text


def _canonical(match: re.Match[str]) -> str:
    listed = re.sub(r"\s+(?:and|und|et|y)\s+|&", ",", match["square"] or match["round"], flags=re.IGNORECASE)
    return f"[{re.sub(r'[,;]+', ',', _NOT_OF_A_LIST.sub('', listed)).strip(',')}]"


def _behind_stop(match: re.Match[str]) -> str:
    word = _LAST_WORD.search(match.string[: match.start()])
    if word and word[1].casefold() in _NUMBERED:  # "Eq.(2)"
        return match[0]
    return f" [{match['braces'] or match['code'] or match['glued']}]"


def _unwrapped(match: re.Match[str]) -> str:
    """Unless an emphasis ends before the marker and another begins behind it."""
    closes = match.string[: match.start()].count(match[1]) % 2
    return match[0] if closes else match[2] + match[3]


def _at_its_end(text: str) -> str:
    match = _AT_END.search(text, max(0, len(text) - _HELD))
    if match is None:
        return text
    said = text[: match.start()]
    word = _LAST_WORD.search(said)
    if _OF_TEXT.search(said) or word is None or len(word[1]) < 3:
        return text
    last = word[1].casefold()
    if last in FUNCTION_WORDS or last in _NUMBERED or last in WORD_VALUES:
        return text
    number = re.sub(r"[\s(){}`\[\]]+", "", match[0])
    return f"{said} [{number}]{text[match.end() :]}"
