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

from learnx.application.ports.embeddings import Vector
from learnx.application.ports.erasures import Erasures
from learnx.application.ports.idempotency import IdempotencyKeys
from learnx.application.ports.mail_tokens import MailTokens
from learnx.application.ports.paging import Page
from learnx.application.ports.passwords import Passwords
from learnx.application.ports.personas import Personas
from learnx.application.ports.refresh_tokens import RefreshTokens
from learnx.application.ports.search_index import SearchIndex
from learnx.application.ports.users import Users
from learnx.domain.activity import Activity
from learnx.domain.answers import Answer
from learnx.domain.conversations import Conversation
from learnx.domain.courses import Course, File, FileError, FileProgress, FileStatus, Module, ProcessingStep
from learnx.domain.documents import Chunk
from learnx.domain.feedback import Feedback
from learnx.domain.lessons import Lesson, Section
from learnx.domain.model_calls import CallKind, ModelCall
from learnx.domain.retrieval import Candidate, ChunkOutline, Scope
from learnx.domain.search import Hit, HitType, LibraryScope, PlaceInResults, SearchedWord
from learnx.domain.search_query import SearchQuery
from learnx.domain.spending import BudgetName, Limits, Spent, Window
from learnx.domain.summaries import Summary
from learnx.domain.usage import CallTotals
from learnx.domain.values import Value


class Courses(Protocol):
    async def add(self, course: Course) -> None: ...
    async def get(self, course: UUID) -> Course: ...
    async def update(self, course: Course) -> None: ...
    async def delete(self, course: UUID) -> None: ...
    async def page(self, page: Page, *, archived: bool) -> list[Course]:
        """Newest first; sort key: createdAt, id."""
        ...

    async def inbox(self) -> tuple[Course, Module] | None:
        """The course and module that hold files without a place of their own."""
        ...

    async def add_inbox(self, course: Course, module: Module) -> None:
        """Both, as what ``inbox`` answers. ``Conflict`` where there is an inbox."""
        ...


class Modules(Protocol):
    async def add(self, module: Module) -> None: ...
    async def get(self, module: UUID) -> Module: ...
    async def update(self, module: Module) -> None: ...
    async def move(self, module: UUID, position: int) -> None:
        """Reorder the course's modules; ``position`` is clamped to what exists."""
        ...

    async def delete(self, module: UUID) -> None: ...
    async def page(self, course: UUID, page: Page) -> list[Module]:
        """By position; sort key: position, id."""
        ...


class Files(Protocol):
    async def add(self, file: File, *, password: str | None = None) -> None:
        """The file and its job, due at once; a job carries its file's id."""
        ...

    async def get(self, file: UUID) -> File: ...
    async def update_place(self, file: File) -> None:
        """Filename and module."""
        ...

    async def delete(self, file: UUID) -> None:
        """The file, its chunks, lessons and job."""
        ...

    async def page(self, page: Page, *, module: UUID | None = None, status: FileStatus | None = None) -> list[File]:
        """Newest first, or, within a module, oldest first; sort key: createdAt, id."""
        ...

    async def ids_in(self, *, course: UUID | None = None, module: UUID | None = None) -> list[UUID]: ...
    async def progress(self, file: UUID) -> FileProgress: ...
    async def restart(self, file: UUID) -> File:
        """Back to ``pending``, with a job that is due at once. ``Conflict`` while it is processed."""
        ...


class ClaimedJob(Value):
    """A run of a job; ``attempt`` fences every write of that run, and never falls.

    ``tries`` counts the runs since the file was added or restarted, this one included; not those given back.
    """

    id: UUID
    file: File
    attempt: int
    tries: int = 1
    password: str | None = None


