"""Reads plain text: what it is encoded in, where its paragraphs end, and which lines are headings."""

import codecs
import re
from collections.abc import Iterator

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.language import detect_language
from learnx.domain.cleaning import WRAP
from learnx.domain.documents import Block, Document
from learnx.domain.media_types import HEAD_BYTES, wide_encoding

MAX_HEADING = 90

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHAPTER = re.compile(
    r"(?:(?:chapter|part|book|section|act|scene|letter|adventure|kapitel|teil|chapitre|capítulo|глава)\b.{0,60}"
    r"|[IVXLC]{1,7}\.\s+\S.{0,70}|\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[^\W\d_].{0,70})",
    re.I,
)
_UNDERLINE = re.compile(r"(={3,}|-{3,}|~{3,}|\*{3,})\s*")
_ITEM = re.compile(r"\s*(?:[•*\-–+]|\d{1,3}[.)]|\(?[a-z]\))\s+\S")
_SENTENCE_END = re.compile(r"[.,;:!?]$")


def decode(data: bytes) -> str:
    """By its byte order mark, as UTF-8, or as what charset-normalizer thinks; Windows-1252 where nothing fits."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    wide = wide_encoding(data[:HEAD_BYTES]) if b"\0" in data[:HEAD_BYTES] else None
    if wide:
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 20]).best()
    return data.decode(best.encoding if best else "cp1252", "replace")


def read_plain_text(data: bytes) -> Document:
    """Raises ``ProcessingFailed`` ``no_text`` where there is nothing to read."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    blocks = tuple(_blocks(text))
    if not any(character.isalnum() for block in blocks for character in block.text):
        raise failure("no_text")
    title = next((block.text for block in blocks if block.kind == "heading"), None)
    return Document(blocks=blocks, title=title, language=detect_language(block.text for block in blocks))


def _blocks(text: str) -> Iterator[Block]:
    path: list[tuple[int, str]] = []
    for lines in _paragraphs(text):
        heading = _heading(lines)
        if heading:
            level, title = heading
            path = [above for above in path if above[0] < level]
            yield Block(kind="heading", text=title, level=level, heading_path=tuple(above for _, above in path))
            path.append((level, title))
            lines = lines[2:] if len(lines) > 1 else []
        if lines:
            yield _body(lines, tuple(above for _, above in path))


def _paragraphs(text: str) -> Iterator[list[str]]:
    lines: list[str] = []
    for line in text.split("\n"):
        if line.strip():
            lines.append(line.rstrip())
        elif lines:
            yield lines
            lines = []
    if lines:
        yield lines


def _heading(lines: list[str]) -> tuple[int, str] | None:
    """A line by itself in capitals or named a chapter, or any line that is underlined: its level and text."""
    first = lines[0].strip()
    if len(first) > MAX_HEADING or not any(character.isalpha() for character in first):
        return None
    if len(lines) > 1:
        underline = _UNDERLINE.fullmatch(lines[1].strip())
        return (1 if underline[1][0] in "=*" else 2, first) if underline else None
    if _SENTENCE_END.search(first) and not re.fullmatch(r"(?:[\w]+ )?[IVXLC\d]+\.", first):
        return None
    if _CHAPTER.fullmatch(first):
        number = re.match(r"\d+((?:\.\d+)*)", first)
        return (1 + number[1].count(".") if number else 1), first
    if first.startswith(("*", "#", "=", "-", "[", "(")):
        return None
    is_capital = first.upper() == first and first.lower() != first and sum(map(str.isalpha, first)) > 3
    return (1, first) if is_capital else None


def _body(lines: list[str], path: tuple[str, ...]) -> Block:
    if all(_ITEM.match(line) or line.startswith("  ") for line in lines) and _ITEM.match(lines[0]):
        items: list[str] = []
        for line in lines:
            if _ITEM.match(line) or not items:
                items.append(line.strip())
            else:
                items[-1] += WRAP + line.strip()
        return Block(kind="list", text="\n".join(items), heading_path=path)
    if len(lines) > 1 and all(line.startswith(("    ", "\t")) for line in lines):
        return Block(kind="code", text="\n".join(lines), heading_path=path)
    return Block(kind="paragraph", text=WRAP.join(line.strip() for line in lines), heading_path=path)
