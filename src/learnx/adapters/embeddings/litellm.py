"""Vectors from any provider that LiteLLM speaks to; what comes back is believed only when it is whole."""

import asyncio
from collections.abc import Sequence
from typing import Any

from learnx.adapters.circuit_breaker import CircuitBreaker
from learnx.adapters.litellm_calls import Patience, loaded, persistently
from learnx.adapters.provider_connection import ProviderConnection
from learnx.adapters.provider_failures import telling
from learnx.application.ports.embeddings import Vector
from learnx.domain.errors import ProviderError

#: Texts in one request: what the strictest of the large providers accept.
BATCH = 64


class LiteLlmEmbedder:
    """``name`` is a model's name in LiteLLM. Batches go one after the other, each by itself asked again.

    A text without a character to embed, which providers refuse, has the zero vector.
    """

    def __init__(
        self,
        *,
        name: str,
        dimensions: int,
        api_base: str | None = None,
        api_key: str | None = None,
        patience: Patience = Patience(),
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self.name = name
        self.dimensions = dimensions
        self._patience = patience
        self._breaker = breaker or CircuitBreaker(name)
        self._connection = ProviderConnection(name, api_base=api_base, api_key=api_key, patience=patience)

    @property
    def model(self) -> str:
        """The same model cut to other dimensions makes other vectors."""
        return f"{self.name}@{self.dimensions}"

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        vectors: list[Vector] = [[0.0] * self.dimensions for _ in texts]
        wanted = [place for place, text in enumerate(texts) if text.strip()]
        for start in range(0, len(wanted), BATCH):
            places = wanted[start : start + BATCH]
            batch = [texts[place] for place in places]
            with telling(self.name):
                found = await persistently(
                    lambda batch=batch: self._embed(batch),  # type: ignore[misc]
                    model=self.name,
                    patience=self._patience,
                    breaker=self._breaker,
                )
            self._breaker.succeeded()
            for place, vector in zip(places, found, strict=True):
                vectors[place] = vector
        return vectors

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def _embed(self, batch: list[str]) -> list[Vector]:
        library = await loaded()
        options = self._connection.options(library)
        async with asyncio.timeout(self._patience.connect + self._patience.first_token):
            reply = await library.aembedding(
                model=self.name,
                input=batch,
                dimensions=self.dimensions,
                encoding_format="float",
                **options,
            )
        return self._checked([_pair(item) for item in reply.data], len(batch))

    def _checked(self, found: list[tuple[int, Any]], wanted: int) -> list[Vector]:
        """In the order of the texts, of unit length."""
        import numpy as np

        found.sort(key=lambda pair: pair[0])
        if [index for index, _ in found] != list(range(wanted)):
            raise ProviderError("The embedding model left texts out. Try again.")
        if any(len(vector) != self.dimensions for _, vector in found):
            raise ProviderError(
                f"The embedding model gives vectors of other dimensions than {self.dimensions}, "
                "which LEARNX_EMBEDDING_DIMENSIONS names.",
                retryable=False,
            )
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
            vectors = np.array([vector for _, vector in found], np.float32)
        if not np.isfinite(vectors).all():
            raise ProviderError("The embedding model gave a vector that is no number. Try again.")
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: list[Vector] = np.divide(vectors, lengths, out=vectors, where=lengths > 0).tolist()
        return unit


def _pair(item: Any) -> tuple[int, Any]:
    """The index of the text, and its vector; items are mappings or objects, as the provider has it."""
    if isinstance(item, dict):
        return item["index"], item["embedding"]
    return item.index, item.embedding
