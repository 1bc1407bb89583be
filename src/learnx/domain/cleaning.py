"""What extraction leaves behind and no learner should read: line ends, torn paragraphs, invisible characters.

Readers write ``WRAP`` where a line of print ends in the middle of a paragraph, and a line feed where a line ends by
intention (rows of a table, items of a list, lines of code); a soft hyphen before ``WRAP``, or at the end of a page,
says that a word goes on.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

import msgspec

from learnx.domain.documents import LINE_BREAK, Block, Document, PageMark
from learnx.domain.invisible import STRAY_JOINERS, UNSEEN
from learnx.domain.text_comparison import with_tex_ligatures

WRAP = "\v"
#: Where a line of print ends in the middle of a table's row; it becomes a ``LINE_BREAK``.
ROW_WRAP = WRAP + "\n"
SOFT_HYPHEN = "\u00ad"

#: Stands in a text, while it is cleaned, where a page begins.
_PAGE = "\x1c"

_INVISIBLE = re.compile(f"[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f{UNSEEN}]")
_COMPATIBILITY = re.compile("[\ufb00-\ufdff\ufe70-\ufefc\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")
_OTHER_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\r]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\r ]+")
#: These begin with what is rare: with the word or the spaces before it, they would be tried at every letter of a text.
_HYPHENATED = re.compile(rf"([-\u2010\u2011{SOFT_HYPHEN}])(?<=\w.) *{WRAP} *({_PAGE}?) *(\w+)")
_WRAPPED = re.compile(rf"{WRAP}[ {WRAP}]*({_PAGE}?)[ {WRAP}]*")
_ROW_GOES_ON = re.compile(rf"{ROW_WRAP}|(?<=\S){LINE_BREAK}(?=\S)")
_WORD_BEFORE = re.compile(r"\w+\Z")
_LONGEST_WORD = 64
_PRINTED_HYPHEN = re.compile("[\u2010\u2011]")
_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]")
_GOES_ON = re.compile(rf"[\w,;(\-\u2010\u2011\u2013{SOFT_HYPHEN}]$")
_STARTS_MIDWAY = re.compile(r"[^\W\dA-Z_]|[a-z(,;)]")


def clean(document: Document) -> Document:
    """The document as a learner should read it. Pages, order and heading paths stay; blocks left empty go.

    Paragraphs that a page break cuts are joined, their page marks kept; words hyphenated at line ends are joined, with
    the hyphen where the document writes that compound elsewhere; ligatures and presentation forms become letters;
    invisible and bidirectional control characters, tags, non-characters and NUL are removed. Code keeps its spaces and
    lines; formulas keep every visible character.
    """
    blocks = _join_across_pages(document.blocks)
    compounds = {compound.lower() for block in blocks for compound in _compounds(block.text)}
    cleaned = (_clean_block(block, compounds) for block in blocks)
    return msgspec.structs.replace(
        document,
        blocks=tuple(_merge_lists(block for block in cleaned if block.text)),
        title=_clean_line(document.title) or None if document.title else None,
    )


def _compounds(text: str) -> list[str]:
    words = _PRINTED_HYPHEN.sub("-", text).split()
    return [compound for word in words if "-" in word for compound in _COMPOUND.findall(word)]


def _join_across_pages(blocks: Iterable[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in blocks:
        if joined and _continues(joined[-1], block):
            before = joined[-1]
            offset = len(before.text) + len(WRAP)
            marks = tuple(msgspec.structs.replace(mark, offset=mark.offset + offset) for mark in block.page_marks)
            joined[-1] = msgspec.structs.replace(
                before, text=before.text + WRAP + block.text, page_marks=before.page_marks + marks
            )
        else:
            joined.append(block)
    return joined


def _continues(before: Block, after: Block) -> bool:
    return (
        before.kind in ("paragraph", "list")
        and after.kind == "paragraph"
        and bool(before.page_marks and after.page_marks)
        and after.page_marks[0].page == before.page_marks[-1].page + 1
        and before.heading_path == after.heading_path
        and _GOES_ON.search(before.text.rstrip()) is not None
        and _STARTS_MIDWAY.match(after.text) is not None
    )


def _clean_block(block: Block, compounds: set[str]) -> Block:
    text = _mark_pages(block)
    match block.kind:
        case "code":
            text = _clean_code(text)
        case "table":
            text = _clean_table(text, compounds)
        case _:
            text = _clean_prose(text, compounds)
    parts = text.split(_PAGE)
    offsets = [0]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part))
    marks: list[PageMark] = []
    for mark, offset in zip(block.page_marks, offsets, strict=False):
        if marks and marks[-1].offset == offset:
            marks.pop()
        marks.append(msgspec.structs.replace(mark, offset=offset))
    return msgspec.structs.replace(
        block,
        text="".join(parts),
        page_marks=tuple(mark for mark in marks if mark.offset < max(1, sum(map(len, parts)))),
        heading_path=tuple(filter(None, map(_clean_line, block.heading_path))),
    )


def _mark_pages(block: Block) -> str:
    if len(block.page_marks) < 2:
        return _visible(block.text)
    bounds = [mark.offset for mark in block.page_marks] + [len(block.text)]
    return _PAGE.join(_visible(block.text[start:end]) for start, end in pairwise(bounds))


def _visible(text: str) -> str:
    """Without what can't be seen, but for soft hyphens and wraps; letters in their plain form; NFC."""
    if _INVISIBLE.search(text):
        text = _INVISIBLE.sub("", with_tex_ligatures(text))
    if text.isascii():
        return text
    if "\u200c" in text or "\u200d" in text:
        text = STRAY_JOINERS.sub("", text)
    text = _COMPATIBILITY.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    return unicodedata.normalize("NFC", text)


