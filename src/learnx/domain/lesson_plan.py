"""Which sections a lesson has and which chunks it is made from, decided by document and request alone."""

from collections.abc import Container, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

import msgspec

from learnx.domain.chunk_choice import chosen_chunks, headed_parts
from learnx.domain.lessons import LessonOptions, SectionOutline, SectionType
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.values import Value

#: A lesson explains at most so many topics, each in a section of its own.
MAX_TOPICS = 6
_TITLE_LENGTH = 80
_TITLES: dict[SectionType, str] = {
    "introduction": "Introduction",
    "explanation": "Explanation",
    "examples": "Examples",
    "practice": "Practice",
    "summary": "Summary",
}


class LessonPlan(Value):
    """``chunk_ids`` are in reading order; ``topics`` says which of them a section is about (by default, all).

    ``parts`` counts the top-level sections of the document that the chunks are from, or the topics of one that has no
    headings.
    """

    sections: tuple[SectionOutline, ...]
    chunk_ids: tuple[UUID, ...]
    topics: Mapping[str, tuple[UUID, ...]] = msgspec.field(default_factory=dict)
    parts: int = 1

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
    return _with_sections(chosen, options)


def _with_sections(chosen: Sequence[ChunkOutline], options: LessonOptions) -> LessonPlan:
    groups, depth = headed_parts(chosen)
    topics = _topics(groups, depth)
    sections: list[SectionOutline] = []
    about: dict[str, tuple[UUID, ...]] = {}
    for type_ in options.sections:
        parts = topics if type_ == "explanation" and len(topics) > 1 else [(_TITLES[type_], list(chosen))]
        for title, chunks in parts:
            section = SectionOutline(id=f"s{len(sections) + 1}", type=type_, title=title)
            sections.append(section)
            if len(chunks) < len(chosen):
                about[section.id] = tuple(chunk.id for chunk in chunks)
    return LessonPlan(
        sections=tuple(sections),
        chunk_ids=tuple(chunk.id for chunk in chosen),
        topics=about,
        parts=max(1, len(groups)),
    )


def _topics(groups: Sequence[list[ChunkOutline]], depth: int) -> list[tuple[str, list[ChunkOutline]]]:
    """Neighbouring parts share a topic where there would be too many."""
    if len(groups) < 2:
        return []
    return _merged([(_title(group, depth), group) for group in groups])


def _merged(topics: list[tuple[str, list[ChunkOutline]]]) -> list[tuple[str, list[ChunkOutline]]]:
    while len(topics) > MAX_TOPICS:
        sizes = [len(left[1]) + len(right[1]) for left, right in pairwise(topics)]
        place = sizes.index(min(sizes))
        (first, chunks), (last, more) = topics[place : place + 2]
        title = f"{first.split(' – ')[0]} – {last.split(' – ')[-1]}"
        topics[place : place + 2] = [(title, chunks + more)]
    return topics


def _title(group: Sequence[ChunkOutline], depth: int) -> str:
    path = next((chunk.heading_path for chunk in group if len(chunk.heading_path) > depth), None)
    outer = group[0].heading_path[-1] if group[0].heading_path else _TITLES["explanation"]
    title = " ".join((path[depth] if path else outer).split())
    return title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
