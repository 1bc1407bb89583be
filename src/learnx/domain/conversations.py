"""What was asked before, so that a question may follow up on it."""

from datetime import datetime
from uuid import UUID

from learnx.domain.retrieval import Scope
from learnx.domain.values import Value


class Turn(Value):
    """A question as it stands on its own, and the text of its answer, without markers; none where there was none."""

    question: str
    answer: str


class Conversation(Value):
    """``title`` is its first question; ``updated_at`` is when it was last answered in."""

    id: UUID
    scope: Scope
    title: str
    created_at: datetime
    updated_at: datetime
