"""Vectors without a network: wordllama's static token vectors, averaged, from the two files in its wheel."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from learnx.adapters.embeddings.words import TokenIds, WordByWord
from learnx.application.ports.embeddings import Vector

if TYPE_CHECKING:
    import numpy as np

_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_BATCH = 64
#: So many characters are embedded faster (about a millisecond) than a thread is asked.
_INLINE_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class WordLlamaEmbedder:
    """256 dimensions; about 90 MB once loaded, which happens at the first use or by ``load``.

    The same vectors as ``wordllama.WordLlama.load().embed(texts, norm=True)``, to rounding, but for texts without a
    token, which are zero here and NaN there. Safe to use from several threads.
    """

    @property
    def model(self) -> str:
        return "wordllama-l2-supercat-256"

    @property
    def dimensions(self) -> int:
        return 256

    def load(self) -> None:
        """About 0.1 s; later calls do nothing."""
        _tokens()
        _weights()

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        if _weights.cache_info().currsize and sum(map(len, texts)) <= _INLINE_CHARACTERS:
            return _embed(texts)
        return await asyncio.to_thread(_embed, texts)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, as the model sees it: one a common word, several a rare one. About 1 µs a token."""
        return _tokens().count(texts)


@cache
def _tokens() -> WordByWord:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_folder() / _TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def encode(texts: list[str]) -> list[TokenIds]:
        return [encoding.ids for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]

    vocabulary = tokenizer.get_vocab()
    return WordByWord(encode, [token for text, token in vocabulary.items() if text.startswith("▁")])


@cache
def _weights() -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    import numpy as np
    from safetensors.numpy import load_file

    return load_file(_folder() / _WEIGHTS)["embedding.weight"].astype(np.float32)


def _folder() -> Path:
    package = find_spec("wordllama")  # found, not imported: its own imports cost 20 MB and configure logging
    if package is None or package.origin is None:
        raise ModuleNotFoundError("wordllama is not installed", name="wordllama")
    return Path(package.origin).parent


def _embed(texts: Sequence[str]) -> list[Vector]:
    vectors: list[Vector] = []
    for start in range(0, len(texts), _BATCH):
        vectors.extend(_embed_batch(list(texts[start : start + _BATCH])))
    return vectors


def _embed_batch(texts: list[str]) -> list[list[float]]:
    import numpy as np

    weights = _weights()
    batch = np.zeros((len(texts), weights.shape[1]), np.float32)
    for row, ids in enumerate(_tokens().encode(texts)):
        if ids:
            batch[row] = weights[ids].sum(axis=0)
    lengths = np.linalg.norm(batch, axis=1, keepdims=True)
    unit: list[list[float]] = np.divide(batch, lengths, out=batch, where=lengths > 0).tolist()
    return unit
