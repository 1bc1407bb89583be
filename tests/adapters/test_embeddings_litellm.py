"""Vectors by LiteLLM, against a real server: whole, in order, of unit length, or refused."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.fakes.model_server import ModelServer, Script, model_server, unit_vectors

from learnx.adapters.embeddings.litellm import BATCH, LiteLlmEmbedder
from learnx.adapters.litellm_calls import Patience
from learnx.adapters.provider_failures import ProviderResting
from learnx.domain.errors import ProviderError

pytestmark = pytest.mark.anyio

TEXTS = ["a", "bb", "ccc"]
Item = dict[str, Any]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


NewEmbedder = Callable[..., LiteLlmEmbedder]


@pytest.fixture
async def new_embedder(server: ModelServer) -> AsyncIterator[NewEmbedder]:
    """Makes embedders; when a test is over, they are closed, and then nothing is open at the provider."""
    made = []

    def new(**patience: Any) -> LiteLlmEmbedder:
        patient = Patience(**{"connect": 5, "first_token": 5, "retries": 0} | patience)
        made.append(LiteLlmEmbedder(name="openai/x", dimensions=8, api_base=server.api_base, patience=patient))
        return made[-1]

    yield new
    for embedder in made:
        await embedder.aclose()
    async with asyncio.timeout(10):
        while server.connections:
            await asyncio.sleep(0.005)


@pytest.fixture
def embedder(new_embedder: NewEmbedder) -> LiteLlmEmbedder:
    return new_embedder()


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


@pytest.mark.parametrize("status", [429, 500, 503, 529])
async def test_what_passes_is_asked_again(new_embedder: NewEmbedder, server: ModelServer, status: int) -> None:
    server.script = Script(status=status, failures=2, headers={"Retry-After": "0"})
    embedder = new_embedder(retries=2)

    assert await embedder.embed(["a"]) == [axis(1)]
    assert len(server.asked) == 3


async def test_vectors_that_are_not_whole_are_asked_for_again(new_embedder: NewEmbedder, server: ModelServer) -> None:
    answers = iter([changed(0, embedding=[math.nan] * 8), lambda texts: unit_vectors(texts)[:-1], unit_vectors])
    server.script.vectors = lambda texts: next(answers)(texts)
    embedder = new_embedder(retries=2)

    assert await embedder.embed(TEXTS) == [axis(1), axis(2), axis(3)]


async def test_other_dimensions_stay_wrong_and_are_not_asked_for_again(
    new_embedder: NewEmbedder, server: ModelServer
) -> None:
    server.script.vectors = lambda texts: unit_vectors(texts, 9)
    embedder = new_embedder(retries=2)

    with pytest.raises(ProviderError) as refused:
        await embedder.embed(TEXTS)
    assert not refused.value.retryable
    assert len(server.asked) == 1


async def test_a_batch_that_fails_leaves_nothing_of_those_before_it(
    embedder: LiteLlmEmbedder, server: ModelServer
) -> None:
    server.script.vectors = lambda texts: unit_vectors(texts) if len(texts) == BATCH else []
    with pytest.raises(ProviderError):
        await embedder.embed(["x"] * (BATCH + 5))
    assert len(server.asked) == 2


async def test_a_dead_provider_is_left_alone(embedder: LiteLlmEmbedder, server: ModelServer) -> None:
    server.script.status = 500
    failures = []
    for _ in range(10):
        with pytest.raises(ProviderError) as refused:
            await embedder.embed(["a"])
        failures.append(isinstance(refused.value, ProviderResting))
    assert failures == [False] * 5 + [True] * 5
    assert len(server.asked) == 5


async def test_a_provider_that_never_answers_is_given_up_and_hung_up_on(
    new_embedder: NewEmbedder, server: ModelServer
) -> None:
    server.script.hang = "answer"
    with pytest.raises(ProviderError) as refused:
        await new_embedder(connect=2, first_token=0.2).embed(["a"])
    assert refused.value.retryable
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


def test_vectors_of_other_dimensions_are_of_another_model() -> None:
    assert LiteLlmEmbedder(name="openai/x", dimensions=8).model != LiteLlmEmbedder(name="openai/x", dimensions=9).model
