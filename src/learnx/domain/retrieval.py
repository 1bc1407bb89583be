"""Which passages matter for a question: candidates from full text and vectors, fused, packed in reading order."""

from uuid import UUID

from learnx.domain.values import Value


class Scope(Value):
    """Exactly one is given: the file, the module or the course that is searched."""

    file_id: UUID | None = None
    module_id: UUID | None = None
    course_id: UUID | None = None

    def __post_init__(self) -> None:
        if sum(part is not None for part in (self.file_id, self.module_id, self.course_id)) != 1:
            raise ValueError("a scope is one file, one module or one course")


class ChunkOutline(Value):
    """A chunk without its text."""

    id: UUID
    index: int
    heading_path: tuple[str, ...]
    token_count: int
    content_hash: str


class Candidate(Value):
    """A chunk that may matter: ``text_score`` is ts_rank (0 where no lexeme matched), ``similarity`` the cosine."""

    chunk_id: UUID
    file_id: UUID
    index: int
    token_count: int
    text_score: float
    similarity: float