class Jobs(Protocol):
    """The processing of files. Every method but ``claim`` returns False where the run was superseded, ended or its file
    deleted: then the run must stop."""

    async def claim(self, job: UUID, *, worker: str, stale_after_seconds: float) -> ClaimedJob | None:
        """Take the job if it is due or its worker has been silent for so long; its attempt rises by one."""
        ...

    async def heartbeat(self, job: UUID, attempt: int) -> bool: ...
    async def step(
        self,
        job: UUID,
        attempt: int,
        step: ProcessingStep,
        *,
        pages_done: int | None = None,
        pages_total: int | None = None,
    ) -> bool:
        """Counts as a heartbeat."""
        ...

    async def release(self, job: UUID, attempt: int) -> bool:
        """Give the job back: it is due at once, and whoever claims it next begins anew."""
        ...

    async def fail(self, job: UUID, attempt: int, error: FileError, *, now: datetime) -> bool: ...
    async def complete(
        self,
        job: UUID,
        attempt: int,
        *,
        title: str | None,
        language: str | None,
        page_count: int | None,
        word_count: int,
        chunk_count: int,
        now: datetime,
    ) -> bool: ...


class Chunks(Protocol):
    async def index(self, chunks: Sequence[Chunk], *, language: str | None) -> SearchIndex:
        """What all chunks of a file are found by; it reads no row, and takes about 0.5 ms a chunk."""
        ...

    async def replace(
        self,
        file: UUID,
        chunks: Sequence[Chunk],
        vectors: Sequence[Vector],
        *,
        embedding_model: str,
        language: str | None,
        index: SearchIndex | None = None,
    ) -> None:
        """All of the file's chunks, in one go; where ``index`` was not worked out before, it is now."""
        ...

    async def hashes(self, file: UUID) -> Mapping[str, UUID]:
        """Content hash → id of the file's chunks, so that unchanged text keeps its id."""
        ...

    async def get(self, chunk: UUID) -> Chunk: ...
    async def get_many(self, chunks: Sequence[UUID]) -> list[Chunk]:
        """In the order of the ids."""
        ...

    async def page(self, file: UUID, page: Page) -> list[Chunk]:
        """Reading order; sort key: index."""
        ...

    async def outline(self, file: UUID) -> list[ChunkOutline]:
        """All chunks of a file in reading order, without their texts."""
        ...

    async def candidates(
        self, scope: Scope, question: str, vector: Vector, *, embedding_model: str, limit: int
    ) -> list[Candidate]:
        """The union of the ``limit`` best by full text and the ``limit`` nearest by vector, each with both scores."""
        ...


class LibrarySearch(Protocol):
    """Questions to all files of the owner but those of archived courses."""

    async def words(self, scope: LibraryScope, query: SearchQuery) -> list[SearchedWord]:
        """The lexemes of a question in each configuration of what is in scope; none where nothing is. Those of words
        that stand nowhere come a second time, with words that look like them."""
        ...

    async def hits(
        self,
        scope: LibraryScope,
        query: SearchQuery,
        lexemes: Mapping[str, Collection[str]],
        vector: Vector | None,
        *,
        embedding_model: str,
        kind: HitType | None,
        limit: int,
        after: PlaceInResults | None,
    ) -> list[Hit]:
        """Best first, by score and id. ``lexemes``: those looked for, any of them, in each configuration; chunks of
        other configurations are left out. Each phrase of the query must occur. Without a vector, words decide."""
        ...

    async def lexemes(self, words: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Collection[str]]:
        """Of each (configuration, word)."""
        ...


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


class DueJob(Value):
    owner: UUID
    job: UUID


class DueJobs(Protocol):
    async def due(self, *, stale_after_seconds: float, limit: int) -> list[DueJob]:
        """Jobs that wait, and jobs whose worker has been silent for so long; oldest first. The one thing that a worker
        may ask before it acts for an owner."""
        ...


class Database(Protocol):
    def transaction(self, owner: UUID) -> AbstractAsyncContextManager[Transaction]:
        """Rolled back where it is left without ``commit``. Postgres unreachable: ``Unavailable``."""
        ...
