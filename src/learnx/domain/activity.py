"""What a learner did, as an append-only record that progress and analytics are built on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from learnx.domain.values import Value

ActivityKind = Literal["file_added", "lesson_started", "lesson_read", "lesson_finished", "question_asked"]


class Activity(Value):
    """``lesson_read``: a stored lesson was replayed; ``lesson_started`` / ``lesson_finished``: a generation."""

    id: UUID
    kind: ActivityKind
    at: datetime
    file_id: UUID | None = None
    lesson_id: UUID | None = None
