"""Which model answers when one fails, what a reader is told of it, and what is paid."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

import pytest

from learnx.adapters.llm.failover import FailoverLanguageModel
from learnx.adapters.provider_failures import ProviderResting
from learnx.application.ports.llm import LanguageModel, Recorder, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt

pytestmark = pytest.mark.anyio

PROMPT = Prompt(rules="", excerpts="", persona="", task="TASK")
BUSY = ProviderError("busy")
REFUSED = ProviderError("refused", retryable=False)


@dataclass
class SomeModel:
    """Writes its pieces, then fails where it is to fail."""

    name: str
    pieces: Sequence[str | Switched] = ()
    failure: ProviderError | None = None
    context_tokens: int = 1_000
    cost: float | None = 0.0
    closed: bool = False
    is_resting: bool = False

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        return self.cost

    def from_model(self, name: str) -> LanguageModel:
        return self

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        try:
            for piece in self.pieces:
                yield piece
            if self.failure is not None:
                raise self.failure
        finally:
            self.closed = True
            if self.pieces:
                record(ModelCall(model=self.name))


async def read(*models: SomeModel) -> tuple[list[str | Switched], list[str]]:
    """What was written, and whose calls were recorded."""
    calls: list[ModelCall] = []
    stream = FailoverLanguageModel(models).stream(PROMPT, max_tokens=100, record=calls.append)
    return [piece async for piece in stream], [call.model for call in calls]


async def test_the_first_model_that_writes_is_the_only_one_asked() -> None:
    spare = SomeModel("b", ["no"])
    assert await read(SomeModel("a", ["x", "y"]), spare) == (["x", "y"], ["a"])
    assert not spare.closed


@pytest.mark.parametrize("failure", [BUSY, REFUSED, ProviderResting("resting", retry_after=5)])
async def test_a_model_that_fails_before_its_first_piece_is_followed_by_the_next(failure: ProviderError) -> None:
    pieces, calls = await read(SomeModel("a", failure=failure), SomeModel("b", ["x"]))
    assert pieces == [Switched(model="b"), "x"]
    assert calls == ["b"]


async def test_a_model_that_breaks_off_is_followed_by_the_next_from_the_beginning_and_both_are_paid() -> None:
    pieces, calls = await read(SomeModel("a", ["x"], BUSY), SomeModel("b", ["x", "y"]))
    assert pieces == ["x", Switched(model="b"), "x", "y"]
    assert calls == ["a", "b"]


async def test_a_reader_is_not_told_of_a_fallback_that_fails_as_well() -> None:
    pieces, _ = await read(SomeModel("a", ["x"], BUSY), SomeModel("b", failure=REFUSED), SomeModel("c", ["z"]))
    assert pieces == ["x", Switched(model="c"), "z"]


async def test_where_all_break_off_each_restart_is_told_and_then_the_failure() -> None:
    stream = FailoverLanguageModel([SomeModel("a", ["x"], BUSY), SomeModel("b", ["y"], REFUSED)]).stream(
        PROMPT, max_tokens=100, record=lambda _: None
    )
    assert [await anext(stream) for _ in range(3)] == ["x", Switched(model="b"), "y"]
    with pytest.raises(ProviderError):
        await anext(stream)


@pytest.mark.parametrize(
    ("failures", "told"),
    [
        ([REFUSED, BUSY], BUSY),
        ([ProviderResting("resting", retry_after=5), BUSY], BUSY),
        ([ProviderResting("long", retry_after=50), soon := ProviderResting("soon", retry_after=5), REFUSED], soon),
        ([REFUSED, ProviderError("also refused", retryable=False)], REFUSED),
    ],
)
async def test_where_all_fail_the_reader_is_told_what_may_help(
    failures: list[ProviderError], told: ProviderError
) -> None:
    with pytest.raises(ProviderError) as raised:
        await read(*(SomeModel(str(number), failure=failure) for number, failure in enumerate(failures)))
    assert raised.value is told


async def test_what_is_no_providers_failure_is_not_mended() -> None:
    class Broken(SomeModel):
        def stream(self, *_: object, **__: object) -> AsyncGenerator[str | Switched, None]:
            raise LookupError("a fault of ours")

    with pytest.raises(LookupError):
        await read(Broken("a"), SomeModel("b", ["x"]))


async def test_closing_it_closes_the_model_that_writes() -> None:
    writing = SomeModel("b", ["x", "y"])
    stream = FailoverLanguageModel([SomeModel("a", failure=BUSY), writing]).stream(
        PROMPT, max_tokens=100, record=lambda _: None
    )
    await anext(stream)
    await anext(stream)
    await stream.aclose()
    assert writing.closed


async def test_what_is_asked_next_can_begin_with_the_model_that_stood_in() -> None:
    models = [SomeModel("a", ["no"]), SomeModel("b", failure=BUSY), SomeModel("c", ["x"])]
    rest = FailoverLanguageModel(models).from_model("b")
    pieces = [piece async for piece in rest.stream(PROMPT, max_tokens=100, record=lambda _: None)]
    assert (rest.name, pieces) == ("b", [Switched(model="c"), "x"])
    assert not models[0].closed


def test_it_has_the_first_name_the_smallest_context_and_the_highest_cost() -> None:
    cheap, dear = SomeModel("a", context_tokens=9, cost=0.1), SomeModel("b", context_tokens=5, cost=0.4)
    both = FailoverLanguageModel([cheap, dear])
    assert (both.name, both.context_tokens) == ("a", 5)
    assert both.most_usd(PROMPT, max_tokens=10) == 0.4
    assert FailoverLanguageModel([cheap, SomeModel("c", cost=None)]).most_usd(PROMPT, max_tokens=10) is None


def test_while_a_model_rests_all_goes_by_the_name_of_its_stand_in() -> None:
    main, spare = SomeModel("a"), SomeModel("b")
    both = FailoverLanguageModel([main, spare])
    assert both.name == "a"
    main.is_resting = True
    assert both.name == "b"
    spare.is_resting = True
    assert both.name == "a"
