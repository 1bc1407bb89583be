"""Which sentences of a document can stand in a lesson by themselves, and how much each of them matters."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from learnx.adapters.llm.offline_blocks import Part, parts
from learnx.adapters.llm.offline_prompt import ReadExcerpt
from learnx.adapters.llm.offline_sentences import (
    CASELESS,
    is_fit,
    is_row_or_formula,
    is_telling,
    sentences_of,
    spoken_lines,
    tidied,
)
from learnx.domain.assertions import is_supposition
from learnx.domain.planted import is_order
from learnx.domain.terms import terms

_POINTING = re.compile(
    r"\b(?:fig(?:ure|s?\.)|tables?|eq(?:uation|n?s?\.)|listing|chapter|section|appendix|exercise|slide"
    r"|page|panel)s?\s*\(?[\dA-Z]"
    r"|\b(?:shown|listed|described|discussed|given|presented|defined|mentioned|seen|see) (?:below|above|in|here"
    r"|earlier)\b"
    r"|\b(?:following|preceding|previous|next|last) (?:figure|table|chapter|section|example|page|list|code"
    r"|equation|steps?"
    r"|paragraphs?|subsection)s?\b|\b(?:above|below)\b[.,:]|\bthis (?:chapter|section|book|manual|paper|article"
    r"|appendix)\b"
    r"|\b(?:describes how|discusses|provides background|will be discussed|are presented|is also given"
    r"|is described in)\b"
    r"|\bas follows\b|\bwe (?:will|shall|have seen)\b|\bthe (?:figure|table|diagram|graph|picture) (?:shows|below"
    r"|above)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^\(|^(?:this|these|those|that|it|its|they|their|them|such|he|she|his|her|however|therefore|thus|hence|but|and"
    r"|or|so|also"
    r"|then|there|furthermore|moreover|in addition|additionally|nevertheless|nonetheless|instead|otherwise"
    r"|consequently"
    r"|similarly|likewise|conversely|for this|for that|in this|in that|in these|in such|at this|as a result"
    r"|on the other"
    r"|another|both|the (?:former|latter|second|third|other|same|above|following|result|first)|again|finally|next"
    r"|here|yet"
    r"|accordingly|by contrast|in contrast|for example|for instance|e\.g|that is|i\.e|in particular"
    r"|in other words|if so"
    r"|note that this|because of this|to do (?:this|so)|we|our|i|my|let us|let's|recall|you|your|once|after)\b",
    re.IGNORECASE,
)
_DEFINING = re.compile(
    r"^(?:An?\s|The\s)?[\w\s()'’/-]{2,60}?\s(?:is|are)\s(?:an?|the|one of|any|called|defined|known|used|those"
    r"|devices|points"
    r"|objects|links|nodes)\b|\b(?:is|are) (?:called|defined as|known as|said to be|referred to as)\b|\brefers? to\b"
    r"|\b(?:means|denotes|represents?|consists? of)\b",
    re.IGNORECASE,
)
_EXEMPLARY = re.compile(
    r"\b(?:for example|for instance|e\.g\.|an? example|examples? (?:of|is|are|include)|such as|suppose|imagine"
    r"|consider (?:an?|the)"
    r"|in the case of|zum beispiel|par exemple|por ejemplo|例如|例えば)(?!\w)",
    re.IGNORECASE,
)
_STRONGLY_EXEMPLARY = re.compile(
    r"\b(?:for example|for instance|e\.g\.|suppose|imagine|zum beispiel|par exemple)(?!\w)", re.I
)
_TASK = re.compile(
    r"^(?:select|click|choose|press|enter|type|drag|explain|show (?:that|how)|prove|describe|compute|calculate"
    r"|derive|find"
    r"|list|discuss|check|verify|write|draw|sketch|give|use the|answer|implement|run|open|download|install|repeat|move"
    r"|right-click|double-click|edit|add|remove|delete|fill in|complete|specify|abstract|must|try|modify)\b|>>"
    r"|\b(?:click|toolbar|dialog|menu bar|mouse)\b",
    re.IGNORECASE,
)
_CHATTY = re.compile(r"\b(?:we|our|us|let['’]s|i|my|you|your)\b", re.IGNORECASE)
_EXERCISES = re.compile(
    r"\b(?:exercises?|problems|(?<!asked )questions|acknowledge?ments?|references)\b", re.IGNORECASE
)
_CONDITIONAL = re.compile(
    r"^(?:if|when|whenever|given|to (?!be\b)\w+)\b|\b(?:if|when|because|so that|in order to)\b", re.I
)
#: With fewer fit sentences than this, a document is not prose.
_FEW = 3
#: Nor is one of which sentences are a smaller share, in words: a glossary, slides, a book of tables.
_LEAST_PROSE = 0.12
_TAG = re.compile(r"</?\w[^<>]*>")


@dataclass(frozen=True)
class Statement:
    """A sentence of an excerpt that could be said, or, ``is_line``, an item, a row or a line of code.

    ``place`` counts the sentences of all excerpts, fit or unfit. ``block``: ``text`` is the Markdown of this one."""

    text: str
    excerpt: int
    headings: tuple[str, ...]
    place: int
    opens: bool
    is_line: bool = False
    block: Part | None = None

    @property
    def cited(self) -> str:
        """With its marker, which stands on a line of its own behind a block."""
        return f"{self.text}\n[{self.excerpt}]\n" if self.block else f"{self.text} [{self.excerpt}]"

    @cached_property
    def rows(self) -> list["Statement"]:
        """The rows of a table below its head, as lines; of anything else none."""
        rows = [row for row in self.block.rows if is_row_or_formula(row)] if self.block else []
        return [replace(self, text=row, block=None, is_line=True) for row in rows]

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(terms(self.text))

    @cached_property
    def words(self) -> int:
        if self.block:
            return sum(any(map(str.isalnum, word)) for word in self.text.split())
        return len(self.text) // 2 if CASELESS.match(self.text) and " " not in self.text else len(self.text.split())

    @cached_property
    def leans(self) -> bool:
        """Whether it makes sense only behind the sentence before it."""
        return not self.is_line and not self.block and _LEANING.match(self.text) is not None

    @cached_property
    def defines(self) -> bool:
        return not self.leans and _DEFINING.search(self.text) is not None

    @cached_property
    def exemplifies(self) -> bool:
        return _EXEMPLARY.search(self.text) is not None

    @cached_property
    def shows_strongly(self) -> bool:
        return _STRONGLY_EXEMPLARY.search(self.text) is not None

    @cached_property
    def points(self) -> bool:
        """It sends the reader to a figure, a table or another place."""
        return _POINTING.search(self.text) is not None

    @cached_property
    def tells(self) -> bool:
        """It tells the reader what to do, or belongs to an exercise."""
        return _TASK.search(self.text) is not None

    @cached_property
    def supposes(self) -> bool:
        return is_supposition(self.text)

    @cached_property
    def applies(self) -> bool:
        """It says what follows from what, or how much."""
        return _CONDITIONAL.search(self.text) is not None or any(map(str.isdigit, self.text))

    @cached_property
    def figures(self) -> int:
        return len(re.findall(r"\d+", self.text))

    @property
    def concept(self) -> str:
        """The heading that it stands under, or "" where there is none that teaches."""
        return self.headings[-1] if self.headings and not is_order(self.headings[-1]) else ""


@lru_cache(maxsize=16)
def taught(excerpts: tuple[ReadExcerpt, ...]) -> list[Statement]:
    """What a lesson can say: every fit sentence in reading order, each once; where there are hardly any, tables, code
    and equations as wholes, and the lines between them."""
    found = _sentences(excerpts)
    if _is_prose(found, excerpts):
        return found
    lines = _blocks_and_lines(excerpts, is_telling)
    if len(lines) < _FEW:
        lines = _blocks_and_lines(excerpts, is_row_or_formula)
    return lines or _as_it_stands(excerpts)


@lru_cache(maxsize=16)
def statements(excerpts: tuple[ReadExcerpt, ...]) -> list[Statement]:
    """Every fit sentence of the excerpts in reading order, each once; where there are hardly any, as in slides and
    tables, their lines."""
    found = _sentences(excerpts)
    if _is_prose(found, excerpts):
        return found
    lines = _lines(excerpts, is_telling)
    return (lines if len(lines) >= _FEW else _lines(excerpts, is_row_or_formula)) or found


def _is_prose(found: Sequence[Statement], excerpts: Sequence[ReadExcerpt]) -> bool:
    words = sum(len(excerpt.text.split()) for excerpt in excerpts)
    return len(found) >= _FEW and sum(statement.words for statement in found) >= _LEAST_PROSE * words


def _lines(excerpts: Sequence[ReadExcerpt], fits: Callable[[str], bool]) -> list[Statement]:
    found: list[Statement] = []
    said: set[str] = set()
    for excerpt in excerpts:
        headings = {" ".join(heading.split()).casefold() for heading in excerpt.headings}
        in_code = False
        for raw in spoken_lines(excerpt.text):
            fence = raw.startswith("```")
            in_code ^= fence
            raw = _TAG.sub(" ", raw)
            text = " ".join(raw.split()) if in_code else tidied(raw).strip("| ")
            key = text.casefold()
            if fence or key in headings or key in said or not fits(text):
                continue
            said.add(key)
            shown = f"`{text}`" if in_code and "`" not in text else text
            found.append(
                Statement(
                    text=shown,
                    excerpt=excerpt.number,
                    headings=excerpt.headings,
                    place=len(found),
                    opens=False,
                    is_line=True,
                )
            )
    return found


def _blocks_and_lines(excerpts: Sequence[ReadExcerpt], fits: Callable[[str], bool]) -> list[Statement]:
    found: dict[str, Statement] = {}
    before: Part | None = None
    for excerpt in excerpts:
        for number, part in enumerate(parts(excerpt.text)):
            block = replace(part, opens=bool(number) or not part.continues(before))
            before = part
            is_block = part.kind != "paragraph"
            if is_block and all(is_order(line) for line in part.text.splitlines() if line.strip()):
                continue
            for one in [_block(excerpt, block)] if is_block else _lines([replace(excerpt, text=part.text)], fits):
                found.setdefault(one.text.casefold(), replace(one, place=len(found)))
    return list(found.values())


def _as_it_stands(excerpts: Sequence[ReadExcerpt]) -> list[Statement]:
    """A document that says next to nothing ("Hello") is shown as it is."""
    return [
        _block(excerpt, Part("code", excerpt.text)) for excerpt in excerpts if sum(map(str.isalnum, excerpt.text)) >= 2
    ]


def _block(excerpt: ReadExcerpt, block: Part) -> Statement:
    return Statement(
        text=block.markdown,
        excerpt=excerpt.number,
        headings=excerpt.headings,
        place=excerpt.number,
        opens=False,
        block=block,
    )


def _sentences(excerpts: Sequence[ReadExcerpt]) -> list[Statement]:
    found: list[Statement] = []
    said: set[str] = set()
    place = 0
    for excerpt in excerpts:
        headings = {" ".join(heading.split()).casefold() for heading in excerpt.headings}
        if any(_EXERCISES.search(heading) for heading in excerpt.headings):
            continue
        opens, in_code = True, False
        for raw, is_unwanted in sentences_of(excerpt.text):
            place += 1
            in_code ^= raw.count("```") % 2 == 1
            text = tidied(raw)
            if text.casefold() in headings:
                continue
            key = "".join(filter(str.isalnum, text.casefold()))
            if in_code or is_unwanted or key in said or not is_fit(text):
                place += 1  # what leans on a sentence that is left out leans on nothing
                continue
            said.add(key)
            found.append(
                Statement(text=text, excerpt=excerpt.number, headings=excerpt.headings, place=place, opens=opens)
            )
            opens = False
    return found


def weights(found: Sequence[Statement]) -> dict[int, float]:
    """How central each statement is, by its place: mean log frequency of its terms, with bonuses for the terms of its
    headings, for definitions and for the opening of an excerpt; pointers to figures and other places cost."""
    frequency = Counter(term for statement in found for term in statement.terms)
    weighed: dict[int, float] = {}
    for statement in found:
        count = len(statement.terms) or 1
        central = sum(math.log1p(min(frequency[term], 30)) for term in statement.terms) / (count + 3)
        heading = frozenset(terms(" ".join(statement.headings[-2:])))
        weighed[statement.place] = (
            central
            + 0.8 * len(statement.terms & heading) / (len(heading) or 1)
            + 0.7 * statement.defines
            + 0.4 * statement.opens
            - 1.2 * statement.points
            - 1.5 * statement.tells
            - 1.0 * statement.supposes
            - 0.5 * (_CHATTY.search(statement.text) is not None)
            - 0.5 * statement.leans
            - 0.3 * (statement.words > 38)
            - 0.04 * statement.text.count("(")
        )
    return weighed
