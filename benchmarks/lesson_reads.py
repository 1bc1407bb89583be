"""How fast a lesson is read again, with all that surrounds a request, beside a handler with nothing around it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import sleep

import httpx
import redis
import uvloop
from benchmarks.bare_reads import LESSON, STREAM
from benchmarks.load import answers_per_second
from benchmarks.report import Figure, table
from benchmarks.running import SAMPLE, Learner, running_stack

ROUNDS, SECONDS, WARM_UP = 7, 1.0, 1.0
JSON_SHARE, NOT_MODIFIED_SHARE, REPLAY_SHARE = 0.5, 0.7, 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    url: str
    headers: Mapping[str, str]
    status: int = 200

    async def per_second(self, seconds: float) -> float:
        return await answers_per_second(self.url, self.headers, seconds=seconds, status=self.status)


def run() -> list[Figure]:
    with running_stack(LEARNX_LOG_FORMAT="json") as stack:
        learner = Learner(stack.url)
        file = learner.upload(SAMPLE.name, SAMPLE.read_bytes())
        learner.wait_for(file)
        stream_url = f"{stack.url}/api/v1/ai/personalize/stream?fileId={file}&persona=off"
        stream, lesson_url, body, etag = _read(learner, stack.url, stream_url)
        redis_url = stack.addresses.redis_url
        assert redis_url is not None
        with redis.Redis.from_url(redis_url) as valkey:
            valkey.mset({LESSON: body, STREAM: stream})
        ours = {
            "json": Reading(lesson_url, learner.authorization),
            "304": Reading(lesson_url, {**learner.authorization, "If-None-Match": etag}, 304),
            "replay": Reading(stream_url, learner.authorization),
        }
        with _bare_server(redis_url) as bare:
            baselines = {"json": Reading(f"{bare}/lesson", {}), "replay": Reading(f"{bare}/stream", {})}
            baselines["304"] = baselines["json"]
            return uvloop.run(_figures(ours, baselines, len(body), stream.count(b"data: ")))


async def _figures(ours: dict[str, Reading], baselines: dict[str, Reading], size: int, events: int) -> list[Figure]:
    names = {
        "json": (f"cached lesson of {size} bytes as JSON, authenticated, limited", JSON_SHARE),
        "304": ("304 on an unchanged lesson, authenticated, limited", NOT_MODIFIED_SHARE),
        "replay": (f"replay of a stored lesson over SSE, {events} events, authenticated, limited", REPLAY_SHARE),
    }
    return [await _figure(name, ours[kind], baselines[kind], share) for kind, (name, share) in names.items()]


async def _figure(name: str, ours: Reading, bare: Reading, share: float) -> Figure:
    """Turn by turn, so that what else the machine does meets both; the ratio is the middle one of all turns."""
    for reading in (ours, bare):
        await reading.per_second(WARM_UP)
    turns = [(await ours.per_second(SECONDS), await bare.per_second(SECONDS)) for _ in range(ROUNDS)]
    ratio = median(one / other for one, other in turns)
    return Figure(
        name=name,
        measured=median(one for one, _ in turns),
        unit="/s",
        baseline=median(other for _, other in turns),
        ratio=ratio,
        target=f"≥ {share:.0%} of the baseline",
        ok=ratio >= share,
    )


def _read(learner: Learner, url: str, stream_url: str) -> tuple[bytes, str, bytes, str]:
    """The replay as it is sent, and the lesson with its address, body and ETag; both are cached then."""
    with httpx.Client(headers=learner.authorization, timeout=60) as client:
        client.get(stream_url).raise_for_status()
        sleep(1)
        replay = client.get(stream_url).raise_for_status().content
        last = replay.rstrip().rpartition(b"data: ")[2]
        address = f"{url}/api/v1/lessons/{json.loads(last)['lessonId']}"
        reply = client.get(address).raise_for_status()
        return replay, address, reply.content, reply.headers["etag"]


@contextmanager
def _bare_server(redis_url: str) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.bare_reads", redis_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


if __name__ == "__main__":
    print(table(run()))
