import math
from functools import cache
from pathlib import Path

import pytest
import wordllama
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from learnx.adapters.embeddings import WordLlamaEmbedder

#: Enough text that words are learnt and looked up, which is not done for the little of a question.
MUCH = " ".join(f"word{number}" for number in range(1_000))

pytestmark = pytest.mark.anyio

TOKENIZER = Path(wordllama.__file__).parent / "tokenizers" / "l2_supercat_tokenizer_config.json"
TEXTS = ["Mitochondria make ATP.", "", "光合作用发生在叶绿体。", "a" * 9_000, "\x00 \n", "Water flows downhill. " * 300]
ODD = [
    " a  b   c ",
    "a▁b ▁c▁ d",
    "<s>x </s> y<unk>",
    "tab\tx \n\n  y",
    "    def f():\n        return 1",
    "é\u200bü",
    "a  b",
]


async def test_vectors_are_those_of_the_library_it_replaces() -> None:
    theirs = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)
    texts = [text for text in TEXTS if text]
    expected = theirs.embed(texts, norm=True).tolist()
    vectors = await WordLlamaEmbedder().embed(texts)
    for vector, wanted in zip(vectors, expected, strict=True):
        assert vector == pytest.approx(wanted, abs=1e-6)


async def test_vectors_have_unit_length_and_the_zero_vector_stands_for_nothing() -> None:
    embedder = WordLlamaEmbedder()
    vectors = await embedder.embed(TEXTS)
    assert [len(vector) for vector in vectors] == [embedder.dimensions] * len(TEXTS)
    assert [round(math.hypot(*vector), 4) for vector in vectors] == [1, 0, 1, 1, 1, 1]


async def test_a_text_has_the_same_vector_alone_and_in_any_batch() -> None:
    embedder = WordLlamaEmbedder()
    many = [f"Sentence number {number} of a batch." * (number % 7) for number in range(200)]
    [alone] = await embedder.embed([many[150]])
    assert (await embedder.embed(many))[150] == pytest.approx(alone, abs=1e-6)


async def test_no_texts_have_no_vectors() -> None:
    assert await WordLlamaEmbedder().embed([]) == []


def test_tokens_are_counted_for_each_text_by_itself() -> None:
    embedder = WordLlamaEmbedder()
    counts = embedder.count_tokens(["", "cell", "cell cell cell", "deoxyribonucleic"])
    assert counts == [0, 1, 3, counts[3]]
    assert counts[3] > 3


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@given(st.lists(st.text(alphabet=" \nab▁.é光<s>/", max_size=40) | st.sampled_from(TEXTS + ODD), max_size=20))
def test_tokens_are_those_of_the_tokenizer_however_texts_are_spaced(texts: list[str]) -> None:
    tokenizer = _tokenizer()
    expected = [len(encoding) for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False)]
    assert WordLlamaEmbedder().count_tokens(texts) == expected
    assert WordLlamaEmbedder().count_tokens([*texts, MUCH])[:-1] == expected


def test_what_was_counted_before_changes_nothing() -> None:
    embedder = WordLlamaEmbedder()
    first = embedder.count_tokens([*TEXTS, *ODD, MUCH])
    embedder.count_tokens([f"new{number} words{number}" for number in range(40_000)])
    assert embedder.count_tokens([*TEXTS, *ODD, MUCH]) == first
    assert embedder.count_tokens(TEXTS + ODD) == first[:-1]
