"""A provider by LiteLLM, against a real server that misbehaves: what is given on, asked again, refused and closed."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest
from tests.fakes.model_server import ModelServer, Script, model_server

from learnx.adapters.litellm_calls import Patience
from learnx.adapters.llm.litellm import LiteLlmLanguageModel
from learnx.adapters.llm.model_table import TokenPrices
from learnx.application.ports.llm import Recorder, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt

pytestmark = pytest.mark.anyio

PROMPT = Prompt(rules="RULES", excerpts="EXCERPTS", persona="PERSONA", task="TASK")
TEXT = "Cells are alive. They divide, grow and die, each in its time."
PATIENT = Patience(connect=5, first_token=10, token=10, retries=0)
IGNORED: Recorder = lambda _: None  # noqa: E731
HASTY = Patience(connect=2, first_token=0.3, token=0.3, retries=0)

NewModel = Callable[..., LiteLlmLanguageModel]


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server(Script(reply=TEXT)) as server:
        yield server


@pytest.fixture
async def new_model(server: ModelServer) -> AsyncIterator[NewModel]:
    made = []

    def new(name: str = "openai/x", **options: Any) -> LiteLlmLanguageModel:
        made.append(LiteLlmLanguageModel(name, **{"api_base": server.api_base, "patience": PATIENT} | options))
        return made[-1]

    yield new
    for model in made:
        await model.aclose()


async def written(model: LiteLlmLanguageModel, *, max_tokens: int = 1_000) -> tuple[str, ModelCall]:
    calls: list[ModelCall] = []
    async with aclosing(model.stream(PROMPT, max_tokens=max_tokens, record=calls.append)) as stream:
        text = "".join([piece async for piece in stream if isinstance(piece, str)])
    [call] = calls
    return text, call


async def test_text_comes_in_pieces_and_then_the_usage_that_the_provider_counted(new_model: NewModel) -> None:
    text, call = await written(new_model())

    assert text == TEXT
    assert (call.prompt_tokens, call.cached_prompt_tokens, call.completion_tokens) == (1200, 1000, 300)
    assert (call.model, call.counted, call.whole, call.cost_usd) == ("openai/x", False, True, None)
    assert call.first_token_seconds is not None
    assert 0 < call.first_token_seconds <= call.latency_seconds


async def test_rules_are_the_system_message_and_the_rest_follows_in_its_order(
    new_model: NewModel, server: ModelServer
) -> None:
    await written(new_model(), max_tokens=700)
    [asked] = server.asked

    assert asked.body["messages"] == [
        {"role": "system", "content": "RULES"},
        {"role": "user", "content": "EXCERPTS\n\nPERSONA\n\nTASK"},
    ]
    assert asked.body["model"] == "x"
    assert asked.body["max_tokens"] == 700


async def test_a_server_of_ones_own_gets_a_placeholder_and_never_the_key_of_the_usual_provider(
    new_model: NewModel, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-meant-for-openai")
    await written(new_model())
    await written(new_model(api_key="sk-meant-for-it"))

    keys = [asked.headers["authorization"] for asked in server.asked]
    assert keys == ["Bearer no-key-configured", "Bearer sk-meant-for-it"]


async def test_usage_is_estimated_where_none_is_sent(new_model: NewModel, server: ModelServer) -> None:
    server.script.usage = None
    _, call = await written(new_model())

    assert (call.counted, call.whole) == (True, True)
    assert 5 <= call.prompt_tokens <= 30
    assert 10 <= call.completion_tokens <= 25


async def test_a_price_makes_a_cost_and_cached_tokens_have_their_own(new_model: NewModel) -> None:
    _, call = await written(new_model(prices=TokenPrices(prompt=3e-6, completion=15e-6, cached=0.3e-6)))
    assert call.cost_usd == pytest.approx(200 * 3e-6 + 1000 * 0.3e-6 + 300 * 15e-6)

    _, call = await written(new_model("openai/gpt-4o"))
    assert call.cost_usd == pytest.approx(200 * 2.5e-6 + 1000 * 1.25e-6 + 300 * 10e-6)


def test_the_context_is_as_configured_as_in_the_table_or_sixteen_thousand() -> None:
    assert LiteLlmLanguageModel("openai/gpt-4o").context_tokens == 128_000
    assert LiteLlmLanguageModel("openai/gpt-4o", context_tokens=8_000).context_tokens == 8_000
    assert LiteLlmLanguageModel("openai/unheard-of").context_tokens == 16_000


async def test_a_reply_is_asked_for_that_the_context_has_room_for(new_model: NewModel, server: ModelServer) -> None:
    await written(new_model(context_tokens=1_000), max_tokens=6_000)
    assert 900 < server.asked[0].body["max_tokens"] < 1_000

    with pytest.raises(ProviderError) as refused:
        await written(new_model(context_tokens=100))
    assert not refused.value.retryable
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, False), (403, False), (404, False), (422, False), (429, True), (500, True), (529, True)],
)
async def test_each_refusal_says_whether_asking_again_may_help(
    new_model: NewModel, server: ModelServer, status: int, retryable: bool
) -> None:
    server.script.status = status
    server.script.error["message"] = "you asked about PERSONA"
    with pytest.raises(ProviderError) as refused:
        await written(new_model())

    assert refused.value.retryable == retryable
    assert "PERSONA" not in refused.value.detail


@pytest.mark.parametrize("status", [429, 500, 529])
async def test_what_passes_is_asked_again(new_model: NewModel, server: ModelServer, status: int) -> None:
    server.script.status, server.script.failures = status, 2
    server.script.headers = {"Retry-After": "0"}
    text, _ = await written(new_model(patience=Patience(retries=2)))

    assert text == TEXT
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_what_stays_wrong_is_not_asked_again(new_model: NewModel, server: ModelServer, status: int) -> None:
    server.script.status = status
    with pytest.raises(ProviderError):
        await written(new_model(patience=Patience(retries=2)))
    assert len(server.asked) == 1


async def test_a_provider_that_wants_to_be_left_alone_for_long_is_not_waited_for(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.status, server.script.headers = 429, {"Retry-After": "3600"}
    with pytest.raises(ProviderError):
        await written(new_model(patience=Patience(retries=2)))
    assert len(server.asked) == 1


async def test_a_provider_that_never_answers_is_given_up_and_hung_up_on(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.hang = "answer"
    with pytest.raises(ProviderError) as refused:
        await written(new_model(patience=HASTY))

    assert refused.value.retryable
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


async def test_a_reply_that_does_not_begin_is_given_up_and_nobody_waits_for_it_twice(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.first_token_delay = 60
    with pytest.raises(ProviderError):
        await written(new_model(patience=Patience(first_token=0.3, retries=1)))

    assert len(server.asked) == 1
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


async def test_thinking_is_a_sign_of_life(new_model: NewModel, server: ModelServer) -> None:
    server.script.thoughts, server.script.token_delay = 6, 0.25
    server.script.chunk_characters = 1_000
    text, _ = await written(new_model(patience=Patience(first_token=1.0, token=1.0, retries=0)))
    assert text == TEXT


async def test_a_reply_that_stops_in_the_middle_is_given_up_and_never_asked_for_again(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.hang = "middle"
    pieces: list[str | Switched] = []
    calls: list[ModelCall] = []
    with pytest.raises(ProviderError) as refused:
        model = new_model(patience=Patience(token=0.3, retries=2))
        async for piece in model.stream(PROMPT, max_tokens=1_000, record=calls.append):
            pieces.append(piece)  # noqa: PERF401, since a comprehension that fails has none

    assert refused.value.retryable
    assert pieces and all(isinstance(piece, str) for piece in pieces)
    assert len(server.asked) == 1
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


@pytest.mark.parametrize("misbehaviour", [{"reset_after_chunks": 3}, {"finish": None}, {"finish": "content_filter"}])
async def test_a_reply_that_breaks_off_is_a_failure_however_politely(
    new_model: NewModel, server: ModelServer, misbehaviour: dict[str, Any]
) -> None:
    for name, value in misbehaviour.items():
        setattr(server.script, name, value)
    with pytest.raises(ProviderError):
        await written(new_model(patience=Patience(retries=2)))
    assert len(server.asked) == 1


async def test_what_can_not_be_read_is_a_failure(new_model: NewModel, server: ModelServer) -> None:
    server.script.garbage = True
    with pytest.raises(ProviderError):
        await written(new_model())


async def test_nobody_listening_is_a_failure_that_may_pass(new_model: NewModel) -> None:
    with pytest.raises(ProviderError) as refused:
        await written(new_model(api_base="http://127.0.0.1:9/v1"))
    assert refused.value.retryable


async def test_a_model_of_no_provider_is_a_failure_that_stays(
    new_model: NewModel, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ProviderError) as refused:
        await written(new_model("nonsense"))
    assert not refused.value.retryable
    assert "Provider List" not in capsys.readouterr().out


async def test_a_model_that_writes_without_end_is_cut_off(new_model: NewModel, server: ModelServer) -> None:
    server.script = Script(reply="word " * 200_000, chunk_characters=500, token_delay=0.001)
    text, call = await written(new_model(), max_tokens=1_000)

    assert 8_000 <= len(text) <= 9_000
    assert not call.whole
    assert call.completion_tokens == pytest.approx(len(text) / 4, rel=0.1)
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


async def test_others_run_between_two_pieces_that_came_in_at_once(new_model: NewModel, server: ModelServer) -> None:
    server.script.reply, server.script.chunk_characters = "".join(f"w{number:03} " for number in range(200)), 5
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    ticking = asyncio.create_task(tick())
    seen = [ticks async for _ in new_model().stream(PROMPT, max_tokens=1_000, record=IGNORED)]
    ticking.cancel()

    assert len(set(seen)) == len(seen) == 200


async def test_closing_the_stream_closes_the_connection_to_the_provider(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.reply, server.script.token_delay = TEXT * 100, 0.01
    stream = new_model().stream(PROMPT, max_tokens=1_000, record=IGNORED)
    await anext(stream)
    await stream.aclose()

    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


async def test_a_cancelled_reader_closes_the_connection_to_the_provider(
    new_model: NewModel, server: ModelServer
) -> None:
    server.script.reply, server.script.token_delay = TEXT * 100, 0.01
    begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(new_model().stream(PROMPT, max_tokens=1_000, record=IGNORED)) as stream:
            async for _ in stream:
                begun.set()

    reader = asyncio.create_task(read())
    await begun.wait()
    reader.cancel()
    async with asyncio.timeout(10):
        await server.asked[0].hung_up.wait()


ASKING = """
import asyncio, sys
from learnx.adapters.litellm_calls import Patience
from learnx.adapters.llm.litellm import LiteLlmLanguageModel
from learnx.application.ports.llm import Recorder, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.prompts import Prompt
from learnx.observability import configure_logging
configure_logging("info", "json")
async def main():
    model = LiteLlmLanguageModel("openai/x", api_base=sys.argv[1], patience=Patience(retries=0))
    try:
        prompt = Prompt(rules="", excerpts="", persona="", task="PRIVATE")
        async for _ in model.stream(prompt, max_tokens=1000, record=lambda _: None):
            pass
    except ProviderError:
        pass
    await model.aclose()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (Script(reply=TEXT), []),
        (Script(status=401, error={"message": "PRIVATE"}), [("AuthenticationError", 401)]),
        (Script(status=500, error={"message": "PRIVATE"}), [("InternalServerError", 500)]),
        (Script(reply=TEXT, finish=None), [("ProviderError", None)]),
    ],
)
async def test_the_library_says_nothing_of_its_own_and_a_failure_is_one_warning(
    server: ModelServer, script: Script, told: list[tuple[str, int | None]]
) -> None:
    server.script = script
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASKING, server.api_base, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    shown, logged = await process.communicate()
    events = [json.loads(line) for line in logged.splitlines()]

    assert shown == b""
    assert [(event["event"], event["level"]) for event in events] == [("provider.failed", "warning")] * len(told)
    assert [(event["error"], event["status"]) for event in events] == told
    assert b"PRIVATE" not in logged


def test_neither_the_adapter_nor_its_facts_load_the_library() -> None:
    program = (
        "import sys; import learnx.bootstrap; from learnx.adapters.llm.litellm import LiteLlmLanguageModel;"
        "from learnx.adapters.llm.model_table import known_facts; assert known_facts('openai/gpt-4o').context_tokens;"
        "assert 'litellm' not in sys.modules and 'openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
