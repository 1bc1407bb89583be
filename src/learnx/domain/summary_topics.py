"""What a summary is about, in a few words: as a model says it, where the document has those words, or by headings."""

import re
from collections import Counter
from collections.abc import Generator, Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from learnx.domain.apparatus import is_apparatus
from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.documents import Chunk
from learnx.domain.kinship import root
from learnx.domain.markers import harmless
from learnx.domain.model_text import opens_section
from learnx.domain.prompts import Excerpt, Prompt
from learnx.domain.structured_output import MAX_CHARACTERS, fitting, repaired
from learnx.domain.terms import FUNCTION_WORDS, folded, stem, terms, words
from learnx.domain.values import Value

MOST_TOPICS, TOPIC_LENGTH = 8, 80
_FEW_HEADINGS = 3
_TOPICS = re.compile(r"#{2,6}\W*(?:key\s+)?topics\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:(?:chapter|part|section|kapitel|teil)\s+)?[\dIVX]+(?:\.\d+)*[.:)]?\s+", re.IGNORECASE)
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_DIGITS = re.compile(r"\d+")


class Topics(Value):
    topics: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=TOPIC_LENGTH)], ...],
        Meta(min_length=1, max_length=MOST_TOPICS),
    ]


class SummaryText:
    """Parts a reply, while it comes in, into the summary and what follows the line ``## topics``.

    A heading that would open a section of a lesson is left out: a summary is one section.
    """

    def __init__(self) -> None:
        self._line = ""
        self._held = True  # the line may be a heading
        self._tail: list[str] | None = None
        self._tail_length = 0

    @property
    def topics(self) -> str | None:
        """What stands behind the line ``## topics``; None where there is no such line."""
        return None if self._tail is None else "".join(self._tail)[:MAX_CHARACTERS]

    def feed(self, piece: str) -> str:
        """The part of the summary that is certain now."""
        told: list[str] = []
        for part in _LINES.findall(piece):
            if self._tail is not None:
                if self._tail_length < MAX_CHARACTERS:
                    self._tail.append(part)
                    self._tail_length += len(part)
                continue
            self._line += part
            if self._held and self._line.strip() and not self._line.lstrip().startswith("#"):
                self._held = False
            if not self._held or self._line.endswith("\n"):
                told.append(self._told())
            if part.endswith("\n"):
                self._held = True
        return "".join(told)

    def close(self) -> str:
        return self._told() if self._tail is None else ""

    def _told(self) -> str:
        line, self._line = self._line, ""
        if not self._held:
            return line
        if _TOPICS.fullmatch(line.strip()):
            self._tail = []
            return ""
        return "" if opens_section(line) else line


def told_topics(
    said: str, asked: Prompt, excerpts: Sequence[Excerpt]
) -> Generator[Prompt | tuple[()], object, tuple[str, ...]]:
    """The topics that a model has named in a reply; asked for once more by ``asked`` where they don't fit, or name what
    no excerpt does. ``MalformedOutput`` where they still don't."""
    text = "\n".join("\n".join((*item.chunk.heading_path, item.chunk.text)) for item in excerpts)
    known, figures = frozenset(map(root, terms(text))), frozenset(_DIGITS.findall(text))

    def check(found: Topics) -> None:
        for topic in found.topics:
            named = frozenset(map(root, terms(topic)))
            stands = named and named <= known and figures.issuperset(_DIGITS.findall(topic))
            if not stands or harmless(topic) != topic or len(topic.splitlines()) != 1:
                raise msgspec.ValidationError(f"The excerpts don't speak of “{topic}”.")

    try:
        found = fitting(said, Topics)
        check(found)
    except msgspec.ValidationError as error:
        found = yield from repaired(asked, Topics, said, str(error), check)
    return tuple(dict.fromkeys(" ".join(topic.split()) for topic in found.topics))


def salient_topics(chunks: Sequence[Chunk]) -> tuple[str, ...]:
    """The document's own headings, spread evenly over it; the words it has most often where it has hardly any."""
    found = list(dict.fromkeys(filter(None, (_title(chunk.heading_path) for chunk in chunks))))
    if len(found) < _FEW_HEADINGS:
        deeper = (_title(chunk.heading_path[depth:]) for depth in (1, 2) for chunk in chunks)
        found = list(dict.fromkeys([*found, *filter(None, deeper)]))
    if len(found) < _FEW_HEADINGS:
        found = list(dict.fromkeys([*found, *_frequent(chunks)]))[:MOST_TOPICS]
    return tuple(found[place] for place in sorted(evenly_spread(len(found))[:MOST_TOPICS]))


def _title(path: Sequence[str]) -> str:
    title = _NUMBERED.sub("", " ".join(harmless(path[0]).split())) if path else ""
    if len(title) > TOPIC_LENGTH:
        title = title[: TOPIC_LENGTH - 1].rsplit(" ", 1)[0][: TOPIC_LENGTH - 1] + "…"
    return title if any(map(str.isalpha, title)) and not is_apparatus(title) else ""


def _frequent(chunks: Sequence[Chunk]) -> list[str]:
    counted: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for chunk in chunks:
        for word in words(folded(chunk.text)):
            if len(word) > 3 and word not in FUNCTION_WORDS:
                counted[stem(word)] += 1
                shown.setdefault(stem(word), word)
    return [shown[term] for term in sorted(counted, key=lambda term: (-counted[term], term))[:5]]
