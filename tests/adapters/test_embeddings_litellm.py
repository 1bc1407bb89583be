"""Vectors by LiteLLM, against a real server: whole, in order, of unit length, or refused."""

import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fakes.model_server import ModelServer, model_server, unit_vectors

from learnx.adapters.embeddings.litellm import BATCH, LiteLlmEmbedder
from learnx.adapters.litellm_calls import Patience
from learnx.domain.errors import ProviderError

pytestmark = pytest.mark.anyio

TEXTS = ["a", "bb", "ccc"]
Item = dict[str, Any]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


@pytest.fixture
def embedder(server: ModelServer) -> LiteLlmEmbedder:
    return LiteLlmEmbedder(
        name="openai/x", dimensions=8, api_base=server.api_base, patience=Patience(connect=5, first_token=5, retries=0)
    )


def axis(place: int) -> list[float]:
    return [float(place == other) for other in range(8)]


async def test_each_text_has_its_own_vector_of_unit_length(embedder: LiteLlmEmbedder) -> None:
    assert await embedder.embed(TEXTS) == [axis(1), axis(2), axis(3)]


async def test_the_order_of_the_texts_is_restored(embedder: LiteLlmEmbedder, server: ModelServer) -> None:
    server.script.vectors = lambda texts: unit_vectors(texts)[::-1]
    assert await embedder.embed(TEXTS) == [axis(1), axis(2), axis(3)]


async def test_many_texts_go_in_batches(embedder: LiteLlmEmbedder, server: ModelServer) -> None:
    vectors = await embedder.embed(["x" * (1 + number % 7) for number in range(BATCH + 5)])

    assert vectors == [axis(1 + number % 7) for number in range(BATCH + 5)]
    assert [len(asked.body["input"]) for asked in server.asked] == [BATCH, 5]


async def test_a_text_without_a_character_is_not_sent_and_has_the_zero_vector(
    embedder: LiteLlmEmbedder, server: ModelServer
) -> None:
    assert await embedder.embed(["", "a", " \n"]) == [[0.0] * 8, axis(1), [0.0] * 8]
    assert await embedder.embed([]) == []
    assert [asked.body["input"] for asked in server.asked] == [["a"]]


def changed(place: int, **fields: Any) -> Callable[[list[str]], list[Item]]:
    def answer(texts: list[str]) -> list[Item]:
        items = unit_vectors(texts)
        items[place] |= fields
        return items

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda texts: unit_vectors(texts, dimensions=7), id="other dimensions"),
        pytest.param(changed(1, embedding=axis(0)[:5]), id="one that is too short"),
        pytest.param(changed(1, embedding=[math.nan] * 8), id="no numbers"),
        pytest.param(changed(1, embedding=[math.inf] + [0.0] * 7), id="infinite"),
        pytest.param(changed(1, embedding=[1e300] * 8), id="too large"),
        pytest.param(changed(1, embedding=[None] * 8), id="null"),
        pytest.param(changed(1, embedding=None), id="none"),
        pytest.param(changed(1, index=0), id="one twice"),
        pytest.param(lambda texts: unit_vectors(texts)[:-1], id="one left out"),
        pytest.param(lambda texts: unit_vectors([*texts, "more"]), id="one too many"),
        pytest.param(lambda texts: [], id="nothing"),
    ],
)
async def test_what_is_not_whole_is_refused_whole(
    embedder: LiteLlmEmbedder, server: ModelServer, answer: Callable[[list[str]], list[Item]]
) -> None:
    server.script.vectors = answer
    with pytest.raises(ProviderError):
        await embedder.embed(TEXTS)


async def test_what_passes_is_asked_again(server: ModelServer) -> None:
    server.script.status, server.script.failures = 503, 2
    embedder = LiteLlmEmbedder(name="openai/x", dimensions=8, api_base=server.api_base, patience=Patience(retries=2))

    assert await embedder.embed(["a"]) == [axis(1)]
    assert len(server.asked) == 3


async def test_a_provider_that_never_answers_is_given_up(server: ModelServer) -> None:
    server.script.hang = "answer"
    hasty = Patience(connect=0.2, first_token=0.2, retries=0)
    with pytest.raises(ProviderError) as refused:
        await LiteLlmEmbedder(name="openai/x", dimensions=8, api_base=server.api_base, patience=hasty).embed(["a"])
    assert refused.value.retryable


def test_vectors_of_other_dimensions_are_of_another_model() -> None:
    assert LiteLlmEmbedder(name="openai/x", dimensions=8).model != LiteLlmEmbedder(name="openai/x", dimensions=9).model
