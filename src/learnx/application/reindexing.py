"""Moves everybody's library to the configured embedding model while servers of the old and of the new one answer."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.stored_vectors import FileToMove, StoredVectors
from learnx.application.vectors import embedded
from learnx.domain.chunking import embedding_text
from learnx.domain.values import Value

#: Chunks between two commits: what a kill can cost, a few seconds' work.
BATCH = 64
#: Files asked for at once.
FILES = 500


class Reindexed(Value):
    """What a run did: chunks that were given a vector of ``model``, and chunks that lost one of another model."""

    model: str
    embedded: int
    dropped: int


@dataclass(frozen=True, slots=True)
class Reindex:
    """What was done before a failure or a kill stays, and is not done again by the next run."""

    vectors: StoredVectors
    embedder: Embedder

    async def __call__(self, *, finish: bool, progress: Callable[[int, int], None]) -> Reindexed:
        """Give every chunk a vector of the configured model; with ``finish`` drop those of other models then.

        ``progress`` hears of (embedded, to embed) after each batch. What other workers store meanwhile with the old
        model is embedded too: it ends with a look that finds nothing.
        """
        done, dropped = 0, 0
        while files := [file async for file in self._files_without()]:
            total = done + sum(file.chunks for file in files)
            before = done
            for file in files:
                async for count in self._embed(file):
                    done += count
                    progress(done, max(done, total))
            if done == before:
                break  # all of them were replaced or deleted meanwhile
        if finish:
            async for file in self._files_with_two():
                dropped += await self.vectors.keep_only(file, self.embedder.model)
        return Reindexed(model=self.embedder.model, embedded=done, dropped=dropped)

    async def _embed(self, file: FileToMove) -> AsyncIterator[int]:
        """How many chunks each batch had."""
        model, last = self.embedder.model, None
        while chunks := await self.vectors.chunks_without(file, model, after=last, limit=BATCH):
            vectors = await embedded(self.embedder, [embedding_text(chunk) for chunk in chunks])
            await self.vectors.add(file, chunks, vectors, model=model)
            last = chunks[-1]
            yield len(chunks)

    async def _files_without(self) -> AsyncIterator[FileToMove]:
        last = None
        while files := await self.vectors.files_without(self.embedder.model, after=last, limit=FILES):
            last = files[-1]
            for file in files:
                yield file

    async def _files_with_two(self) -> AsyncIterator[FileToMove]:
        last = None
        while files := await self.vectors.files_with_two(after=last, limit=FILES):
            last = files[-1]
            for file in files:
                yield file
