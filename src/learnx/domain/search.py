"""Search of a learner's whole library: what is asked, where, and what is found."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from learnx.domain.documents import PageMark
from learnx.domain.values import Value

HitType = Literal["chunk", "file"]

#: Words that stand nowhere in the library, as lexemes, and those that were meant instead.
Spelling = Mapping[str, tuple[str, ...]]


class LibraryScope(Value):
    """Which files of a library are searched; those of archived courses never are."""

    course_id: UUID | None = None
    file_id: UUID | None = None


class SearchedWord(Value):
    """A lexeme of a question, as text of configuration ``config`` has it; None where that finds no word in it.

    Where it stands nowhere in the library, in no form: ``typed`` is the word itself, ``alike`` words that look like it,
    most alike first, each with its lexeme.
    """

    config: str
    lexeme: str | None
    typed: str = ""
    alike: tuple[tuple[str, str], ...] = ()


class PlaceInResults(Value):
    """Where a page of results ended: the next begins after it, with the same spelling, and as that was found."""

    score: float
    id: UUID
    spelling: Spelling
    by_words_alone: bool = False


class Hit(Value):
    """A chunk or file that fits. ``score``, from 0 to 1, depends on it and the question alone, not on other rows.

    ``text``, ``config`` and ``page_marks`` are a chunk's.
    """

    type: HitType
    id: UUID
    file_id: UUID
    filename: str
    title: str | None
    score: float
    text: str = ""
    config: str = "simple"
    page_marks: tuple[PageMark, ...] = ()


class Highlight(Value):
    """Characters (code points) ``start`` to ``end`` of a snippet."""

    start: int
    end: int


class SearchResult(Value):
    """``id`` is the chunk's or the file's; ``snippet`` is plain text, in which ``highlights`` say what matched.

    ``page_number`` is the physical page, from 1, on which the first highlight, or else the snippet, begins.
    """

    type: HitType
    id: UUID
    file_id: UUID
    filename: str
    snippet: str
    highlights: tuple[Highlight, ...]
    page_number: int | None
    relevance_score: float


class SearchResults(Value):
    """One page, best first; ``spelling`` and ``by_words_alone`` go with the place at which the next one begins."""

    items: tuple[SearchResult, ...]
    spelling: Spelling
    #: Without meaning, since no embedding model was there.
    by_words_alone: bool = False
