"""Reads Markdown: its own structure is the document's."""

import re
from collections.abc import Iterator
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from learnx.adapters.extraction.failures import failure
from learnx.adapters.extraction.language import detect_language
from learnx.adapters.extraction.plain_text import decode
from learnx.domain.cleaning import WRAP
from learnx.domain.documents import Block, BlockKind, Document

_FRONT_MATTER = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*\n", re.S)
_FRONT_TITLE = re.compile(r"^title\s*:\s*[\"']?(.+?)[\"']?\s*$", re.M | re.I)
_DISPLAY_MATH = re.compile(
    r"\$\$.+?\$\$|\\begin\{(equation|align|gather|multline)\*?\}.+?\\end\{\1\*?\}|\\\[.+?\\\]", re.S
)
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^<>]*>", re.S)
_ATTRIBUTES = re.compile(r"\s*\{[#.:][^{}]*\}\s*$")
_MATH_PLACE = re.compile("\ue000(\\d+)\ue001")


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def read_markdown(data: bytes) -> Document:
    """Raises ``ProcessingFailed`` ``no_text`` where there is nothing to read."""
    text = decode(data).replace("\r\n", "\n").replace("\ue000", "").replace("\ue001", "")
    title = None
    front = _FRONT_MATTER.match(text)
    if front:
        found = _FRONT_TITLE.search(front[1])
        title = found[1] if found else None
        text = text[front.end() :]
    formulas: list[str] = []
    text = _hide_math(text, formulas)
    blocks = tuple(_Reader(formulas).blocks(_parser().parse(text)))
    if not any(character.isalnum() for block in blocks for character in block.text):
        raise failure("no_text")
    title = title or next((block.text for block in blocks if block.kind == "heading"), None)
    return Document(blocks=blocks, title=title, language=detect_language(block.text for block in blocks))


def _hide_math(text: str, formulas: list[str]) -> str:
    r"""Formulas keep their backslashes and underscores from the parser; code keeps its dollar signs."""

    def place(match: re.Match[str]) -> str:
        if match[0].startswith(("```", "~~~", "`")):
            return match[0]
        formulas.append(match[0])
        return f"\ue000{len(formulas) - 1}\ue001"

    code = r"(?:^|(?<=\n))(?P<fence>```+|~~~+)[^\n]*\n.*?\n(?P=fence)[^\n]*|`[^`\n]+`"
    inline = r"(?<![\\$\w])\$(?! )[^$\n]+?(?<! )\$(?![\d$])|\\\(.+?\\\)"
    pattern = (
        rf"{code}|\$\$.+?\$\$|\\\[.+?\\\]|\\begin\{{(?P<environment>\w+\*?)\}}.+?\\end\{{(?P=environment)\}}|{inline}"
    )
    return re.sub(pattern, place, text, flags=re.S)


class _Reader:
    """Walks the tokens once; nested lists are indented, a quotation is paragraphs."""

    def __init__(self, formulas: list[str]) -> None:
        self._formulas = formulas
        self._path: list[tuple[int, str]] = []

    def blocks(self, tokens: list[Token]) -> Iterator[Block]:
        index = 0
        while index < len(tokens):
            token = tokens[index]
            end = _end_of(tokens, index)
            inside = tokens[index + 1 : end]
            match token.type:
                case "heading_open":
                    yield from self._heading(token, inside)
                case "paragraph_open":
                    yield from self._paragraph(self._inline(inside[0]))
                case "bullet_list_open" | "ordered_list_open":
                    yield from self._block("list", "\n".join(self._items(token, inside)))
                case "table_open":
                    yield from self._block("table", "\n".join(self._rows(inside)))
                case "fence" | "code_block":
                    yield from self._block("code", self._restored(token.content).rstrip("\n"))
                case "html_block":
                    yield from self._paragraph(self._restored(_TAG.sub("", token.content)).replace("\n", WRAP).strip())
                case "blockquote_open":
                    yield from self.blocks(inside)
                case _:
                    pass
            index = end + 1

    def _block(self, kind: BlockKind, text: str) -> Iterator[Block]:
        if text.strip():
            yield Block(kind=kind, text=text, heading_path=tuple(title for _, title in self._path))

    def _heading(self, token: Token, inside: list[Token]) -> Iterator[Block]:
        level = int(token.tag[1])
        text = _ATTRIBUTES.sub("", self._inline(inside[0])).replace(WRAP, " ").strip()
        if not text:
            return
        self._path = [above for above in self._path if above[0] < level]
        yield Block(kind="heading", text=text, level=level, heading_path=tuple(title for _, title in self._path))
        self._path.append((level, text))

    def _paragraph(self, text: str) -> Iterator[Block]:
        """A formula on display is a block of its own."""
        at = 0
        for match in _DISPLAY_MATH.finditer(text):
            yield from self._block("paragraph", text[at : match.start()].strip(WRAP + " "))
            yield from self._block("equation", match[0])
            at = match.end()
        yield from self._block("paragraph", text[at:].strip(WRAP + " "))

    def _items(self, opened: Token, tokens: list[Token], indent: str = "") -> Iterator[str]:
        number = int(opened.attrGet("start") or 1)
        index = 0
        while index < len(tokens):
            end = _end_of(tokens, index)
            marker = f"{number}." if opened.type == "ordered_list_open" else "•"
            yield from self._item(f"{indent}{marker} ", tokens[index + 1 : end], indent + "  ")
            number += 1
            index = end + 1

    def _item(self, lead: str, tokens: list[Token], indent: str) -> Iterator[str]:
        index = 0
        while index < len(tokens):
            token, end = tokens[index], _end_of(tokens, index)
            if token.type in ("bullet_list_open", "ordered_list_open"):
                yield from self._items(token, tokens[index + 1 : end], indent)
            elif token.type in ("fence", "code_block"):
                yield from (indent + line for line in self._restored(token.content).rstrip("\n").split("\n"))
            else:
                text = WRAP.join(self._inline(inner) for inner in tokens[index : end + 1] if inner.type == "inline")
                if text.strip():
                    yield lead + text
                    lead = indent
            index = end + 1

    def _rows(self, tokens: list[Token]) -> Iterator[str]:
        cells: list[str] = []
        for token in tokens:
            if token.type == "inline":
                cells.append(self._inline(token).replace(WRAP, " "))
            elif token.type == "tr_close":
                yield " | ".join(cells)
                cells = []

    def _inline(self, token: Token) -> str:
        """Text without its marks; the alternative text of images; where links lead is left out."""
        parts = []
        for child in token.children or ():
            match child.type:
                case "text" | "code_inline":
                    parts.append(child.content)
                case "softbreak":
                    parts.append(WRAP)
                case "hardbreak":
                    parts.append("\n")
                case "image":
                    parts.append(child.content)
                case _:
                    pass
        return self._restored("".join(parts))

    def _restored(self, text: str) -> str:
        return _MATH_PLACE.sub(lambda match: self._formulas[int(match[1])], text)


def _end_of(tokens: list[Token], index: int) -> int:
    """The index of the token that closes the one at ``index``; itself, if it opens nothing."""
    depth = 0
    for end in range(index, len(tokens)):
        depth += tokens[end].nesting
        if depth <= 0:
            return end
    return len(tokens) - 1
