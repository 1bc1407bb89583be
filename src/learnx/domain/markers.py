"""What a model writes around a sentence: the markers that say what it rests on, and markup a learner must not get."""

import html
import re

from learnx.domain.marker_forms import (
    CODE_TEXT,
    MARKER,
    bracketed,
    is_doubtful,
    outside,
    outside_of_code,
    pending_marker,
    without_half_marker,
)
from learnx.domain.values import Value

_CODE = re.compile(CODE_TEXT, re.DOTALL | re.MULTILINE)
#: In the row of a table no code goes on past a cell, whatever its backticks say.
_CODE_IN_CELLS = re.compile(r"(?<![`\\])(?P<ticks>`+)(?!`)[^\n|]+?(?<!`)(?P=ticks)(?!`)")
#: A marker with the space before it; behind a stop it takes another one along, and the space before a stop.
_MARKER_AND_SPACE = re.compile(
    rf"^\s*{MARKER.pattern}\s*:|\s*{MARKER.pattern}(?:\s+(?=[.,;:!?]+(?:\s|$)))?", re.MULTILINE
)
#: Also the one behind a marker that stood behind a stop of another kind.
_DOUBLED_STOP = re.compile(r"((?<!\.)\.|[!?])\s*\.(?!\.)")

_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z!?][^<>]*>", re.DOTALL)
#: Also as a browser's address line would mend it (colons and slashes of full width, slashes that lean left), and with
#: the backslashes that Markdown takes away.
_SCHEME = re.compile(
    r"(?<![a-z0-9])[a-z\uff41-\uff5a][a-z0-9\uff10-\uff5a+.-]{1,20}\\?[:\uff1a]"
    r"(?:(?:\\?[/\uff0f]){2,}|[/\\\uff0f]+(?=[\w-]+\\?\.\w))"
    r"|(?<![a-z0-9])(?:javascript|vbscript|mailto|xmpp)\\?:(?=\S)|(?<![a-z0-9])data:(?=[\w.+-]{1,40}/|[;,])|(?<![\w/:])//(?=[\w-]+\.\w)",
    re.IGNORECASE,
)
_WWW = re.compile(r"(?<![a-z0-9])www\\?\.(?=\\?\w)", re.IGNORECASE)
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_DEFINITION = re.compile(r"(?m)^\s*\[(?:[^\[\]\\\n]|\\.)+\]:[ \t]*(?=\S*[/.])\S*|^\s*\[[^\]\n]+\]:\s")
#: Commands by which a formula leads elsewhere, or dresses as part of the page.
_TEX = re.compile(r"\\(?:href|url|includegraphics|class|cssId|style|html[A-Z]\w+|require)\b\s*(?=\{)")
_MAIL = re.compile(r"(?<=[\w.+-])\\?@(?=[\w-]+\\?\.\w)")
_ADDRESS = re.compile(
    rf"(?:{_SCHEME.pattern}|{_WWW.pattern})\S+|[\w.+-]{{1,64}}@[\w-]{{1,63}}\.[\w.-]+"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}/\S*",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?'\"*_)]}>"
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,2}(?=\w)|(?<=[\w.!?])_{1,2}(?!\w)|`{1,3}|~~")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|~>-])")
_MOST_ROUNDS = 8


class Marked(Value):
    """``cited`` are excerpt numbers in the order of their markers; ``analogy``: a ``[~]`` was among them.

    ``addresses`` are those of the web and of mail that it names as text, without their schemes.
    """

    text: str
    cited: tuple[int, ...] = ()
    analogy: bool = False
    addresses: tuple[str, ...] = ()


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

    text = outside_of_code(bracketed(raw), lambda part: _MARKER_AND_SPACE.sub(collect, part))
    text = without_half_marker(text)
    if cited or analogy:
        text = outside_of_code(text, lambda part: _DOUBLED_STOP.sub(r"\1", part))
    return Marked(
        text=harmless(text).strip(),
        cited=tuple(dict.fromkeys(cited)),
        analogy=analogy,
        addresses=_addresses(text),
    )


def harmless(markdown: str) -> str:
    """Without links, images and HTML: their text stays, their targets go. Code is left as it is.

    An address that stands in the text itself stays there as words, which no client turns into a link.
    """
    code = _CODE_IN_CELLS if markdown.lstrip().startswith("|") else _CODE
    return outside(code, markdown, lambda part: _neutralised(part).rstrip("\\"))  # it would escape the code's backtick


def plain_text(markdown: str) -> str:
    """Harmless Markdown of one sentence without emphasis and code marks."""
    return _ESCAPE.sub(r"\1", _EMPHASIS.sub("", markdown))


def shown_text(marked: Marked) -> str:
    """The same as a delta shows it, which nobody has verified: nothing of it is code, and addresses are left out."""
    text = marked.text
    for address in marked.addresses:
        text = text.replace(address, "…").replace(address.replace("@", " @ "), "…")
    return _ADDRESS.sub("…", _neutralised(plain_text(text)))


def inert(text: str) -> str:
    """A line that is no Markdown (a title, a reason) without anything that could be taken for markup."""
    return " ".join(_neutralised(plain_text(text)).split())


def is_open(raw: str) -> bool:
    """Whether a sentence that is still being written ends within a marker, a link, a tag, code or a formula."""
    tail = raw[-300:]
    return (
        tail.rfind("[") > tail.rfind("]")
        or tail.rfind("【") > tail.rfind("】")
        or pending_marker(tail) is not None
        or is_doubtful(tail)
        or tail.rfind("](") > tail.rfind(")")
        or bool(re.search(r"<[A-Za-z/!?][^<>]*$", tail))
        or tail.count("`") % 2 == 1
        or tail.count("$") % 2 == 1
        or tail.endswith(("\\", "<"))
    )


def _numbers(content: str) -> list[int]:
    found: list[int] = []
    for part in re.split(r"\s*[,;]\s*", content):
        first, _, last = re.sub(r"\s*[–-]\s*", "-", part).partition("-")
        found.extend(range(int(first), min(int(last), int(first) + 20) + 1) if last else [int(first)])
    return found


def _neutralised(text: str) -> str:
    text = _unescaped(text.replace("`", ""))
    before = None
    for _ in range(_MOST_ROUNDS):
        if text == before or not (any(char in text for char in "[]<>:@\\/") or "www" in text.lower()):
            break
        before = text
        text = _unescaped(_TEX.sub("", _WWW.sub("", _SCHEME.sub("", _DEFINITION.sub("", _without_targets(text))))))
    text = _OPEN_TAG.sub("< ", text).replace("](", "] (").replace("![", "! [").replace("]:", "] :")
    return _MAIL.sub(" @ ", text)


def _unescaped(text: str) -> str:
    """Without character references, those of references included."""
    before = None
    while "&" in text and text != before:
        before, text = text, html.unescape(text)
    return text


def _without_targets(text: str) -> str:
    return _TAG.sub("", _REFERENCE.sub(r"\1", _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))))


def _addresses(text: str) -> tuple[str, ...]:
    """Those that are left when links and tags have lost their targets."""
    if not any(char in text for char in "/@\\：&") and "www." not in text.lower():
        return ()
    plain = plain_text(outside(_CODE, _unescaped(text), lambda part: _without_targets(_DEFINITION.sub("", part))))
    found = (_WWW.sub("", _SCHEME.sub("", match[0])).rstrip(_AFTER_ADDRESS) for match in _ADDRESS.finditer(plain))
    return tuple(dict.fromkeys(filter(None, found)))
