import math
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.application.ports.embeddings import Vector
from learnx.application.vectors import embedded
from learnx.domain.errors import ProviderError

pytestmark = pytest.mark.anyio

TEXTS = ["a", "b"]


@dataclass(frozen=True)
class Given:
    """Gives these vectors, whatever it is asked for."""

    vectors: list[Vector]
    model: str = "given"
    dimensions: int = 2

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        return self.vectors


@given(st.lists(st.floats(0, 2 * math.pi), min_size=2, max_size=2))
async def test_unit_vectors_and_zeros_pass_as_they_are(angles: list[float]) -> None:
    vectors: list[Vector] = [[math.cos(angle), math.sin(angle)] for angle in angles]
    assert await embedded(Given(vectors), TEXTS) == vectors
    assert await embedded(Given([[0.0, 0.0], vectors[0]]), TEXTS) == [[0.0, 0.0], vectors[0]]


@pytest.mark.parametrize(
    "vectors",
    [
        pytest.param([], id="none"),
        pytest.param([[1.0, 0.0]], id="too few"),
        pytest.param([[1.0, 0.0]] * 3, id="too many"),
        pytest.param([[1.0, 0.0], [1.0]], id="one too short"),
        pytest.param([[1.0, 0.0, 0.0]] * 2, id="all too long"),
        pytest.param([[1.0, 0.0], [math.nan, 0.0]], id="not a number"),
        pytest.param([[1.0, 0.0], [math.inf, 0.0]], id="infinite"),
        pytest.param([[1.0, 0.0], [-math.inf, math.nan]], id="both"),
        pytest.param([[1.0, 0.0], [3.0, 4.0]], id="not of unit length"),
    ],
)
async def test_what_is_not_whole_is_refused_whole(vectors: list[Vector]) -> None:
    with pytest.raises(ProviderError):
        await embedded(Given(vectors), TEXTS)
