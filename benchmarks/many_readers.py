"""A thousand readers of one running generation on one API process, beside as many of a bare Litestar handler."""

import asyncio
import gc
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
import psutil
import uvloop
from benchmarks.clocked_provider import ClockedProvider, clocked_provider, step_of
from benchmarks.report import Figure, table
from benchmarks.running import SAMPLE, Learner, running_stack
from benchmarks.stream_crowd import StreamReader, crowd, percentile, read

READERS, STEPS, PAUSE = 1_000, 100, 0.16
"""A step is a delta and a sentence: 12.5 events a second, for 16 seconds."""

SETTLING = 3.0
"""Seconds after the last reader came until delays count, as they do for the bare stream, which begins then."""

EVENT_BYTES = 170
KILOBYTES, DELAY = 40, 250
"""Of memory for each reader; milliseconds, at most, for 99 events in 100."""


def run() -> list[Figure]:
    gc.disable()  # of the readers' process, whose pauses are not what is measured
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        bare_memory, bare_delays = runner.run(_bare())
        complete, memory, delays, calls = runner.run(_ours())
    gc.enable()
    return [
        Figure(
            name=f"of {READERS} readers of one generation, complete",
            measured=complete,
            target=f"{READERS}",
            ok=complete == READERS,
        ),
        Figure(
            name="memory for each reader (baseline: of a bare Litestar stream)",
            measured=memory,
            unit="KB",
            baseline=bare_memory,
            ratio=memory / bare_memory,
            target=f"≤ {KILOBYTES} KB",
            ok=memory <= KILOBYTES,
        ),
        Figure(
            name="provider's sentence to the reader's delta, p99 (baseline: a bare Litestar stream)",
            measured=percentile(delays, 0.99),
            unit="ms",
            baseline=percentile(bare_delays, 0.99),
            ratio=percentile(delays, 0.99) / percentile(bare_delays, 0.99),
            target=f"≤ {DELAY} ms",
            ok=percentile(delays, 0.99) <= DELAY,
        ),
        Figure(name="upstream calls for all of them", measured=calls, target="1", ok=calls == 1),
    ]


async def _ours() -> tuple[int, float, list[float], int]:
    """Whole lessons, kilobytes a reader, milliseconds of each event, upstream calls."""
    # The provider begins to write at once; what it says while the readers come is not counted.
    async with clocked_provider(ClockedProvider(steps=10_000, pause=PAUSE)) as provider:
        with running_stack(LEARNX_LLM_MODEL="openai/x", LEARNX_LLM_API_BASE=provider.address) as stack:
            learner = Learner(stack.url)
            file = await asyncio.to_thread(learner.upload, SAMPLE.name, SAMPLE.read_bytes())
            await asyncio.to_thread(learner.wait_for, file)
            path = f"/api/v1/ai/personalize/stream?fileId={file}&persona=off"
            first = await read(stack.url, path, learner.authorization)
            generation = await _generation(first)
            while b'"type":"delta"' not in first.body:
                await asyncio.sleep(0.01)
            follow = f"/api/v1/ai/generations/{generation}/events"
            serve = stack.child("serve")
            before = serve.memory_info().rss
            readers = await crowd(stack.url, follow, learner.authorization, READERS)
            await asyncio.sleep(SETTLING)
            since = len(provider.answers[0].sent)
            await asyncio.sleep(STEPS * PAUSE)
            memory = (serve.memory_info().rss - before) / READERS / 1e3
            provider.finish.set()
            await asyncio.gather(*(reader.over for reader in readers))
    complete = sum(b'"type":"complete"' in reader.body for reader in readers)
    delays = [delay for reader in readers for delay in _delays(reader, provider.answers[0].sent, since)]
    return complete, memory, delays, len(provider.answers)


async def _generation(reader: StreamReader) -> str:
    while (found := re.search(rb'"generationId":"([^"]+)"', reader.body)) is None:
        await asyncio.sleep(0.01)
    return found[1].decode()


def _delays(reader: StreamReader, sent: Sequence[float], since: int) -> Iterator[float]:
    """Milliseconds from when the provider wrote a sentence until its first words came, for those from ``since`` on."""
    for came, piece in reader.pieces:
        for event in piece.split(b"\n\n"):
            step = step_of(event) if b'"type":"delta"' in event else None
            if step is not None and step >= since:
                yield 1000 * (came - sent[step])


@contextmanager
def _bare_server() -> Iterator[tuple[str, psutil.Process]]:
    command = [sys.executable, "-m", "benchmarks.bare_stream", str(STEPS), str(PAUSE), str(EVENT_BYTES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip(), psutil.Process(process.pid)
        finally:
            process.terminate()


async def _bare() -> tuple[float, list[float]]:
    with _bare_server() as (url, process):
        async with httpx.AsyncClient(base_url=url) as client:
            before = process.memory_info().rss
            readers = await crowd(url, "/stream", {}, READERS)
            await client.get("/begin")
            await asyncio.sleep(STEPS * PAUSE / 2)
            memory = (process.memory_info().rss - before) / READERS / 1e3
            await asyncio.gather(*(reader.over for reader in readers))
    delays = [
        1000 * (came - float(sent))
        for reader in readers
        for came, piece in reader.pieces
        for sent in re.findall(rb"sent (\d+\.\d+)", piece)
    ]
    return memory, delays


if __name__ == "__main__":
    print(table(run()))
