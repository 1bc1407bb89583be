"""Reads a model's reply while it streams: section headings, and units (sentences, tables, code, equations) of Markdown.

Every character is handled by itself, so that the result never depends on how a reply was cut into pieces.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Literal, cast

from learnx.domain.lessons import SECTION_TYPES, SectionType
from learnx.domain.marker_forms import leading_markers, pending_marker
from learnx.domain.markers import read_markers
from learnx.domain.model_text_characters import VisibleCharacters
from learnx.domain.model_text_code import closed, opened
from learnx.domain.model_text_sentences import CJK_STOP, end_of_sentence
from learnx.domain.model_text_thoughts import SpokenCharacters
from learnx.domain.values import Value

#: A reply is read up to here; what follows is dropped. A lesson of an hour has about 80,000 characters.
MAX_CHARACTERS = 120_000
_MAX_SENTENCE = 1_500
_MAX_BLOCK = 8_000

BlockKind = Literal["paragraph", "item", "heading", "table", "code", "equation"]

_SECTION = re.compile(
    rf"#{{1,6}}\s*\**\s*({'|'.join(SECTION_TYPES)})\s*\**\s*(?:[:：–—-]\s*(.*?))?\s*\**\s*#*\s*", re.IGNORECASE
)
_HEADING = re.compile(r"#{1,6}(?=\s|$)")
_ITEM = re.compile(r"(\s*)([-*+•]|\d{1,3}[.)])\s+")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_CJK_CLOSER = "」』”’）)]。！？"


class SectionHeading(Value):
    type: SectionType
    title: str


def opens_section(line: str) -> bool:
    """Whether a line is the heading of a section of a lesson."""
    return _SECTION.fullmatch(line.strip()) is not None


class Growing(Value):
    """The unit being written, up to its last whole word."""

    raw: str


class Unit(Value):
    """``block`` is new for each paragraph, item, heading, table …; ``prefix`` is the block's own ("- ", "### ")."""

    raw: str
    kind: BlockKind
    block: int
    prefix: str = ""


Reading = SectionHeading | Growing | Unit


