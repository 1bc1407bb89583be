"""What a generation is to write: enough for any API server to begin it, or to begin it anew."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from learnx.domain.conversations import Turn
from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import LessonOptions
from learnx.domain.personas import Persona
from learnx.domain.retrieval import Scope
from learnx.domain.summaries import SummaryMaterial, SummaryType
from learnx.domain.values import Value


class GenerationJob(Value, tag_field="kind"):
    """Two jobs of one owner and ``key`` are one generation. ``model`` is the one that was asked for."""

    generation_id: UUID
    owner: UUID
    key: str
    started_at: datetime
    persona: Persona | None
    persona_version: int | None
    model: str


class LessonJob(GenerationJob, tag="lesson"):
    """A lesson to be written; ``lesson_key`` is what it depends on, and ``key`` the same unless it is ``fresh``.

    Chunks are named by ``plan``, and their texts read when it is written. ``section_keys`` says what each section of
    the plan depends on, by its id.
    """

    lesson_id: UUID
    lesson_key: str
    file_id: UUID
    file_sha256: str
    file_title: str | None
    language: str | None
    options: LessonOptions
    plan: LessonPlan
    section_keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    fresh: bool = False

    def is_about(self, files: Collection[UUID]) -> bool:
        """Whether it is of one of these files alone, so that without them there is nothing to write."""
        return self.file_id in files


class AnswerJob(GenerationJob, tag="answer"):
    """A question to be answered from at most ``passages`` passages of ``scope``, after ``turns``, the oldest first."""

    answer_id: UUID
    conversation_id: UUID
    scope: Scope
    question: str
    turns: tuple[Turn, ...] = ()
    passages: int

    def is_about(self, files: Collection[UUID]) -> bool:
        """As of a lesson; what is of a module or course goes on without some of its files."""
        return self.scope.file_id in files


class SummaryJob(GenerationJob, tag="summary"):
    """A summary to be written of ``material``; ``summary_key`` is what it depends on."""

    summary_id: UUID
    summary_key: str
    scope: Scope
    summary_type: SummaryType
    max_words: int
    material: SummaryMaterial

    def is_about(self, files: Collection[UUID]) -> bool:
        """As of a lesson; what is of a module or course goes on without some of its files."""
        return self.scope.file_id in files


Job = LessonJob | AnswerJob | SummaryJob
