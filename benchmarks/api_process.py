"""What an API process costs before it is of use, beside an empty process that imports the same libraries."""

import json
import subprocess
import sys
from dataclasses import dataclass

from benchmarks.memory import MB
from benchmarks.report import Figure
from benchmarks.running import SAMPLE, Learner, running_stack

RUNS = 5
IMPORTS_WITHIN, AFTER_START, WITH_EMBEDDER = 1.5, 150, 230
"""Seconds, MB, MB."""

_OURS = "import learnx.entrypoints.http.app, learnx.entrypoints.http.server"
_BARE = "import litestar, dishka, sqlalchemy.ext.asyncio, asyncpg, redis.asyncio, saq, uvicorn, structlog"
_BARE_AND_EMBEDDER = f"""{_BARE}
import pathlib, wordllama
folder = pathlib.Path(wordllama.__file__).parent
wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed(["warm"])"""
_MEASURED = """
import json, sys, time
started = time.perf_counter()
{statements}
seconds = time.perf_counter() - started
resident = next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]
print(json.dumps({{"seconds": seconds, "resident": int(resident) * 1024, "litellm": "litellm" in sys.modules}}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a process of its own: seconds, bytes, and whether litellm was imported."""

    seconds: float
    resident: int
    litellm: bool


def run() -> list[Figure]:
    imports, bare, with_wordllama = _cost(_OURS), _cost(_BARE), _cost(_BARE_AND_EMBEDDER)
    with running_stack() as stack:
        serve = stack.child("serve")
        after_start = serve.memory_info().rss
        learner = Learner(stack.url)
        file = learner.upload(SAMPLE.name, SAMPLE.read_bytes())
        learner.wait_for(file)
        learner.plain_lesson(file, focus="memory cells")
        with_embedder = serve.memory_info().rss
    return [
        _row(
            "API process, imports (baseline: its libraries alone)", imports.seconds, bare.seconds, IMPORTS_WITHIN, "s"
        ),
        _row("API process, memory after start", after_start / MB, bare.resident / MB, AFTER_START, "MB"),
        _row(
            "API process, memory after a lesson, embedder loaded",
            with_embedder / MB,
            with_wordllama.resident / MB,
            WITH_EMBEDDER,
            "MB",
        ),
        _row("API process, litellm imported before its first use", int(imports.litellm), None, 0, ""),
    ]


def _cost(statements: str) -> Cost:
    """Of the quickest of some processes."""
    command = [sys.executable, "-c", _MEASURED.format(statements=statements)]
    return min((Cost(**json.loads(subprocess.check_output(command))) for _ in range(RUNS)), key=lambda one: one.seconds)


def _row(name: str, measured: float, baseline: float | None, limit: float, unit: str) -> Figure:
    return Figure(
        name=name,
        measured=measured,
        unit=unit,
        baseline=baseline,
        target=f"≤ {limit:g} {unit}".rstrip(),
        ok=measured <= limit,
    )
