"""What a model writes around a sentence: the markers that say what it rests on, and markup a learner must not get."""

import html
import re
from collections.abc import Callable

from learnx.domain.values import Value

_NUMBER_LIST = r"[1-9]\d{0,2}(?:\s*[,;–-]\s*[1-9]\d{0,2})*"
MARKER = re.compile(rf"\[\s*(?:\^|excerpts?\s+)?(~|{_NUMBER_LIST})\s*\]|【\s*(~|{_NUMBER_LIST})\s*】")
#: Code as CommonMark closes it: by a run of as many backticks as opened it; a fence opens a line.
_CODE_TEXT = r"^(?P<fence>```|~~~)[^\n]*\n.*?^(?P=fence)\s*?$|(?<![`\\])(?P<ticks>`+)(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)"
_CODE = re.compile(_CODE_TEXT, re.DOTALL | re.MULTILINE)
_PROTECTED = re.compile(rf"{_CODE_TEXT}|\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL | re.MULTILINE)
_SPACE_AND_MARKER = re.compile(rf"\s*(?:{MARKER.pattern})")
_UNFINISHED = re.compile(r"\s*(?:\[\s*(?:\^|excerpts?\s+)?[\d\s,;–~-]*|【[\d\s,;–~-]*)$")
_DOUBLED_STOP = re.compile(r"(?<!\.)\.\s*\.(?!\.)")

_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z!?][^<>]*>", re.DOTALL)
_SCHEME = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|javascript:|vbscript:|data:(?=\w+/)|mailto:)", re.IGNORECASE)
_WWW = re.compile(r"\bwww\.(?=\w)", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DEFINITION = re.compile(r"(?m)^\s*\[[^\]\n]+\]:\s")
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=[\w.!?])_{1,2}(?!\w)|`{1,3}|~~")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])")


class Marked(Value):
    """``cited`` are excerpt numbers in the order of their markers; ``analogy``: a ``[~]`` was among them."""

    text: str
    cited: tuple[int, ...] = ()
    analogy: bool = False


def read_markers(raw: str) -> Marked:
    """A sentence without its markers (nor half of one at its end), and without markup that is not a lesson's.

    Brackets within code and formulas are no markers.
    """
    cited: list[int] = []
    analogy = False

    def collect(match: re.Match[str]) -> str:
        nonlocal analogy
        content = match[1] or match[2]
        if content == "~":
            analogy = True
        else:
            cited.extend(_numbers(content))
        return ""

    text = _outside(_PROTECTED, raw, lambda part: _SPACE_AND_MARKER.sub(collect, part))
    text = _UNFINISHED.sub("", text)
    if cited or analogy:
        text = _outside(_PROTECTED, text, lambda part: _DOUBLED_STOP.sub(".", part))
    return Marked(text=harmless(text).strip(), cited=tuple(dict.fromkeys(cited)), analogy=analogy)


def harmless(markdown: str) -> str:
    """Without links, images and HTML: their text stays, their targets go. Code is left as it is."""
    return _outside(_CODE, markdown, _neutralised)


def plain_text(markdown: str) -> str:
    """Harmless Markdown of one sentence without emphasis and code marks, as a delta shows it."""
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub("", markdown))


def is_open(raw: str) -> bool:
    """Whether a sentence that is still being written ends within a marker, a link, a tag, code or a formula."""
    tail = raw[-300:]
    return (
        tail.rfind("[") > tail.rfind("]")
        or tail.rfind("【") > tail.rfind("】")
        or tail.rfind("](") > tail.rfind(")")
        or bool(re.search(r"<[A-Za-z/!?][^<>]*$", tail))
        or tail.count("`") % 2 == 1
        or tail.count("$") % 2 == 1
        or tail.endswith(("\\", "<"))
    )


def is_marker_like(word: str) -> bool:
    """A word that consists of markers, or of a part of one: it belongs to the sentence before it."""
    return bool(
        re.fullmatch(r"(?:[\[【]\s*(?:\^|excerpts?)?[\d,;–~-]*[\]】]?)+[.,;:!?]*|[\d,;–-]*[\]】][.,;:!?]*", word)
    )


def _numbers(content: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*[,;]\s*", content):
        first, _, last = re.sub(r"\s*[–-]\s*", "-", part).partition("-")
        found.extend(range(int(first), min(int(last), int(first) + 20) + 1) if last else [int(first)])
    return found


def _neutralised(text: str) -> str:
    text = html.unescape(text) if "&" in text else text
    if not any(char in text for char in "[]<>:") and "www." not in text.lower():
        return text
    before = None
    while before != text:
        before = text
        text = _TAG.sub("", _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))))
        text = _WWW.sub("", _SCHEME.sub("", text))
    text = _OPEN_TAG.sub("< ", text).replace("](", "] (").replace("![", "! [")
    return _DEFINITION.sub("", text)


def _outside(protected: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    parts: list[str] = []
    end = 0
    for match in protected.finditer(text):
        parts += [change(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*parts, change(text[end:])])