def _clean_code(text: str) -> str:
    lines = text.replace(SOFT_HYPHEN, "").replace(WRAP, "\n").replace("\r", "").replace("\u00a0", " ").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _clean_table(text: str, compounds: set[str]) -> str:
    return LINE_BREAK.join(filter(None, (_clean_prose(part, compounds) for part in _ROW_GOES_ON.split(text))))


def _clean_prose(text: str, compounds: set[str]) -> str:
    text = _single_spaced(text)
    if WRAP in text:
        text = _HYPHENATED.sub(lambda match: _join_word(match, compounds), text)
        text = _WRAPPED.sub(_join_lines, text.replace(" " + WRAP, WRAP))
    if SOFT_HYPHEN in text:
        text = _single_spaced(text.replace(SOFT_HYPHEN, ""))
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _single_spaced(text: str) -> str:
    return _SPACES.sub(" ", text) if "  " in text or _OTHER_SPACE.search(text) else text


def _join_word(match: re.Match[str], compounds: set[str]) -> str:
    hyphen, page, right = match.groups()
    [left] = _WORD_BEFORE.findall(match.string[max(match.start() - _LONGEST_WORD, 0) : match.start()])
    is_compound = f"{left}-{right}".lower() in compounds or (hyphen != SOFT_HYPHEN and not right[0].islower())
    kept = ("-" if hyphen == SOFT_HYPHEN else hyphen) if is_compound else ""
    return f"{kept}{page}{right}"


def _join_lines(match: re.Match[str]) -> str:
    around = match.string[max(match.start() - 1, 0) : match.start()], match.string[match.end() : match.end() + 1]
    space = "" if all(map(_WITHOUT_SPACES.match, around)) else " "
    return space + match[1]


@lru_cache(maxsize=4096)
def _clean_line(text: str) -> str:
    return _clean_prose(_visible(text), set()).replace("\n", " ")


def _merge_lists(blocks: Iterable[Block]) -> list[Block]:
    """Items of one list that a reader yields one by one become one block, an item a line."""
    merged: list[Block] = []
    for block in blocks:
        before = merged[-1] if merged else None
        if before and before.kind == block.kind == "list" and before.heading_path == block.heading_path:
            offset = len(before.text) + 1
            marks = [
                msgspec.structs.replace(mark, offset=mark.offset + offset)
                for mark in block.page_marks
                if not before.page_marks or mark.page != before.page_marks[-1].page
            ]
            merged[-1] = msgspec.structs.replace(
                before, text=f"{before.text}\n{block.text}", page_marks=(*before.page_marks, *marks)
            )
        else:
            merged.append(block)
    return merged
