"""What a learner says of a lesson, or of one of its sentences."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from learnx.domain.values import VISIBLE, Value

Rating = Literal["helpful", "unhelpful", "wrong", "too_easy", "too_hard"]
Comment = Annotated[str, Meta(min_length=1, max_length=500, pattern=VISIBLE)]


class Feedback(Value):
    """``sentence_id`` None: of the whole lesson. There is one of each; a new one replaces it, and keeps its id."""

    id: UUID
    lesson_id: UUID
    sentence_id: str | None = None
    rating: Rating
    comment: str | None = None
    created_at: datetime
