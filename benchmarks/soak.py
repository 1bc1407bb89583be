"""Kills and stalls under load: ``python -m benchmarks.soak``, for SOAK_SECONDS, ends in one table and in what differs.

Learners upload documents, hostile ones among them, and read lessons, while the worker, the API and Postgres are killed
and Valkey is stopped. Every document has to end as it did before, undisturbed, with the same chunks. Then come
the scenarios of streams in bad weather, at full length.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import psutil
from benchmarks import soak_streams
from benchmarks.learner import CORPORA
from benchmarks.memory import MB
from benchmarks.patient_learner import PATIENCE, Outcome, PatientLearner
from benchmarks.running import SAMPLE, Stack, running_stack

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
LEARNERS, READERS = 3, 2
BETWEEN_FAULTS = (6.0, 14.0)
STALLED = 5.0
"""Seconds, of which the last is how long Valkey is stopped."""

FAULTS = {"worker": "worker", "API": "serve", "Postgres": "postgres", "Valkey": "valkey-server"}
PROBE = ("probe.md", b"# Probe\n\nEach cell divides in two, and each of the two divides again.\n")
FOLDERS = ("md", "docx", "pptx", "docx_bad", "pptx_bad", "derived", "pdf_nasty/encrypted", "pdf_nasty/malformed")
LARGEST = 300_000
UNSETTLED = "status NOT IN ('completed', 'failed')"
PARTIAL = {
    "files neither completed nor failed": UNSETTLED,
    "completed files whose chunks are not those that they count": "status = 'completed' AND chunk_count IS DISTINCT "
    "FROM (SELECT count(*) FROM chunks WHERE chunks.file_id = files.id)",
    "failed files with chunks": "status = 'failed' AND EXISTS (SELECT FROM chunks WHERE chunks.file_id = files.id)",
}


@dataclass
class Record:
    """What happened; ``slowest`` holds seconds."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def took(self, what: str, since: float) -> None:
        self.counts[what] += 1
        self.slowest[what] = max(self.slowest.get(what, 0.0), time.monotonic() - since)


