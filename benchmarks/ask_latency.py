"""How soon the first sentence of an answer is read, of a course of 500 chunks and without a provider."""

import asyncio
import json
from statistics import quantiles
from time import perf_counter

import httpx
from benchmarks.learner import CORPORA
from benchmarks.report import Figure, table
from benchmarks.running import Learner, running_stack

FILES, CHUNKS = 5, 500
#: Paragraphs are taken until the service has made so many chunks of them; a chunk has about as many characters.
CHUNK_CHARACTERS = 1_650
WARM_UPS, RUNS = 20, 200
WITHIN = 150.0
"""Milliseconds, in 95 of 100 cases."""


def run() -> list[Figure]:
    with running_stack() as stack:
        learner = Learner(stack.url)
        for number, text in enumerate(_texts()):
            learner.wait_for(learner.upload(f"part-{number}.txt", text.encode()))
        return asyncio.run(_figures(stack.url, learner))


async def _figures(url: str, learner: Learner) -> list[Figure]:
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", headers=learner.authorization, timeout=60) as client:
        files = (await client.get("/files")).raise_for_status().json()["items"]
        course, chunks = files[0]["courseId"], sum(file["chunkCount"] for file in files)
        answers, nothing, answered = [], [], 0
        for number, question in zip(range(WARM_UPS + RUNS), _questions(), strict=False):
            seconds, says = await _first_sentence(client, course, question)
            started = perf_counter()
            (await client.get("/me")).raise_for_status()
            if number >= WARM_UPS:
                answers.append(seconds)
                nothing.append(perf_counter() - started)
                answered += says
    (p50, p95), (empty_p50, empty_p95) = _p50_p95(answers), _p50_p95(nothing)
    return [
        Figure(
            name=f"ask, offline model, {chunks} chunks: first sentence, p50; beside a request for nothing",
            measured=p50,
            unit="ms",
            baseline=empty_p50,
            ratio=p50 / empty_p50,
        ),
        Figure(
            name="the same, p95",
            measured=p95,
            unit="ms",
            baseline=empty_p95,
            ratio=p95 / empty_p95,
            target=f"≤ {WITHIN:g} ms of ≥ {CHUNKS} chunks",
            ok=p95 <= WITHIN and chunks >= CHUNKS,
        ),
        Figure(name="share of them answered, and not said to be unanswered", measured=answered / RUNS),
    ]


async def _first_sentence(client: httpx.AsyncClient, course: str, question: str) -> tuple[float, bool]:
    """Seconds from the request on, and whether it was answered; the stream is read to its end."""
    started, first, answered = perf_counter(), 0.0, False
    body = {"question": question, "courseId": course}
    async with client.stream("POST", "/ai/ask", json=body, headers={"Accept": "text/event-stream"}) as reply:
        reply.raise_for_status()
        async for line in reply.aiter_lines():
            event = json.loads(line[6:]) if line.startswith("data: ") else {}
            if event.get("type") == "sentence" and not first:
                first = perf_counter() - started
            answered = answered or event.get("answered") is True
    if not first:
        raise RuntimeError("the answer had no sentence")
    return first, answered


def _p50_p95(seconds: list[float]) -> tuple[float, float]:
    """In milliseconds."""
    percent = quantiles(seconds, n=100)
    return percent[49] * 1000, percent[94] * 1000


def _texts() -> list[str]:
    """Consecutive paragraphs of a textbook, in as many files."""
    folder = CORPORA / "qa" / "openstax.psychology"
    passages = [json.loads(line)["text"] for line in (folder / "passages.jsonl").read_text().splitlines()]
    each = CHUNKS * CHUNK_CHARACTERS // FILES
    texts = [""]
    for passage in passages:
        if len(texts[-1]) > each:
            texts.append("")
        texts[-1] += passage + "\n\n"
    return texts[:FILES]


def _questions() -> list[str]:
    folder = CORPORA / "qa" / "openstax.psychology"
    asked = [json.loads(line)["question"] for line in (folder / "review.jsonl").read_text().splitlines()]
    return [question for question in asked if question.strip()][: WARM_UPS + RUNS]


if __name__ == "__main__":
    print(table(run()))
