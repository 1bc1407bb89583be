"""What is kept in Postgres, as questions and changes in the words of the domain.

A ``Transaction`` is opened for one owner and sees that owner's rows alone, by its SQL conditions and, again, by
row-level security. Lookups of unknown ids and of other owners' ids raise the same ``NotFound``. Nothing is kept unless
``commit`` is awaited.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from learnx.application.ports.activities import Activities
from learnx.application.ports.answers import Answers
from learnx.application.ports.chunks import Chunks
from learnx.application.ports.conversations import Conversations
from learnx.application.ports.courses import Courses
from learnx.application.ports.erasures import Erasures
from learnx.application.ports.feedback import LessonFeedback
from learnx.application.ports.files import Files
from learnx.application.ports.idempotency import IdempotencyKeys
from learnx.application.ports.jobs import Jobs
from learnx.application.ports.lessons import Lessons
from learnx.application.ports.mail_tokens import MailTokens
from learnx.application.ports.model_calls import ModelCalls
from learnx.application.ports.modules import Modules
from learnx.application.ports.passwords import Passwords
from learnx.application.ports.personas import Personas
from learnx.application.ports.refresh_tokens import RefreshTokens
from learnx.application.ports.search import LibrarySearch
from learnx.application.ports.spending import Spending
from learnx.application.ports.summaries import Summaries
from learnx.application.ports.users import Users


class Transaction(Protocol):
    owner: UUID
    users: Users
    erasures: Erasures
    passwords: Passwords
    refresh_tokens: RefreshTokens
    mail_tokens: MailTokens
    personas: Personas
    courses: Courses
    modules: Modules
    files: Files
    jobs: Jobs
    chunks: Chunks
    search: LibrarySearch
    lessons: Lessons
    feedback: LessonFeedback
    conversations: Conversations
    answers: Answers
    summaries: Summaries
    activities: Activities
    model_calls: ModelCalls
    spending: Spending
    idempotency: IdempotencyKeys

    async def commit(self) -> None: ...


class Database(Protocol):
    def transaction(self, owner: UUID) -> AbstractAsyncContextManager[Transaction]:
        """Rolled back where it is left without ``commit``. Postgres unreachable: ``Unavailable``."""
        ...
