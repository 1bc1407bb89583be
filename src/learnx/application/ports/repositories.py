"""What is kept in Postgres, as questions and changes in the words of the domain.

A ``Transaction`` is opened for one owner and sees that owner's rows alone, by its SQL conditions and, again, by
row-level security. Lookups of unknown ids and of other owners' ids raise the same ``NotFound``. Nothing is kept unless
``commit`` is awaited.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import MappingProxyType
from typing import Protocol
from uuid import UUID

from learnx.application.ports.chunks import Chunks
from learnx.application.ports.courses import Courses
from learnx.application.ports.erasures import Erasures
from learnx.application.ports.files import Files
from learnx.application.ports.idempotency import IdempotencyKeys
from learnx.application.ports.jobs import Jobs
from learnx.application.ports.mail_tokens import MailTokens
from learnx.application.ports.modules import Modules
from learnx.application.ports.paging import Page
from learnx.application.ports.passwords import Passwords
from learnx.application.ports.personas import Personas
from learnx.application.ports.refresh_tokens import RefreshTokens
from learnx.application.ports.search import LibrarySearch
from learnx.application.ports.users import Users
from learnx.domain.activity import Activity
from learnx.domain.answers import Answer
from learnx.domain.conversations import Conversation
from learnx.domain.feedback import Feedback
from learnx.domain.lessons import Lesson, Section
from learnx.domain.model_calls import CallKind, ModelCall
from learnx.domain.retrieval import Scope
from learnx.domain.spending import BudgetName, Limits, Spent, Window
from learnx.domain.summaries import Summary
from learnx.domain.usage import CallTotals

NO_KEYS: Mapping[str, str] = MappingProxyType({})


class Lessons(Protocol):
    async def add(self, lesson: Lesson, *, key: str, section_keys: Mapping[str, str] = NO_KEYS) -> None:
        """With the keys of its sections, by their ids; a key of a section that it has not is left out."""
        ...

    async def sections(self, keys: Collection[str]) -> Mapping[str, Section]:
        """The newest stored section of each of these keys, as its lesson has it; unknown keys are left out."""
        ...

    async def get(self, lesson: UUID) -> tuple[Lesson, str]:
        """With its generation key."""
        ...

    async def by_key(self, key: str) -> Lesson | None:
        """The newest with this key."""
        ...

    async def by_generation(self, generation: UUID) -> Lesson | None: ...
    async def page(self, file: UUID, page: Page) -> list[tuple[Lesson, str]]:
        """Newest first, with their generation keys; sort key: createdAt, id."""
        ...

    async def delete(self, lesson: UUID) -> None: ...


class Conversations(Protocol):
    async def add(self, conversation: Conversation) -> None: ...
    async def get(self, conversation: UUID) -> Conversation: ...
    async def touch(self, conversation: UUID, *, at: datetime) -> None:
        """It was answered in at ``at``. ``NotFound`` where it is gone."""
        ...

    async def page(self, page: Page, *, scope: Scope | None = None) -> list[Conversation]:
        """Last answered first, of this very place where one is given; sort key: updatedAt, id."""
        ...

    async def delete(self, conversation: UUID) -> None:
        """With its answers."""
        ...


class Answers(Protocol):
    async def add(self, answer: Answer) -> None:
        """``Conflict`` where its generation has stored one already."""
        ...

    async def get(self, answer: UUID) -> Answer: ...
    async def by_generation(self, generation: UUID) -> Answer | None: ...
    async def page(self, conversation: UUID, page: Page) -> list[Answer]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def delete_citing(self, files: Collection[UUID]) -> None:
        """Those that quote one of these files, as sources or as nearest passages."""
        ...


class Summaries(Protocol):
    async def add(self, summary: Summary, *, key: str) -> None:
        """``Conflict`` where its generation has stored one already."""
        ...

    async def get(self, summary: UUID) -> Summary: ...
    async def by_key(self, key: str) -> Summary | None:
        """The newest with this key."""
        ...

    async def by_generation(self, generation: UUID) -> Summary | None: ...
    async def page(self, file: UUID, page: Page) -> list[Summary]:
        """Those of this file alone, newest first; sort key: createdAt, id."""
        ...

    async def delete(self, summary: UUID) -> None: ...
    async def delete_citing(self, files: Collection[UUID]) -> None:
        """Those that quote one of these files."""
        ...


class LessonFeedback(Protocol):
    async def put(self, feedback: Feedback) -> Feedback:
        """As it is kept: where there is one for the same target, its rating and comment are replaced."""
        ...

    async def get(self, feedback: UUID) -> Feedback: ...
    async def page(self, lesson: UUID, page: Page) -> list[Feedback]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def delete(self, feedback: UUID) -> None: ...


class Activities(Protocol):
    async def add(self, activity: Activity) -> None: ...
    async def add_all(self, added: Sequence[Activity]) -> None:
        """Those that are there already stay as they are."""
        ...

    async def page(self, page: Page) -> list[Activity]:
        """Newest first; sort key: at, id."""
        ...


class ModelCalls(Protocol):
    """The usage ledger: append-only."""

    async def add(self, calls: Sequence[ModelCall], *, kind: CallKind, generation: UUID | None, at: datetime) -> None:
        """In their order. Those of one generation's epoch are added once, by the transaction that ends it."""
        ...

    async def totals(self, window: Window) -> list[CallTotals]:
        """The owner's calls of that time: one for each model and kind, in that order."""
        ...


class Spending(Protocol):
    """What an owner, and the service as a whole, may still spend: US dollars, by day and month (UTC).

    A generation counts on the day it was reserved, or, where it was not, on the day it is settled.
    """

    async def reserve(
        self, generation: UUID, *, usd: float, own: Limits, service: Limits, at: datetime, expires_at: datetime
    ) -> BudgetName | None:
        """None, and kept from others until it is settled or expires; else the budget in which spent + reserved + this
        is too much (of several the one that opens last). Alone in its transaction it is committed by itself; else
        commit at once, since others wait.

        A generation that has a living reservation, or is settled, is admitted again as it is.
        """
        ...

    async def totals(self, window: Window, *, at: datetime) -> Spent:
        """The owner's; what is reserved as it is at ``at``."""
        ...

    async def settle(self, generation: UUID, *, usd: float) -> None:
        """The reservation of this generation becomes ``usd`` spent. Settled already: nothing changes."""
        ...


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