def documents() -> list[tuple[str, bytes]]:
    """The sample, a damaged copy of it, and of the corpora, where they are, what is not too long."""
    sample = SAMPLE.read_bytes()
    found = [(SAMPLE.name, sample), ("truncated.pdf", sample[: len(sample) // 2]), ("empty.pdf", b"%PDF-1.7\n")]
    paths = [path for folder in FOLDERS if (CORPORA / folder).is_dir() for path in sorted((CORPORA / folder).iterdir())]
    return found + [(path.name, path.read_bytes()) for path in paths if path.stat().st_size < LARGEST]


async def upload(
    learner: PatientLearner, expected: dict[str, tuple[bytes, Outcome]], until: float, record: Record
) -> None:
    while time.monotonic() < until:
        name = random.choice(list(expected))
        content, right = expected[name]
        since = time.monotonic()
        _, outcome = await learner.outcome(name, content)
        record.took(f"documents {outcome[0]}", since)
        if outcome != right:
            kind = "chunks differ" if outcome[:2] == right[:2] else f"{outcome[:2]} instead of {right[:2]}"
            record.wrong.append(f"{name}: {kind}")


async def read(learner: PatientLearner, file: str, until: float, record: Record) -> None:
    """Lessons, each left in the middle and resumed, until its stream is complete; then it is what is stored."""
    while time.monotonic() < until:
        since, last, seen = time.monotonic(), None, list[tuple[str, str]]()
        complete = None
        while complete is None and time.monotonic() < since + PATIENCE:
            leave_after = random.randint(1, 60)
            try:
                async for place, event in learner.events(file, last):
                    last = place or last
                    if event["type"] in ("start", "restart"):
                        seen.clear()
                    elif event["type"] == "sentence":
                        seen.append((event["sentenceId"], event["text"]))
                    elif event["type"] == "complete":
                        complete = event["lessonId"]
                    elif event["type"] == "error":
                        last = None
                    leave_after -= 1
                    if leave_after == 0 and complete is None:
                        break
                record.counts["streams resumed by Last-Event-ID"] += complete is None and last is not None
            except httpx.HTTPStatusError as refused:
                if refused.response.status_code == 404:  # its writer was killed, and its log with it
                    record.counts["lessons asked for again after a 404"] += 1
                    last = None
                await asyncio.sleep(0.2)
            except httpx.TransportError:
                record.counts["streams that broke off"] += 1
                await asyncio.sleep(0.2)
        if complete is None:
            record.wrong.append("a lesson never ended")
            continue
        record.took("lessons completed", since)
        sections = (await learner.ask("GET", f"/lessons/{complete}"))["sections"]
        if seen != [(one["id"], one["text"]) for section in sections for one in section["sentences"]]:
            record.wrong.append("a lesson was read otherwise than it is stored")


async def disturb(stack: Stack, prober: PatientLearner, until: float, record: Record) -> None:
    """One fault after the other; each is over once a document that came after it is completed."""
    while time.monotonic() < until:
        for what in random.sample(list(FAULTS), len(FAULTS)):
            await asyncio.sleep(random.uniform(*BETWEEN_FAULTS))
            if time.monotonic() > until:
                return
            victim, since = await child(stack, FAULTS[what]), time.monotonic()
            if what == "Valkey":
                victim.suspend()
                await asyncio.sleep(STALLED)
                victim.resume()
            else:
                victim.send_signal(signal.SIGQUIT if what == "Postgres" else signal.SIGKILL)
            await prober.outcome(*PROBE)
            record.took(f"{what} {'stopped for 5 s' if what == 'Valkey' else 'killed'}, until a probe is done", since)


async def child(stack: Stack, name: str) -> psutil.Process:
    async with asyncio.timeout(PATIENCE):
        while True:
            for process in stack.process.children():
                with suppress(psutil.Error):
                    if any(Path(word).name == name for word in process.cmdline()[:3]):
                        return process
            await asyncio.sleep(0.1)


async def check_rows(stack: Stack, record: Record) -> None:
    """Where the reply to an upload was lost, the document is processed all the same: that is waited for."""
    connection = await asyncpg.connect(stack.addresses.admin_url)
    waited_until = time.monotonic() + PATIENCE
    while await connection.fetchval(f"SELECT count(*) FROM files WHERE {UNSETTLED}"):
        if time.monotonic() > waited_until:
            break
        await asyncio.sleep(0.5)
    for what, condition in PARTIAL.items():
        if count := await connection.fetchval(f"SELECT count(*) FROM files WHERE {condition}"):
            record.wrong.append(f"{count} {what}")
    await connection.close()


async def soak(stack: Stack, record: Record) -> None:
    async with httpx.AsyncClient(base_url=f"{stack.url}/api/v1", timeout=30) as http:
        learners = [PatientLearner(http) for _ in range(LEARNERS + READERS + 1)]
        for learner in learners:
            await learner.register()
        prober, *others = learners
        expected = {name: (content, (await prober.outcome(name, content))[1]) for name, content in documents()}
        files = [(reader, (await reader.outcome(SAMPLE.name, SAMPLE.read_bytes()))[0]) for reader in others[:READERS]]
        record.counts["worker before, MB"] = (await child(stack, "worker")).memory_info().rss // MB
        until = time.monotonic() + SECONDS
        async with asyncio.TaskGroup() as group:
            group.create_task(disturb(stack, prober, until, record))
            for learner in others[READERS:]:
                group.create_task(upload(learner, expected, until, record))
            for reader, file in files:
                group.create_task(read(reader, file, until, record))
        record.counts["worker after, MB"] = (await child(stack, "worker")).memory_info().rss // MB
    await check_rows(stack, record)


def tell(name: str, found: str, seconds: float, record: Record) -> None:
    print(f"| {name} | {found or 'held'} | {seconds:.1f} |", flush=True)
    if found.startswith("FAILED"):
        record.wrong.append(f"{name}: {found}")


def main() -> None:
    record = Record()
    with running_stack(LEARNX_LOG_LEVEL="warning") as stack:
        asyncio.run(soak(stack, record))
        tree = stack.process.children(recursive=True)
    _, alive = psutil.wait_procs(tree, timeout=10)
    record.wrong += [f"left running: {process}" for process in alive]
    print(f"| in {SECONDS:g} s | count | slowest, s |\n| --- | --- | --- |")
    for what, count in sorted(record.counts.items()):
        slowest = f"{record.slowest[what]:.1f}" if what in record.slowest else ""
        print(f"| {what} | {count} | {slowest} |")
    soak_streams.run(lambda name, found, seconds: tell(name, found, seconds, record))
    print(f"| **not as it should be** | {len(record.wrong)} | |")
    sys.exit("\n".join(record.wrong) or 0)


if __name__ == "__main__":
    main()
