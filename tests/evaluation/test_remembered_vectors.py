from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from evaluation.remembered_vectors import RememberedVectors

from learnx.application.ports.embeddings import Vector

pytestmark = pytest.mark.anyio


@dataclass
class Embedder:
    model: str = "lengths"
    dimensions: int = 1
    heard: list[str] = field(default_factory=list)

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.heard += texts
        return [[float(len(text))] for text in texts]


async def test_the_same_texts_are_embedded_once_and_keep_their_order(tmp_path: Path) -> None:
    embedder = Embedder()
    texts = ["a", "bb", "ccc", "dddd", "eeeee"]
    first = await RememberedVectors(embedder, tmp_path).embed(texts)
    again = await RememberedVectors(embedder, tmp_path).embed(texts)
    assert first == again == [[1], [2], [3], [4], [5]]
    assert sorted(embedder.heard) == texts


async def test_other_texts_and_other_models_have_vectors_of_their_own(tmp_path: Path) -> None:
    await RememberedVectors(Embedder(), tmp_path).embed(["a", "b"])
    other, changed = Embedder(model="others"), Embedder()
    await RememberedVectors(other, tmp_path).embed(["a", "b"])
    await RememberedVectors(changed, tmp_path).embed(["a", "c"])
    assert sorted(other.heard) == ["a", "b"]
    assert sorted(changed.heard) == ["a", "c"]
