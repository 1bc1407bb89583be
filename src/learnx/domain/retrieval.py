"""Which passages matter for a question: candidates from full text and vectors, fused, packed in reading order."""

from collections.abc import Iterable
from uuid import UUID

from learnx.domain.values import Value

#: What full text counts for, against vectors.
TEXT_WEIGHT = 0.6


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

class Ranked(Value):
    """A candidate and how relevant it is: 1 would be the best by every measure, 0 the worst."""

    chunk_id: UUID
    file_id: UUID
    index: int
    token_count: int
    score: float


def fuse(candidates: Iterable[Candidate]) -> list[Ranked]:
    """The candidates, best first, by both scores, each as a share of the best one's."""
    found = list(candidates)
    text_top = max((candidate.text_score for candidate in found), default=0) or 1
    vector_top = max((candidate.similarity for candidate in found), default=0) or 1
    ranked = [
        Ranked(
            chunk_id=candidate.chunk_id,
            file_id=candidate.file_id,
            index=candidate.index,
            token_count=candidate.token_count,
            score=TEXT_WEIGHT * candidate.text_score / text_top
            + (1 - TEXT_WEIGHT) * max(candidate.similarity, 0) / vector_top,
        )
        for candidate in found
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.file_id, one.index))
