"""Which passages matter for a question: candidates from full text and vectors, fused, packed in reading order."""

from collections.abc import Iterable
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
    """A chunk that may matter, for the words it shares with the question and for what it is about.

    ``text_score`` grows with each shared word, the more the rarer the word is in the scope; 0 is none shared.
    ``similarity`` is the cosine of both vectors, None where the chunk has no vector of the model that was asked with.
    """

    chunk_id: UUID
    file_id: UUID
    index: int
    token_count: int
    text_score: float
    similarity: float | None


class Ranked(Value):
    """A candidate and how relevant it is: 1 would be the best by every measure, 0 the worst."""

    chunk_id: UUID
    file_id: UUID
    index: int
    token_count: int
    score: float


class Passage(Value):
    """Chunks that follow each other in a file, in reading order; ``score`` is that of the best of them."""

    file_id: UUID
    chunk_ids: tuple[UUID, ...]
    score: float


#: What the similarity counts for; the words count for the rest. With each in-process embedder and on each of the six
#: question sets of ``evaluation/retrieval.py``, 0.4 is no worse than words or vectors alone (0.005). 0.5 costs
#: wordllama, the weaker embedder, 0.009 of covidqa's nDCG@10; 0.3 costs MiniLM 0.026 of the review questions'.
SIMILARITY_WEIGHT = 0.4


def fuse(candidates: Iterable[Candidate]) -> list[Ranked]:
    """The candidates, best first: the weighted mean of both scores, each as a share of the best candidate's.

    Shares tell by how much a passage is better, which reciprocal rank fusion throws away. Where the similarity is not
    known, the words decide alone.
    """
    found = list(candidates)
    text_top = max((one.text_score for one in found), default=0) or 1
    vector_top = max((one.similarity for one in found if one.similarity is not None), default=0) or 1

    def score(one: Candidate) -> float:
        words = one.text_score / text_top
        meaning = words if one.similarity is None else max(one.similarity, 0) / vector_top
        return (1 - SIMILARITY_WEIGHT) * words + SIMILARITY_WEIGHT * meaning

    ranked = [
        Ranked(
            chunk_id=one.chunk_id,
            file_id=one.file_id,
            index=one.index,
            token_count=one.token_count,
            score=score(one),
        )
        for one in found
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.file_id, one.index))


def pack(ranked: Iterable[Ranked], *, budget_tokens: int, limit: int | None = None) -> list[Passage]:
    """As many of the best chunks as fit, in reading order, neighbours merged; files in the order of their best chunk.

    A chunk that does not fit is passed over for shorter ones. ``limit`` bounds the number of chunks.
    """
    chosen: dict[UUID, list[Ranked]] = {}
    left, count = budget_tokens, 0
    for one in ranked:
        if one.token_count <= left and (limit is None or count < limit):
            chosen.setdefault(one.file_id, []).append(one)
            left -= one.token_count
            count += 1
    return [passage for found in chosen.values() for passage in _merge_neighbours(found)]


def _merge_neighbours(found: Iterable[Ranked]) -> list[Passage]:
    runs: list[list[Ranked]] = []
    for one in sorted(found, key=lambda one: one.index):
        if runs and runs[-1][-1].index + 1 == one.index:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [
        Passage(
            file_id=run[0].file_id,
            chunk_ids=tuple(one.chunk_id for one in run),
            score=max(one.score for one in run),
        )
        for run in runs
    ]
