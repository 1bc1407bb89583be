"""Which sections a lesson has and which chunks it is made from, decided by document and request alone."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import groupby, pairwise, zip_longest
from uuid import UUID

import msgspec

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
#: Parts of a book that teach nothing; they are read only where nothing else is there.
_APPARATUS_TITLES = """
    contents | table of contents | references | bibliography | works cited | index | acknowledgements | acknowledgments
    | acknowledgement | copyright | license | licence | legal notice | colophon | list of figures | list of tables
    | further reading | about the author | about the authors | disclaimer | foreword | notice | inhaltsverzeichnis
    | literatur | impressum | danksagung | table des matières | sommaire | bibliographie | remerciements | índice
    | contenido | bibliografía | referencias | agradecimientos
"""
_APPARATUS = frozenset(title.strip() for title in _APPARATUS_TITLES.split("|"))

_APPARATUS_START = re.compile(
    r"[\W\d]*(?:acknowledg|preface\b|list of \w+|about (?:this|the) (?:book|manual)\b)", re.IGNORECASE
)


class LessonPlan(Value):
    """``chunk_ids`` are in reading order; ``topics`` says which of them a section is about (by default, all)."""

    sections: tuple[SectionOutline, ...]
    chunk_ids: tuple[UUID, ...]
    topics: Mapping[str, tuple[UUID, ...]] = msgspec.field(default_factory=dict)

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
    by_id = {chunk.id: chunk for chunk in outline}
    if ranked is None:
        order = list(_interleaved(_teaching(outline), 0))
    else:
        order = [by_id[chunk] for chunk in ranked if chunk in by_id]
    chosen = sorted(_within(order, budget_tokens), key=lambda chunk: chunk.index)
    return _with_sections(chosen, options)


def _teaching(outline: Sequence[ChunkOutline]) -> Sequence[ChunkOutline]:
    body = [chunk for chunk in outline if not any(_is_apparatus(heading) for heading in chunk.heading_path)]
    return body or outline


def _is_apparatus(heading: str) -> bool:
    return heading.strip(" .:0123456789").casefold() in _APPARATUS or _APPARATUS_START.match(heading) is not None


def _within(order: Sequence[ChunkOutline], budget_tokens: int) -> Iterator[ChunkOutline]:
    left = budget_tokens
    for position, chunk in enumerate(order):
        if chunk.token_count <= left or position == 0:
            left -= chunk.token_count
            yield chunk


def _interleaved(chunks: Sequence[ChunkOutline], depth: int) -> Iterator[ChunkOutline]:
    """An order of which every beginning is spread evenly over the headings of each depth."""
    groups = _by_heading(chunks, depth)
    if len(groups) <= 1:
        deeper = any(len(chunk.heading_path) > depth for chunk in chunks)
        yield from _interleaved(chunks, depth + 1) if deeper else iter(chunks)
        return
    spread = [groups[place] for place in _evenly_spread(len(groups))]
    for round_ in zip_longest(*(_interleaved(group, depth + 1) for group in spread)):
        yield from (chunk for chunk in round_ if chunk is not None)


def _by_heading(chunks: Sequence[ChunkOutline], depth: int) -> list[list[ChunkOutline]]:
    return [list(group) for _, group in groupby(chunks, key=lambda chunk: chunk.heading_path[depth : depth + 1])]


def _evenly_spread(count: int) -> list[int]:
    """0 … count-1 so ordered that each beginning covers the range evenly (van der Corput's sequence)."""
    bits = max(1, (count - 1).bit_length())
    reversed_ = (int(f"{place:0{bits}b}"[::-1], 2) for place in range(1 << bits))
    return [place for place in reversed_ if place < count]


def _with_sections(chosen: Sequence[ChunkOutline], options: LessonOptions) -> LessonPlan:
    topics = _topics(chosen)
    sections: list[SectionOutline] = []
    about: dict[str, tuple[UUID, ...]] = {}
    for type_ in options.sections:
        parts = topics if type_ == "explanation" and len(topics) > 1 else [(_TITLES[type_], list(chosen))]
        for title, chunks in parts:
            section = SectionOutline(id=f"s{len(sections) + 1}", type=type_, title=title)
            sections.append(section)
            if len(chunks) < len(chosen):
                about[section.id] = tuple(chunk.id for chunk in chunks)
    return LessonPlan(sections=tuple(sections), chunk_ids=tuple(chunk.id for chunk in chosen), topics=about)


def _topics(chosen: Sequence[ChunkOutline]) -> list[tuple[str, list[ChunkOutline]]]:
    """Consecutive chunks under one heading, at the first depth that tells them apart; neighbours share a topic where
    there would be too many."""
    depth = 0
    deepest = max((len(chunk.heading_path) for chunk in chosen), default=0)
    while len(groups := _headed_groups(chosen, depth)) == 1 and depth + 1 < deepest:
        depth += 1
    if len(groups) < 2:
        return []
    return _merged([(_title(group, depth), group) for group in groups])


def _headed_groups(chosen: Sequence[ChunkOutline], depth: int) -> list[list[ChunkOutline]]:
    """By heading; what stands before the first heading of that depth belongs to it."""
    groups = _by_heading(chosen, depth)
    if len(groups) > 1 and not groups[0][0].heading_path[depth:]:
        groups[:2] = [groups[0] + groups[1]]
    return groups


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
