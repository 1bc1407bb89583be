"""The unit of work: one session for one owner, and the repositories that share it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.activities import PostgresActivities
from learnx.adapters.postgres.answers import PostgresAnswers
from learnx.adapters.postgres.chunks import PostgresChunks
from learnx.adapters.postgres.conversations import PostgresConversations
from learnx.adapters.postgres.courses import PostgresCourses
from learnx.adapters.postgres.erasures import PostgresErasures
from learnx.adapters.postgres.feedback import PostgresFeedback
from learnx.adapters.postgres.files import PostgresFiles
from learnx.adapters.postgres.idempotency import PostgresIdempotencyKeys
from learnx.adapters.postgres.jobs import PostgresJobs
from learnx.adapters.postgres.lessons import PostgresLessons
from learnx.adapters.postgres.mail_tokens import PostgresMailTokens
from learnx.adapters.postgres.model_calls import PostgresModelCalls
from learnx.adapters.postgres.modules import PostgresModules
from learnx.adapters.postgres.passwords import PostgresPasswords
from learnx.adapters.postgres.personas import PostgresPersonas
from learnx.adapters.postgres.refresh_tokens import PostgresRefreshTokens
from learnx.adapters.postgres.search import PostgresLibrarySearch
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.spending import PostgresSpending
from learnx.adapters.postgres.summaries import PostgresSummaries
from learnx.adapters.postgres.users import PostgresUsers
from learnx.application.ports.activities import Activities
from learnx.application.ports.answers import Answers
from learnx.application.ports.chunks import Chunks
from learnx.application.ports.conversations import Conversations
from learnx.application.ports.courses import Courses
from learnx.application.ports.database import Transaction
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


class PostgresTransaction:
    """Nothing is sent before the first repository is asked."""

    def __init__(self, session: OwnedSession, owner: UUID) -> None:
        self._session = session
        self.owner = owner
        self.users: Users = PostgresUsers(session, owner)
        self.erasures: Erasures = PostgresErasures(session, owner)
        self.passwords: Passwords = PostgresPasswords(session, owner)
        self.refresh_tokens: RefreshTokens = PostgresRefreshTokens(session, owner)
        self.mail_tokens: MailTokens = PostgresMailTokens(session, owner)
        self.personas: Personas = PostgresPersonas(session, owner)
        self.courses: Courses = PostgresCourses(session, owner)
        self.modules: Modules = PostgresModules(session, owner)
        self.files: Files = PostgresFiles(session, owner)
        self.jobs: Jobs = PostgresJobs(session, owner)
        self.chunks: Chunks = PostgresChunks(session, owner)
        self.search: LibrarySearch = PostgresLibrarySearch(session, owner)
        self.lessons: Lessons = PostgresLessons(session, owner)
        self.conversations: Conversations = PostgresConversations(session, owner)
        self.answers: Answers = PostgresAnswers(session, owner)
        self.summaries: Summaries = PostgresSummaries(session, owner)
        self.feedback: LessonFeedback = PostgresFeedback(session, owner)
        self.activities: Activities = PostgresActivities(session, owner)
        self.model_calls: ModelCalls = PostgresModelCalls(session, owner)
        self.spending: Spending = PostgresSpending(session, owner)
        self.idempotency: IdempotencyKeys = PostgresIdempotencyKeys(session, owner)

    async def commit(self) -> None:
        await self._session.commit()


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """``engine`` connects as ``learnx_app`` or ``learnx_worker``."""

    engine: AsyncEngine

    def transaction(self, owner: UUID) -> AbstractAsyncContextManager[Transaction]:
        return self._transaction(owner)

    @asynccontextmanager
    async def _transaction(self, owner: UUID) -> AsyncIterator[Transaction]:
        async with OwnedSession(self.engine, owner) as session:
            yield PostgresTransaction(session, owner)
