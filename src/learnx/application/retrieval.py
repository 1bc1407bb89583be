"""The passages of a learner's own documents that matter for a question."""

from dataclasses import dataclass
from uuid import UUID

from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder
from learnx.application.vectors import embedded
from learnx.domain.documents import Chunk
from learnx.domain.retrieval import Scope, fuse, pack
from learnx.domain.values import Value

#: How many chunks of each kind of search are looked at: 100 change no figure of ``benchmarks/retrieval_quality.py``.
CANDIDATES = 50


class RetrievedPassage(Value):
    """Neighbouring chunks of a file, in reading order; ``score`` is from 0 to 1, 1 being the best by every measure."""

    file_id: UUID
    chunks: tuple[Chunk, ...]
    score: float


@dataclass(frozen=True, slots=True)
class RetrievePassages:
    """Embeds the question, then reads in one short transaction."""

    database: Database
    embedder: Embedder

    async def __call__(
        self, owner: UUID, scope: Scope, question: str, *, budget_tokens: int, limit: int | None = None
    ) -> list[RetrievedPassage]:
        """In reading order, files in the order of their best chunk, at most ``budget_tokens`` and ``limit`` chunks.

        Nothing where the scope is empty, someone else's, or has no word and no meaning in common with the question.
        """
        [vector] = await embedded(self.embedder, [question])
        async with self.database.transaction(owner) as tx:
            candidates = await tx.chunks.candidates(
                scope, question, vector, embedding_model=self.embedder.model, limit=CANDIDATES
            )
            packed = pack(fuse(candidates), budget_tokens=budget_tokens, limit=limit)
            chunks = await tx.chunks.get_many([chunk for passage in packed for chunk in passage.chunk_ids])
        found = {chunk.id: chunk for chunk in chunks}  # without what was replaced since the candidates were read
        return [
            RetrievedPassage(file_id=passage.file_id, chunks=present, score=passage.score)
            for passage in packed
            if (present := tuple(found[chunk] for chunk in passage.chunk_ids if chunk in found))
        ]