class ModelText:
    """Feed it pieces, then ``close`` it; both give what was understood, in order."""

    def __init__(self) -> None:
        self._seen = 0
        self._visible = VisibleCharacters()
        self._spoken = SpokenCharacters()
        self._line = ""
        self._decided = False
        self._kind: BlockKind | None = None  # of the line being read, once decided; None: no block is open
        self._block = 0
        self._prefix = ""
        self._sentence = ""
        self._word = ""
        self._rows: list[str] = []
        self._fence = ""
        self._waiting: Unit | None = None  # a whole block whose marker may follow on its next line

    def feed(self, piece: str) -> Iterator[Reading]:
        yield from self._read(self._spoken.of(self._visible.of(piece)))

    def close(self) -> Iterator[Reading]:
        yield from self._read(self._spoken.rest())
        yield from self._newline()
        yield from self._end_block()
        yield from self._end_waiting()

    def _read(self, characters: Iterable[str]) -> Iterator[Reading]:
        for char in characters:
            if self._seen >= MAX_CHARACTERS:
                return
            self._seen += 1
            yield from self._newline() if char == "\n" else self._character(char)

    def _character(self, char: str) -> Iterator[Reading]:
        if char == "\r":
            return
        if self._decided and self._kind in ("paragraph", "item"):
            yield from self._prose(char)
            return
        self._line += char
        if self._fence or (self._kind == "equation" and self._rows):
            return
        if not self._decided and char.isspace() and self._line.strip():
            yield from self._decide()

    def _decide(self, *, whole: bool = False) -> Iterator[Reading]:
        """Settle what the current line is, from its first word; prose starts to stream at once."""
        line = self._line.lstrip()
        if line.startswith(("```", "~~~", "|", "$$", "\\[")) or _HEADING.match(line):
            return
        if not whole and re.fullmatch(r"[-*_]{2,}\s*", line):
            return
        if item := _ITEM.match(self._line):
            yield from self._end_block()
            yield from self._end_waiting()
            indent = "  " * min(3, len(item[1].expandtabs(4)) // 2)
            marker = "-" if item[2] in "-*+•" else item[2]
            self._open("item", f"{indent}{marker} ")
            rest = self._line[item.end() :]
        elif whole and self._waiting is None and _RULE.fullmatch(self._line):
            yield from self._end_block()
            return
        else:
            rest = re.sub(r"^(?:>\s?)+", "", line)
            if self._kind == "table":  # nothing else ends one than a line that is no row
                yield from self._end_block()
            if self._waiting is not None:
                if not whole and pending_marker(rest.rstrip()) == 0:
                    return
                if end := leading_markers(rest):
                    marked = self._waiting
                    self._waiting = Unit(raw=f"{marked.raw}\n{rest[:end]}", kind=marked.kind, block=marked.block)
                    rest = rest[end:]
                if rest.strip():
                    yield from self._end_waiting()
            if self._kind not in ("paragraph", "item"):
                yield from self._end_block()
                self._open("paragraph")
        self._decided = True
        self._line = ""
        for char in rest:
            yield from self._prose(char)

    def _newline(self) -> Iterator[Reading]:
        if self._decided:
            yield from self._end_word()
            self._line, self._decided = "", False
            return
        line, stripped = self._line, self._line.strip()
        if self._fence or (self._kind == "equation" and self._rows):
            yield from self._inside(line, stripped)
        elif not stripped:
            if self._kind is not None:
                yield from self._end_block()
        elif stripped.startswith(("```", "~~~")):
            fence, rows = opened(stripped)
            yield from self._start("code", *rows)
            self._fence = fence
            if not fence:
                yield from self._end_block()
        elif stripped.startswith("|"):
            if self._kind != "table":
                yield from self._start("table")
            self._rows.append(stripped)
        elif stripped.startswith(("$$", "\\[")):
            yield from self._start("equation", stripped)
            if re.search(r"\\\]|\$\$", stripped[2:]):
                yield from self._end_block()
        elif _HEADING.match(stripped):
            yield from self._heading(stripped)
        else:
            yield from self._decide(whole=True)
            yield from self._end_word()
        if sum(map(len, self._rows)) > _MAX_BLOCK:
            yield from self._end_block()
        self._line, self._decided = "", False

    def _inside(self, line: str, stripped: str) -> Iterator[Reading]:
        closes = stripped.startswith(self._fence) if self._fence else bool(re.search(r"\$\$|\\\]", stripped))
        if self._fence:
            self._rows.extend(closed(self._fence, stripped) if closes else [line.rstrip()])
        else:
            self._rows.append(stripped)
        if closes:
            self._fence = ""
            yield from self._end_block()

    def _heading(self, line: str) -> Iterator[Reading]:
        yield from self._end_block()
        yield from self._end_waiting()
        if match := _SECTION.fullmatch(line):
            yield SectionHeading(type=cast(SectionType, match[1].lower()), title=(match[2] or "").strip())
            return
        self._open("heading", "### ")
        text = line.strip("# ")
        if text:
            yield Unit(raw=text, kind="heading", block=self._block, prefix=self._prefix)
        self._kind = None

    def _prose(self, char: str) -> Iterator[Reading]:
        if char.isspace():
            yield from self._end_word()
            return
        if self._word and self._word[-1] in CJK_STOP and char not in _CJK_CLOSER:
            yield from self._end_word(glued=True)
        self._word += char
        if len(self._word) > _MAX_SENTENCE:
            yield from self._end_word()

    def _end_word(self, *, glued: bool = False) -> Iterator[Reading]:
        word, self._word = self._word, ""
        if not word:
            return
        end = end_of_sentence(self._sentence, word) if self._sentence else None
        if end is not None:
            self._sentence, begun = self._sentence[:end].rstrip(), self._sentence[end:]
            yield from self._end_sentence()
            self._sentence = begun
        glue = "" if not self._sentence or self._sentence[-1] in CJK_STOP else " "
        self._sentence += glue + word
        yield Growing(raw=self._sentence)
        if len(self._sentence) > _MAX_SENTENCE:
            yield from self._end_sentence()

    def _end_sentence(self) -> Iterator[Reading]:
        raw, self._sentence = self._sentence, ""
        if raw and read_markers(raw).text:
            yield Unit(raw=raw, kind=self._kind or "paragraph", block=self._block, prefix=self._prefix)

    def _start(self, kind: BlockKind, *rows: str) -> Iterator[Reading]:
        yield from self._end_block()
        yield from self._end_waiting()
        self._open(kind)
        self._rows = list(rows)

    def _open(self, kind: BlockKind, prefix: str = "") -> None:
        self._block += 1
        self._kind, self._prefix = kind, prefix

    def _end_block(self) -> Iterator[Reading]:
        if self._kind in ("paragraph", "item"):
            yield from self._end_word()
            yield from self._end_sentence()
        elif self._kind is not None and self._rows:
            yield from self._end_waiting()
            if self._fence:
                self._rows.append(self._fence)
            self._waiting = Unit(raw="\n".join(self._rows), kind=self._kind, block=self._block)
        self._kind, self._rows, self._fence, self._prefix = None, [], "", ""

    def _end_waiting(self) -> Iterator[Reading]:
        unit, self._waiting = self._waiting, None
        if unit is not None:
            yield unit
