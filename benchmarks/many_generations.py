"""Two hundred different lessons written at once: what LearnX adds to the provider's time, beside the bare client.

One API server writes some 140 lessons at this pace (two sentences a second each) before its core is busy; so there are
two of them, which is how it is run.
"""

import asyncio
from time import monotonic

import uvloop
from benchmarks.clocked_provider import ClockedProvider, clocked_provider, step_of
from benchmarks.report import Figure, table
from benchmarks.running import SAMPLE, Learner, another_api, running_stack
from benchmarks.stream_crowd import StreamReader, percentile, read
from openai import AsyncOpenAI

GENERATIONS, STARTED_EVERY = 200, 0.1
"""One after the other, so many seconds apart; each is written until all have begun, and a little longer."""

STEPS, PAUSE, THINKING = 26, 1.0, 0.5
"""The provider thinks, then writes a sentence a second, for longer than it takes to start all."""

ADDED = 150
"""Milliseconds, at most, in 95 of 100."""


def run() -> list[Figure]:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        added, bare, most = runner.run(_measured())
    p95 = 1000 * percentile(added, 0.95)
    return [
        Figure(
            name=f"{most} different generations at once, two API servers: request to first delta less the provider's "
            "thinking, p95 (baseline: the bare openai client)",
            measured=p95,
            unit="ms",
            baseline=1000 * percentile(bare, 0.95),
            target=f"≤ {ADDED} ms",
            ok=p95 <= ADDED and most == GENERATIONS,
        )
    ]


async def _measured() -> tuple[list[float], list[float], int]:
    """Seconds from each request to its first delta, and from each of the bare client's to its first token, both without
    the provider's thinking; and how many lessons were written at once."""
    async with clocked_provider(ClockedProvider(steps=STEPS, pause=PAUSE, thinking=THINKING, spread=True)) as provider:
        with (
            running_stack(LEARNX_LLM_MODEL="openai/x", LEARNX_LLM_API_BASE=provider.address) as stack,
            another_api(stack) as other,
        ):
            urls = stack.url, other
            learner = Learner(stack.url)
            file = await asyncio.to_thread(learner.upload, SAMPLE.name, SAMPLE.read_bytes())
            await asyncio.to_thread(learner.wait_for, file)
            for number, url in enumerate(urls):
                await (await _reader(url, learner, file, f"the first one of {number}")).over
            asked, reading = [], []
            for number in range(GENERATIONS):
                asked.append(monotonic())
                reading.append(asyncio.create_task(_reader(urls[number % 2], learner, file, f"memory cells {number}")))
                await asyncio.sleep(STARTED_EVERY)
            readers = [await one for one in reading]
            most = sum(not reader.over.done() for reader in readers)
            await asyncio.gather(*(reader.over for reader in readers))
        bare = await _bare(provider)
    added = [_first_delta(reader) - since - THINKING for since, reader in zip(asked, readers, strict=True)]
    return added, bare, most


async def _reader(url: str, learner: Learner, file: str, focus: str) -> StreamReader:
    path = f"/api/v1/ai/personalize/stream?fileId={file}&persona=off&focus={focus.replace(' ', '%20')}"
    return await read(url, path, learner.authorization)


def _first_delta(reader: StreamReader) -> float:
    for came, piece in reader.pieces:
        if b'"type":"delta"' in piece:
            return came
    raise RuntimeError(f"a lesson without a delta: {reader.body[-500:]!r}")


async def _bare(provider: ClockedProvider) -> list[float]:
    """As many calls at the same pace, by a client that does nothing else."""
    async with AsyncOpenAI(base_url=provider.address, api_key="none", max_retries=0) as client:

        async def first_token() -> float:
            since = monotonic()
            stream = await client.chat.completions.create(
                model="x", messages=[{"role": "user", "content": "Go."}], stream=True
            )
            async for chunk in stream:
                if chunk.choices and step_of((chunk.choices[0].delta.content or "").encode()) is not None:
                    came = monotonic()
                    await stream.close()
                    return came - since - THINKING
            raise RuntimeError("no token came")

        waiting = []
        for _ in range(GENERATIONS):
            waiting.append(asyncio.create_task(first_token()))
            await asyncio.sleep(STARTED_EVERY / 2)
        return list(await asyncio.gather(*waiting))


if __name__ == "__main__":
    print(table(run()))
