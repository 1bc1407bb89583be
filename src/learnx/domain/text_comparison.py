"""How a quote is compared with the page it came from, when two extractors disagree on white space and hyphens."""

import re
import unicodedata

#: What two faithful extractions of one page may disagree on, as the body of a character class: white space; hyphens
#: (ASCII, U+2010, U+2011) and what pdfium leaves of a joined one (U+00AD, U+0002, U+FFFE); invisible characters;
#: table bars; bullets, two of them as the symbol fonts of word processors encode them (U+F0A7, U+F0B7).
#: Dashes and the minus sign (U+2212) are content, and stay.
_IGNORED = (
    r"\s\x00-\x1f\-\u2010\u2011\u00ad\ufffe"
    r"\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
    r"|\u00a6\u2502\u2503"
    r"\u2022\u2023\u2043\u204c\u204d\u2219\u25a0\u25a1\u25aa\u25ab\u25b8\u25cb\u25cf\u25e6\u00b7\u22c5\uf0a7\uf0b7"
)
_IGNORE = re.compile(f"[{_IGNORED}]+")
_KEPT = re.compile(f"[^{_IGNORED}]")


#: Fonts of TeX without a map to Unicode have their ligatures at these places (encoding OT1, T1), beside a letter.
_TEX_LIGATURES = {"\x1b": "ff", "\x1c": "fi", "\x1d": "fl", "\x1e": "ffi", "\x1f": "ffl"}
_TEX_LIGATURE = re.compile(r"(?<=[^\W\d_])[\x1b-\x1f]|[\x1b-\x1f](?=[^\W\d_])")


def with_tex_ligatures(text: str) -> str:
    """The text with TeX's unmapped ligatures as letters; a page has them, and a cleaned chunk has not."""
    return _TEX_LIGATURE.sub(lambda match: _TEX_LIGATURES[match[0]], text)


def comparable(text: str) -> str:
    """The one form in which quotes, chunks and pages are compared: NFKC, without what extractors disagree on.

    TeX's unmapped ligatures (U+001B to U+001F beside a letter) are spelled out first, as cleaning does.

    White space, hyphens, soft hyphens, U+0002, U+FFFE, other invisible characters, table bars and bullets are dropped;
    case, dashes and all other punctuation are kept. To compare with a span of pages, join the pages without their
    running heads first. Idempotent.
    """
    text = with_tex_ligatures(text)
    if text.isascii():
        return _IGNORE.sub("", text)
    kept = _IGNORE.sub("", unicodedata.normalize("NFKC", text))
    return unicodedata.normalize("NFKC", kept)  # marks may have come to stand behind a letter


def find_comparable(text: str, quote: str) -> tuple[int, int] | None:
    """Where ``quote`` stands in ``text``, in the sense of ``comparable``: (start, end) into ``text``, or None.

    An empty quote is found nowhere. Milliseconds for a chunk; not meant for whole documents.
    """
    wanted = comparable(quote)
    if not wanted:
        return None
    plain = quote.strip(" \t\r\n")  # not all white space: Python counts U+001C to U+001F in, which are ligatures here
    exact = text.find(plain)
    if exact >= 0:
        return exact, exact + len(plain)
    folded, offsets = _decomposed(text)
    needle, _ = _decomposed(quote)
    at = folded.find(needle)
    while at >= 0:
        start, end = offsets[at], offsets[at + len(needle) - 1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if comparable(text[start:end]) == wanted:
            return start, end
        at = folded.find(needle, at + 1)
    return None


def _decomposed(text: str) -> tuple[str, list[int]]:
    """What counts of a text, each character decomposed by itself, and where in the text each piece came from."""
    folded: list[str] = []
    offsets: list[int] = []
    for match in _KEPT.finditer(text):
        pieces = _IGNORE.sub("", unicodedata.normalize("NFKD", match[0]))
        folded.append(pieces)
        offsets.extend([match.start()] * len(pieces))
    return "".join(folded), offsets
