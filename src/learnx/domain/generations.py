"""What a generation is to write: enough for any API server to begin it, or to begin it anew."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import LessonOptions
from learnx.domain.personas import Persona
from learnx.domain.values import Value


class GenerationJob(Value):
    """A lesson to be written. Two jobs of one owner and ``key`` are one generation; ``lesson_key`` is what the lesson
    depends on, and the same unless it is written ``fresh``.

    Chunks are named by ``plan``, and their texts read when it is written. ``model`` is the one that was asked for.
    ``section_keys`` says what each section of the plan depends on, by its id.
    """

    generation_id: UUID
    lesson_id: UUID
    owner: UUID
    key: str
    lesson_key: str
    started_at: datetime
    file_id: UUID
    file_sha256: str
    file_title: str | None
    language: str | None
    options: LessonOptions
    persona: Persona | None
    persona_version: int | None
    plan: LessonPlan
    model: str
    section_keys: Mapping[str, str] = msgspec.field(default_factory=dict)
    fresh: bool = False
