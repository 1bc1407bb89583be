"""Which sections a lesson has and which chunks it is made from, decided by document and request alone."""

from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

import msgspec

from learnx.domain.chunk_choice import chosen_chunks, headed_parts
from learnx.domain.documents import Chunk
from learnx.domain.lessons import LessonOptions, SectionOutline, SectionType
from learnx.domain.markers import inert
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.terms import terms
from learnx.domain.topic_shifts import PAGES, topic_shifts
from learnx.domain.topic_titles import topic_titles
from learnx.domain.values import Value

#: A lesson explains at most so many topics, each in a section of its own.
MAX_TOPICS = 6
#: A lesson of a minute has room for no more.
_TOPICS_PER_MINUTE = 2
#: A topic that no heading names has at most so many chunks: it is found in time in proportion to them.
_LONGEST_TOPIC = 16
_TITLE_LENGTH = 80
_TITLES: dict[SectionType, str] = {
    "introduction": "Introduction",
    "explanation": "Explanation",
    "examples": "Examples",
    "practice": "Practice",
    "summary": "Summary",
}

Ids = tuple[UUID, ...]
#: A title and the chunks under it.
Topic = tuple[str, Ids]


class LessonPlan(Value):
    """``chunk_ids`` are in reading order; ``topics`` says which of them a section is about (by default, all).

    ``parts`` counts the top-level sections of the document that the chunks are from, or the topics of one that has no
    headings.
    """

    sections: tuple[SectionOutline, ...]
    chunk_ids: Ids
    topics: Mapping[str, Ids] = msgspec.field(default_factory=dict)
    parts: int = 1

    @property
    def lacks_topics(self) -> bool:
        """Whether no heading tells its chunks apart, though an explanation of theirs might have several topics."""
        explained = any(section.type == "explanation" for section in self.sections)
        return explained and self.parts == 1 and len(self.chunk_ids) > 1

    def outlines(self, kept: Container[str]) -> tuple[SectionOutline, ...]:
        """The sections as a stream announces them: those whose ids are ``kept`` are ``cached``."""
        return tuple(
            msgspec.structs.replace(section, cached=True) if section.id in kept else section
            for section in self.sections
        )


def plan_lesson(
    outline: Sequence[ChunkOutline],
    options: LessonOptions,
    *,
    budget_tokens: int,
    ranked: Sequence[UUID] | None = None,
) -> LessonPlan:
    """Choose chunks worth at most ``budget_tokens`` (at least one chunk), and divide them into topics.

    Without a focus a long document is covered evenly over its top-level sections. With one, ``ranked`` (ids from
    retrieval, best first) decides. Never depends on the persona, so learners of the same bytes share their excerpts.
    """
    chosen = chosen_chunks(outline, options, budget_tokens=budget_tokens, ranked=ranked)
    groups, depth = headed_parts(chosen)
    topics = [(_title(group, depth), _ids(group)) for group in groups]
    return _with_topics(_ids(chosen), _merged(topics, options), options, parts=len(groups))


def plan_by_topic(plan: LessonPlan, options: LessonOptions, chunks: Sequence[Chunk]) -> LessonPlan:
    """The plan where no heading tells its ``chunks`` apart: topics are where their words turn, and named by them."""
    units = [terms(chunk.text) for chunk in chunks]
    shifts = topic_shifts(units, vocabulary=PAGES, sizes=[1] * len(units), most=_LONGEST_TOPIC)
    parts = [("", _ids(chunks[start:end])) for start, end in pairwise([0, *shifts, len(chunks)])]
    groups = _merged(parts, options)
    text = {chunk.id: chunk.text for chunk in chunks}
    titles = topic_titles(["\n".join(text[chunk] for chunk in group) for _, group in groups])
    topics = [(title, group) for title, (_, group) in zip(titles, groups, strict=True)]
    return _with_topics(plan.chunk_ids, topics, options, parts=len(shifts) + 1)


def _with_topics(chosen: Ids, topics: Sequence[Topic], options: LessonOptions, *, parts: int) -> LessonPlan:
    sections: list[SectionOutline] = []
    about: dict[str, Ids] = {}
    for type_ in options.sections:
        explained = type_ == "explanation" and len(topics) > 1
        for title, chunks in topics if explained else [(_TITLES[type_], chosen)]:
            section = SectionOutline(id=f"s{len(sections) + 1}", type=type_, title=inert(title) or _TITLES[type_])
            sections.append(section)
            if len(chunks) < len(chosen):
                about[section.id] = chunks
    return LessonPlan(sections=tuple(sections), chunk_ids=chosen, topics=about, parts=max(1, parts))


def _ids(chunks: Sequence[ChunkOutline] | Sequence[Chunk]) -> Ids:
    return tuple(chunk.id for chunk in chunks)


def _merged(topics: Sequence[Topic], options: LessonOptions) -> list[Topic]:
    """Where there are too many, neighbours are one topic: each of about as many."""
    most = MAX_TOPICS
    if options.target_minutes is not None:
        most = min(most, _TOPICS_PER_MINUTE * options.target_minutes)
    count = min(most, len(topics))
    bounds = [round(place * len(topics) / count) for place in range(count)] if count else []
    groups = [topics[start:end] for start, end in pairwise([*bounds, len(topics)])]
    return [(_span(group), tuple(chunk for _, chunks in group for chunk in chunks)) for group in groups]


def _span(group: Sequence[Topic]) -> str:
    first, last = group[0][0], group[-1][0]
    return first if len(group) == 1 else f"{first} – {last}"


def _title(group: Sequence[ChunkOutline], depth: int) -> str:
    path = next((chunk.heading_path for chunk in group if len(chunk.heading_path) > depth), None)
    outer = group[0].heading_path[-1] if group[0].heading_path else _TITLES["explanation"]
    title = " ".join((path[depth] if path else outer).split())
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
