"""Remembers the vectors of a slow embedder between runs, since the passages of the corpora stay as they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from learnx.application.ports.embeddings import Embedder, Vector

#: What is embedded side by side, each in a thread.
PARTS = 2


@dataclass(frozen=True, slots=True)
class RememberedVectors:
    """``embedder`` with a folder of its vectors, a file for each list of texts that was embedded."""

    embedder: Embedder
    folder: Path

    @property
    def model(self) -> str:
        return self.embedder.model

    @property
    def dimensions(self) -> int:
        return self.embedder.dimensions

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        name = sha256("\0".join((self.model, *texts)).encode()).hexdigest()
        path = self.folder / f"{name}.npy"
        if not path.exists():
            parts = await asyncio.gather(*(self.embedder.embed(texts[part::PARTS]) for part in range(PARTS)))
            vectors = np.zeros((len(texts), self.dimensions), np.float32)
            for part, found in enumerate(parts):
                vectors[part::PARTS] = found
            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(path, vectors)
        remembered: list[Vector] = np.load(path).tolist()
        return remembered
