"""What readers say of lessons and of sentences in them."""

from typing import Protocol
from uuid import UUID

from learnx.application.ports.paging import Page
from learnx.domain.feedback import Feedback


class LessonFeedback(Protocol):
    async def put(self, feedback: Feedback) -> Feedback:
        """As it is kept: where there is one for the same target, its rating and comment are replaced."""
        ...

    async def get(self, feedback: UUID) -> Feedback: ...
    async def page(self, lesson: UUID, page: Page) -> list[Feedback]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def delete(self, feedback: UUID) -> None: ...
