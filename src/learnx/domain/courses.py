"""A learner's library: courses hold modules, modules hold files; a file is one document and its processing state."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from learnx.domain.errors import Conflict, FileErrorCode
from learnx.domain.values import Value

FileStatus = Literal["pending", "processing", "completed", "failed"]
ProcessingStep = Literal["download", "extract", "chunk", "embed", "store", "completed"]

#: Progress, in per cent, at the *start* of each step.
PROGRESS: dict[ProcessingStep, int] = {
    "download": 10,
    "extract": 30,
    "chunk": 50,
    "embed": 70,
    "store": 90,
    "completed": 100,
}

#: The state table of a file: from each status, what may follow.
TRANSITIONS: dict[FileStatus, frozenset[FileStatus]] = {
    "pending": frozenset({"processing", "failed"}),
    "processing": frozenset({"processing", "completed", "failed"}),
    "completed": frozenset({"pending"}),
    "failed": frozenset({"pending"}),
}

INBOX = "Inbox"


class Course(Value):
    id: UUID
    title: str
    description: str = ""
    color: str | None = None
    icon: str | None = None
    archived: bool = False
    module_count: int = 0
    file_count: int = 0
    created_at: datetime
    updated_at: datetime


class Module(Value):
    """``position`` orders the modules of a course, from 0."""

    id: UUID
    course_id: UUID
    title: str
    description: str = ""
    position: int
    file_count: int = 0
    created_at: datetime
    updated_at: datetime


class FileError(Value):
    code: FileErrorCode
    detail: str


class File(Value):
    """``status`` and ``error`` describe the last run; ``ready`` says that a complete set of chunks exists."""

    id: UUID
    module_id: UUID
    course_id: UUID
    filename: str
    media_type: str
    size_bytes: int
    sha256: str
    status: FileStatus = "pending"
    ready: bool = False
    progress: int = 0
    attempt: int = 0
    error: FileError | None = None
    title: str | None = None
    page_count: int | None = None
    word_count: int | None = None
    chunk_count: int | None = None
    language: str | None = None
    created_at: datetime
    processed_at: datetime | None = None


class FileProgress(Value):
    """The state of a run: which step has begun, and how far extraction has come where that is known."""

    status: FileStatus
    step: ProcessingStep | None = None
    progress: int = 0
    attempt: int = 0
    pages_done: int | None = None
    pages_total: int | None = None
    error: FileError | None = None


def check_transition(current: FileStatus, wanted: FileStatus) -> None:
    if wanted not in TRANSITIONS[current]:
        raise Conflict(f"A file that is {current} can't become {wanted}.")
