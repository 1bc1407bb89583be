"""What a summary is of and of which kind, and how it is stored, replayed and returned."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import UNSET, UnsetType

from learnx.domain.lessons import (
    Completed,
    GroundingCounts,
    LessonEvent,
    Section,
    SectionOutline,
    Sentence,
    Started,
    Usage,
    outlined,
    replay_of,
)
from learnx.domain.section_tasks import WORDS_PER_MINUTE
from learnx.domain.values import Value

SummaryType = Literal["key_points", "comprehensive", "exam_prep"]
#: What may be asked for as the most words of a summary.
LEAST_WORDS, MOST_WORDS = 50, 2_000
#: A summary is one section of a stream.
OUTLINE = SectionOutline(id="s1", type="summary", title="Summary")


class SummaryFile(Value):
    """What prompts need of a file beside its chunks."""

    file_id: UUID
    title: str | None
    language: str | None


class SummaryMaterial(Value):
    """``parts`` are what is summarized, in reading order, each small enough for one prompt; ``files`` are those that
    it is of, in order.

    One part is summarized at once. Of several each is read by itself first, and then what was found in all of them.
    ``excerpt_tokens`` is what the excerpts of one prompt may take.
    """

    files: tuple[SummaryFile, ...]
    parts: tuple[tuple[UUID, ...], ...]
    excerpt_tokens: int

    @property
    def chunk_ids(self) -> tuple[UUID, ...]:
        return tuple(chunk for part in self.parts for chunk in part)


class Summary(Value):
    """Of one file, module or course: one of the three ids is there. ``summary`` is the Markdown of ``sentences``.

    ``max_words`` is what was asked for, or what was found fitting; ``word_count`` never exceeds it.
    """

    id: UUID
    generation_id: UUID
    file_id: UUID | UnsetType = UNSET
    module_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    summary_type: SummaryType
    max_words: int
    summary: str
    sentences: tuple[Sentence, ...]
    key_topics: tuple[str, ...]
    estimated_read_minutes: int
    word_count: int
    grounding: GroundingCounts
    usage: Usage
    persona_version: int | None
    model: str
    prompt_version: str
    created_at: datetime

    @property
    def cited_files(self) -> frozenset[UUID]:
        """Without which it can't be shown any more."""
        return frozenset(citation.file_id for sentence in self.sentences for citation in sentence.citations)


def read_minutes(words: int) -> int:
    """At least one."""
    return max(1, -(-words // WORDS_PER_MINUTE))


def as_section(sentences: tuple[Sentence, ...], markdown: str) -> Section:
    return Section(id=OUTLINE.id, type=OUTLINE.type, title=OUTLINE.title, sentences=sentences, markdown=markdown)


def summary_replay(summary: Summary) -> tuple[LessonEvent, ...]:
    """The stream of a stored summary: its one section, as it was written."""
    section = as_section(summary.sentences, summary.summary)
    started = Started(
        generation_id=summary.generation_id,
        summary_id=summary.id,
        file_id=summary.file_id,
        persona_version=summary.persona_version,
        model=summary.model,
        prompt_version=summary.prompt_version,
        cached=True,
        sections=outlined([section]),
    )
    completed = Completed(summary_id=summary.id, grounding=summary.grounding, word_count=summary.word_count)
    return replay_of(started, [section], completed)
