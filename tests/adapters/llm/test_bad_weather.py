"""A provider in bad weather: a call ends in whole text or one failure, is recorded once, and leaves nothing open."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from tests.fakes.model_server import ModelServer, Script, deaf_server, model_server

from learnx.adapters.circuit_breaker import CircuitBreaker
from learnx.adapters.litellm_calls import Patience
from learnx.adapters.llm.failover import FailoverLanguageModel
from learnx.adapters.llm.litellm import LiteLlmLanguageModel
from learnx.adapters.llm.model_table import TokenPrices
from learnx.adapters.provider_failures import UNREACHABLE, ProviderResting
from learnx.application.ports.llm import LanguageModel, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt

pytestmark = pytest.mark.anyio

PROMPT = Prompt(rules="RULES", excerpts="EXCERPTS", persona="PERSONA", task="TASK")
TEXT = "Cells are alive. They divide, grow and die, each in its time."
SENT = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}
#: Long enough for a loaded machine, short enough to be waited for.
PATIENT = Patience(connect=5, first_token=10, token=10, retries=0)
HASTY = Patience(connect=2, first_token=0.3, token=0.3, retries=0)

NewModel = Callable[..., LiteLlmLanguageModel]


class Outcome:
    """What a reader got of a model, and what the ledger did."""

    def __init__(self) -> None:
        self.text = ""
        self.switches: list[str] = []
        self.failure: ProviderError | None = None
        self.calls: list[ModelCall] = []


async def outcome(model: LanguageModel) -> Outcome:
    got = Outcome()
    try:
        async with aclosing(model.stream(PROMPT, max_tokens=1_000_000, record=got.calls.append)) as stream:
            async for piece in stream:
                if isinstance(piece, Switched):
                    got.switches.append(piece.model)
                    got.text = ""
                else:
                    got.text += piece
    except ProviderError as failure:
        got.failure = failure
    return got


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(Script(reply=TEXT)) as server:
        yield server


@pytest.fixture
async def new_model(server: ModelServer) -> AsyncIterator[NewModel]:
    """Makes models; when a test is over, its models are closed, and then nothing is open at the provider."""
    made = []

    def new(name: str = "openai/x", **options: Any) -> LiteLlmLanguageModel:
        given = {"api_base": server.api_base, "patience": PATIENT, "context_tokens": 2_000_000} | options
        made.append(LiteLlmLanguageModel(name, **given))
        return made[-1]

    yield new
    await until(lambda: server.answering == 0)
    for model in made:
        await model.aclose()
    await until(lambda: server.connections == 0)


async def test_a_server_that_takes_no_connections_is_given_up_and_nothing_is_paid(new_model: NewModel) -> None:
    with deaf_server() as api_base:
        got = await outcome(new_model(api_base=api_base, patience=replace(PATIENT, connect=0.3)))
    assert got.failure is not None and got.failure.retryable
    assert got.calls == []


@pytest.mark.parametrize(
    ("weather", "paid"),
    [
        pytest.param({"hang": "answer"}, True, id="hangs before it answers"),
        pytest.param({"first_token_delay": 60}, True, id="hangs before its first piece"),
        pytest.param({"hang": "middle"}, True, id="hangs in the middle"),
        pytest.param({"status": 429}, False, id="busy"),
        pytest.param({"status": 529}, False, id="overloaded"),
        pytest.param({"status": 500}, False, id="broken"),
        pytest.param({"finish": None}, True, id="ends early, cleanly"),
        pytest.param({"end_after_chunks": 2}, True, id="ends early, without a last word"),
        pytest.param({"garbage": True}, True, id="can't be read"),
        pytest.param({"garbage_after_chunks": 2}, True, id="can't be read from the middle on"),
    ],
)
async def test_a_call_that_fails_is_one_failure_that_may_pass_and_is_recorded_once_where_it_was_accepted(
    new_model: NewModel, server: ModelServer, weather: dict[str, Any], paid: bool
) -> None:
    server.script = Script(reply=TEXT, **weather)
    hangs = "hang" in weather or "first_token_delay" in weather
    with capture_logs() as logged:
        got = await outcome(new_model(patience=HASTY if hangs else PATIENT))

    assert got.failure is not None and got.failure.retryable
    assert TEXT.startswith(got.text)
    assert len(server.asked) == 1
    assert [(call.whole, call.counted) for call in got.calls] == [(False, True)] * paid
    assert [event["event"] for event in logged] == ["provider.failed"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(after_bytes=st.integers(0, 2_000))
async def test_a_connection_that_is_reset_at_any_byte_gives_whole_text_or_a_failure(
    new_model: NewModel, server: ModelServer, after_bytes: int
) -> None:
    server.script = Script(reply=TEXT, reset_after_bytes=after_bytes)
    got = await outcome(new_model())

    assert TEXT.startswith(got.text)
    assert (got.text == TEXT) or got.failure is not None
    [call] = got.calls
    assert call.whole == (got.failure is None)
    assert call.completion_tokens >= len(got.text) // 4


async def test_what_was_written_before_it_broke_off_is_counted_and_priced(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script = Script(reply=TEXT * 10, reset_after_chunks=20)
    got = await outcome(new_model(prices=TokenPrices(prompt=1e-6, completion=2e-6, cached=1e-7)))
    [call] = got.calls

    assert call.completion_tokens == pytest.approx(len(got.text) / 4, abs=1)
    assert call.cost_usd == pytest.approx(call.prompt_tokens * 1e-6 + call.completion_tokens * 2e-6)


async def test_a_reply_of_a_megabyte_is_read_whole(new_model: NewModel, server: ModelServer) -> None:
    server.script = Script(reply="word " * 210_000, chunk_characters=8_192)
    got = await outcome(new_model())

    assert got.failure is None
    assert got.text == server.script.reply
    assert [call.whole for call in got.calls] == [True]


async def test_a_reply_without_figures_is_counted(new_model: NewModel, server: ModelServer) -> None:
    server.script = Script(reply=TEXT, usage=None)
    [call] = (await outcome(new_model())).calls
    assert (call.whole, call.counted) == (True, True)


async def test_figures_that_can_not_be_are_not_believed(new_model: NewModel, server: ModelServer) -> None:
    server.script.usage = SENT | {"completion_tokens": -5, "prompt_tokens_details": {"cached_tokens": 9_999}}
    [call] = (await outcome(new_model())).calls
    assert (call.prompt_tokens, call.cached_prompt_tokens, call.completion_tokens) == (1200, 1200, 0)


@pytest.mark.parametrize("when", ["before it answers", "before the first piece", "in the middle"])
async def test_a_reader_that_leaves_hangs_up_and_what_was_begun_is_recorded(
    new_model: NewModel, server: ModelServer, when: str
) -> None:
    begun = asyncio.Event()
    server.script = {
        "before it answers": Script(hang="answer"),
        "before the first piece": Script(reply=TEXT, first_token_delay=60),
        "in the middle": Script(reply=TEXT, hang="middle"),
    }[when]
    calls: list[ModelCall] = []

    async def read() -> None:
        async with aclosing(new_model().stream(PROMPT, max_tokens=1_000, record=calls.append)) as stream:
            async for _ in stream:
                begun.set()

    reader = asyncio.create_task(read())
    await until(lambda: bool(server.asked) and (begun.is_set() or when != "in the middle"))
    await asyncio.sleep(0.05)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)

    assert [(call.whole, call.counted) for call in calls] == [(False, True)]
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


@pytest.mark.parametrize("status", [429, 529])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_a_provider_is_left_alone_for_as_long_as_it_asks(
    new_model: NewModel, server: ModelServer, status: int, form: str
) -> None:
    until_then = format_datetime(datetime.now(UTC) + timedelta(seconds=1_000), usegmt=True)
    server.script.status = status
    server.script.headers = {"Retry-After": "1000" if form == "seconds" else until_then}
    got = await outcome(new_model(patience=Patience(retries=2)))

    assert len(server.asked) == 1
    assert got.failure is not None and got.failure.retry_after is not None
    assert 900 < got.failure.retry_after <= 1_000


@pytest.mark.parametrize("status", [429, 529])
async def test_a_storm_that_passes_is_waited_out(new_model: NewModel, server: ModelServer, status: int) -> None:
    gone_by = format_datetime(datetime.now(UTC) - timedelta(seconds=5), usegmt=True)
    server.script = Script(reply=TEXT, status=status, failures=2, headers={"Retry-After": gone_by})
    got = await outcome(new_model(patience=Patience(retries=2)))

    assert (got.text, got.failure, len(server.asked)) == (TEXT, None, 3)
    assert [call.whole for call in got.calls] == [True]


async def test_who_waits_for_a_busy_provider_keeps_nobody_else_waiting(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script = Script(reply=TEXT, status=429, failures=1, headers={"Retry-After": "20"})
    model = new_model(patience=Patience(retries=2))
    waiting = asyncio.create_task(outcome(model))
    await until(lambda: len(server.asked) == 1 and server.answering == 0)
    async with asyncio.timeout(10):
        assert (await outcome(model)).text == TEXT
    assert not waiting.done()
    waiting.cancel()


async def test_a_dead_provider_is_left_alone_and_found_again_by_itself(
    new_model: NewModel, server: ModelServer
) -> None:
    now = 0.0
    model = new_model(breaker=CircuitBreaker("openai/x", failures=3, cool_down=10, clock=lambda: now))
    server.script.status = 500
    for _ in range(3):
        await outcome(model)
    refused = [await outcome(model) for _ in range(10)]
    assert len(server.asked) == 3
    assert all(isinstance(got.failure, ProviderResting) and not got.calls for got in refused)

    server.script.status = 200
    now = 10.0
    assert (await outcome(model)).text == TEXT
    assert (await outcome(model)).text == TEXT
    assert len(server.asked) == 5


async def test_who_waits_to_ask_again_is_refused_when_others_have_found_it_dead(
    new_model: NewModel, server: ModelServer
) -> None:
    model = new_model(patience=Patience(retries=2), breaker=CircuitBreaker("openai/x", failures=3))
    server.script = Script(status=429, headers={"Retry-After": "25"})
    waiting = [asyncio.create_task(outcome(model)) for _ in range(3)]
    async with asyncio.timeout(10):
        failures = [(await task).failure for task in waiting]
    assert all(failures)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "weather",
    [{"status": 401}, {"status": 503}, {"hang": "middle"}, {"reset_after_bytes": 900}, {"finish": "content_filter"}],
    ids=str,
)
async def test_a_fallback_writes_what_the_first_provider_could_not(
    new_model: NewModel, server: ModelServer, weather: dict[str, Any]
) -> None:
    async with model_server(Script(reply="Another wording.")) as other:
        server.script = Script(reply=TEXT, **weather)
        second = new_model("openai/y", api_base=other.api_base)
        got = await outcome(FailoverLanguageModel([new_model(patience=replace(PATIENT, token=0.3)), second]))
        await second.aclose()

    assert (got.text, got.failure, got.switches) == ("Another wording.", None, ["openai/y"])
    assert got.calls[-1].model == "openai/y"
    assert [call.whole for call in got.calls[:-1]] == [False] * ("status" not in weather)


async def test_each_asking_that_was_accepted_is_recorded_also_where_it_is_repeated(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script = Script(reply=TEXT, reset_after_bytes=50)
    got = await outcome(new_model(patience=replace(PATIENT, retries=1)))

    assert len(server.asked) == 2
    assert [(call.whole, call.completion_tokens) for call in got.calls] == [(False, 0)] * 2
    assert all(call.prompt_tokens > 0 for call in got.calls)


def test_what_a_call_may_cost_is_its_prompt_and_the_longest_reply_that_it_may_have() -> None:
    prices = TokenPrices(prompt=1.0, completion=100.0, cached=0.1)
    model = LiteLlmLanguageModel("openai/unheard-of", prices=prices, context_tokens=1_000)
    prompt = Prompt(rules="x" * 400, excerpts="", persona="", task="")
    asked = 400 // 4

    assert model.most_usd(prompt, max_tokens=500) == pytest.approx(asked + 500 * 100, rel=0.01)
    assert model.most_usd(prompt, max_tokens=5_000) == pytest.approx(asked + (1_000 - asked) * 100, rel=0.01)
    assert LiteLlmLanguageModel("openai/unheard-of").most_usd(prompt, max_tokens=500) is None


async def test_a_provider_that_tells_the_prompts_tokens_first_is_believed_though_it_breaks_off(
    new_model: NewModel, server: ModelServer
) -> None:
    model = new_model("anthropic/claude-sonnet-4-5", api_base=server.address, api_key="sk")
    [whole] = (await outcome(model)).calls
    server.script = Script(reply=TEXT, reset_after_chunks=4)
    got = await outcome(model)
    [broken] = got.calls

    assert (whole.prompt_tokens, whole.cached_prompt_tokens, whole.completion_tokens) == (1200, 1000, 300)
    assert (whole.whole, whole.counted) == (True, False)
    assert got.failure is not None and got.failure.detail == UNREACHABLE
    assert (broken.prompt_tokens, broken.cached_prompt_tokens) == (1200, 1000)
    assert (broken.whole, broken.counted, broken.completion_tokens) == (False, True, -(-len(got.text) // 4))
    assert broken.cost_usd == pytest.approx(200 * 3e-6 + 1000 * 0.3e-6 + broken.completion_tokens * 15e-6)
