"""How soon a reader reads: of a lesson without a provider, and after the first token of one that has a provider."""

import asyncio
import json
from collections.abc import AsyncIterator
from statistics import median

import httpx
from benchmarks.report import Figure, table
from benchmarks.running import SAMPLE, Learner, running_stack
from openai import AsyncOpenAI
from tests.fakes.model_server import ModelServer, Script, model_server

WARM_UPS, RUNS = 5, 40
ADDED, TO_START, TO_DELTA = 20.0, 30.0, 80.0
"""Milliseconds, each at most, in half of the cases."""

#: The provider thinks for so many seconds: what comes before its first token is over by then.
THINKING = 0.05


def run() -> list[Figure]:
    return [*_offline(), *asyncio.run(_provided())]


def _offline() -> list[Figure]:
    with running_stack() as stack:
        learner = Learner(stack.url)
        starts, deltas = asyncio.run(_times(stack.url, learner, _processed(learner)))
    return [
        _row("offline lesson, request to start, p50", starts, TO_START),
        _row("offline lesson, request to first delta, p50", deltas, TO_DELTA),
    ]


async def _times(url: str, learner: Learner, file: str) -> tuple[list[float], list[float]]:
    """From the request to ``start`` and to the first ``delta``, in seconds."""
    starts, deltas = [], []
    async with httpx.AsyncClient(base_url=url, headers=learner.authorization, timeout=60) as client:
        for _ in range(WARM_UPS + RUNS):
            asked = _now()
            seen = await _first_seen(client, file)
            starts.append(seen["start"] - asked)
            deltas.append(seen["delta"] - asked)
    return starts[WARM_UPS:], deltas[WARM_UPS:]


async def _provided() -> list[Figure]:
    """The provider, its bare client and the reader share this process and its clock; LearnX has its own processes."""
    script = Script(first_token_delay=THINKING)
    async with model_server(script) as provider:
        with running_stack(LEARNX_LLM_MODEL="openai/x", LEARNX_LLM_API_BASE=provider.api_base) as stack:
            learner = Learner(stack.url)
            file = await asyncio.to_thread(_processed, learner)
            ours, bare = [], []
            async with (
                httpx.AsyncClient(base_url=stack.url, headers=learner.authorization, timeout=60) as client,
                AsyncOpenAI(base_url=provider.api_base, api_key="none", max_retries=0) as vendor,
            ):
                for _ in range(WARM_UPS + RUNS):
                    seen = await _first_seen(client, file)
                    ours.append(seen["delta"] - provider.moments[-1])
                    bare.append(await _first_token(vendor, provider))
    reader, baseline = (1000 * median(times[WARM_UPS:]) for times in (ours, bare))
    return [
        Figure(
            name="provider's first token to the reader's first delta, p50 (baseline: the bare openai client)",
            measured=reader,
            unit="ms",
            baseline=baseline,
        ),
        Figure(
            name="of which LearnX adds",
            measured=reader - baseline,
            unit="ms",
            target=f"≤ {ADDED:g} ms",
            ok=reader - baseline <= ADDED,
        ),
    ]


async def _first_token(vendor: AsyncOpenAI, provider: ModelServer) -> float:
    """Seconds from the provider's first token until its bare client has it, for the prompt that LearnX sent last."""
    messages = provider.asked[-1].body["messages"]
    stream = await vendor.chat.completions.create(model="x", messages=messages, stream=True)
    came = 0.0
    async for chunk in stream:
        if not came and chunk.choices and chunk.choices[0].delta.content:
            came = _now()
    return came - provider.moments[-1]


async def _first_seen(client: httpx.AsyncClient, file: str) -> dict[str, float]:
    """When the first event of each type came; the stream is read to its end, which is a whole lesson's."""
    seen: dict[str, float] = {}
    async for kind in _events(client, {"fileId": file, "persona": "off", "fresh": "true"}):
        seen.setdefault(kind, _now())
    if "complete" not in seen:
        raise RuntimeError(f"the lesson was not completed; it had {', '.join(seen)}")
    return seen


async def _events(client: httpx.AsyncClient, parameters: dict[str, str]) -> AsyncIterator[str]:
    async with client.stream("GET", "/api/v1/ai/personalize/stream", params=parameters) as reply:
        reply.raise_for_status()
        async for line in reply.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line[6:])["type"]


def _processed(learner: Learner) -> str:
    file = learner.upload(SAMPLE.name, SAMPLE.read_bytes())
    learner.wait_for(file)
    return file


def _now() -> float:
    return asyncio.get_running_loop().time()


def _row(name: str, seconds: list[float], limit: float) -> Figure:
    measured = 1000 * median(seconds)
    return Figure(name=name, measured=measured, unit="ms", target=f"≤ {limit:g} ms", ok=measured <= limit)


if __name__ == "__main__":
    print(table(run()))
