"""Texts to vectors."""

from collections.abc import Sequence
from typing import Protocol

Vector = Sequence[float]


class Embedder(Protocol):
    """``model`` names what made a vector: vectors of two models are never compared. ``dimensions`` is their length."""

    @property
    def model(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One unit-length vector a text, in order; the zero vector for a text without a known word. It splits into
        batches by itself. Wrong dimensions, NaN or a missing vector: ``ProviderError``, never a partial result."""
        ...


class TokenCounter(Protocol):
    """Counts as the embedder's model does; what a chunk may hold is measured by it."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens, in order. It occupies its thread: about a microsecond a token."""
        ...
