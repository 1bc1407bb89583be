"""Tables, code and equations in the text of an excerpt, which does not name them, as Markdown shows them whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from learnx.domain.model_text import BlockKind
from learnx.domain.planted import is_order

_FENCED = re.compile(r"^(?P<fence>```|~~~)[^\n]*\n(?P<code>.*?)\n(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
_RULE_ROW = re.compile(r"[\s|:+-]*")
_FIGURE = re.compile(r"\s*[\d.,:/%$€£+−–-]*\d[\d.,:/%$€£+−–-]*\s*")
_BAR = re.compile(r"(?:^|\s)\|(?:\s|$)")
_FORMULA_NAMES = r"sin|cos|tan|log|ln|exp|min|max|det|dim|arg|lim|sup|inf|var|cov|pr"
#: What stands in a line of code and in hardly any other.
_CODE = re.compile(
    r"^\s*def\s+\w+\s*\(|^\s*class\s+\w+\s*(?:\([^()]*\))?\s*[:{]\s*$"
    r"|^\s*(?:function|func|fn|struct|interface|enum)\s+\w*\s*[({]"
    r"|^\s*(?:from\s+[\w.]+\s+)?import\s+[\w.,* ]+;?$"
    r"|^\s*#include\s*[<\"]|[;{]\s*$|^\s*[})\]]+[;,)]*\s*$|^(?:>>>|\$)\s\S|^\s*</?[a-zA-Z]\w*(?:\s[^<>]*)?>"
    rf"|\b(?!(?:{_FORMULA_NAMES})\()\w*[a-z_]{{2}}\w*\((?!(?:e?s)\))[^()\s]?|\w\[[^\]\s]+\]\s*[-+*/]?="
    r"|^\s*[\w.]+\s*(?:[-+*]=|:=|<-)\s*\S"
    r"|^\s*[\"'][\w -]+[\"']\s*:\s|^\s*(?:SELECT|INSERT INTO|UPDATE|CREATE|DELETE FROM)\s"
)
#: What such a line may look like as well.
_LIKE_CODE = re.compile(
    r"^(?:\s{2,}|\t)\S|^\s*(?:#|//|/\*|\*|--\s)|^\s*[\w.\[\]]+(?:,\s?[\w.\[\]]+)*\s*=(?!=)\s*\S"
    r"|^\s*(?:for|while|if|elif|else|try|except|finally|return|break|continue|with|switch|case|do|end|print|yield)\b"
)
#: So many lines of code look like it, and so many are sure to be.
_LIKE, _SURE = 0.8, 0.25
_DISPLAYED = re.compile(r"\A\s*(?:\$\$(?P<dollars>.+)\$\$|\\\[(?P<brackets>.+)\\\])\s*\Z", re.DOTALL)
_ENVIRONMENT = re.compile(r"\A\s*\\begin\{\w+\*?\}.*\\end\{\w+\*?\}\s*\Z", re.DOTALL)
_RELATION = re.compile(r"[=≈≤≥≠→⇌⇒∝<>]")
#: A word in a formula: neither a command of TeX nor a name of one, two or three letters.
_WORD = re.compile(r"(?<!\\)\b[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Part:
    """A whole block, or, of ``kind`` paragraph, what stands between two of them; ``text`` is the excerpt's own.

    ``opens``: no excerpt before began this table.
    """

    kind: BlockKind
    text: str
    opens: bool = True

    @property
    def markdown(self) -> str:
        """The block as a lesson shows it; ``text`` where it is none."""
        if self.kind == "table":
            return _table(self._lines, headed=self._headed)
        if self.kind == "code":
            fence = "~~~" if "```" in self.text else "```"
            return f"{fence}\n{self.text}\n{fence}"
        if self.kind == "equation":
            shown = _DISPLAYED.match(self.text)
            return f"$$\n{((shown['dollars'] or shown['brackets']) if shown else self.text).strip()}\n$$"
        return self.text

    @property
    def rows(self) -> list[str]:
        """A table's, without its head; of anything else none."""
        return self._lines[self._headed :] if self.kind == "table" else []

    def continues(self, other: "Part | None") -> bool:
        """Whether it may be more of that table: it has as many columns."""
        tables = other is not None and self.kind == other.kind == "table"
        return tables and other is not None and self._lines[0].count("|") == other._lines[-1].count("|")

    @property
    def _headed(self) -> bool:
        """Whether its first row is its head: a figure is no column's name."""
        return self.opens and not any(map(_FIGURE.fullmatch, self._lines[0].split("|")))

    @property
    def _lines(self) -> list[str]:
        return [
            line.strip().strip("|").strip()
            for line in self.text.splitlines()
            if not (_RULE_ROW.fullmatch(line) or is_order(line))
        ]


def parts(text: str) -> Iterator[Part]:
    """In reading order; together they have all words of the text."""
    end = 0
    for fenced in _FENCED.finditer(text):
        yield from _unfenced(text[end : fenced.start()])
        yield Part("code", fenced["code"])
        end = fenced.end()
    yield from _unfenced(text[end:])


def _unfenced(text: str) -> Iterator[Part]:
    paragraphs = [paragraph for paragraph in re.split(r"\n[ \t]*\n", text) if paragraph.strip()]
    for alike, group in groupby(paragraphs, _is_like_code):
        found = list(group)
        lines = [line for paragraph in found for line in paragraph.splitlines()]
        if alike and sum(_CODE.search(line) is not None for line in lines) >= _SURE * len(lines):
            yield Part("code", "\n\n".join(found).strip("\n"))
        else:
            yield from (Part(_kind(paragraph), paragraph) for paragraph in found)


def _kind(paragraph: str) -> BlockKind:
    lines = [line for line in paragraph.splitlines() if line.strip()]
    if len(lines) > 1 and all(map(_BAR.search, lines)):
        return "table"
    if _DISPLAYED.match(paragraph) or _ENVIRONMENT.match(paragraph) or all(map(_is_formula, lines)):
        return "equation"
    return "paragraph"


def _is_like_code(paragraph: str) -> bool:
    lines = [line for line in paragraph.splitlines() if line.strip()]
    like = sum(_LIKE_CODE.search(line) is not None or _CODE.search(line) is not None for line in lines)
    return like >= _LIKE * len(lines) and not any(map(_BAR.search, lines)) and not _DISPLAYED.match(paragraph)


def _is_formula(line: str) -> bool:
    return _RELATION.search(line) is not None and _WORD.search(line) is None


def _table(rows: list[str], *, headed: bool) -> str:
    """With a head, be it an empty one, and as many cells in every row."""
    cells = [*([] if headed else [[""]]), *([cell.strip() for cell in row.split("|")] for row in rows)]
    width = max(map(len, cells), default=0)
    head, *body = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([head, "|" + " --- |" * width, *body])
