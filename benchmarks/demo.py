"""How long a newcomer waits for the first lesson: ``make demo`` in a fresh clone, and once the environment is there."""

import os
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.report import Figure
from benchmarks.running import REPOSITORY

FRESH_WITHIN, AGAIN_WITHIN = 120, 20
"""Seconds; the packages are in the installer's cache, as they are after ``make setup`` here."""


def run() -> list[Figure]:
    """Of what is committed, not of the work tree."""
    with TemporaryDirectory(prefix="learnx-demo-") as folder:
        clone = Path(folder, "learnx")
        subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
        fresh, again = _seconds_of_demo(clone), _seconds_of_demo(clone)
    return [
        _row("make demo in a fresh clone, packages cached", fresh, FRESH_WITHIN),
        _row("make demo with the environment in place (baseline: the fresh clone)", again, AGAIN_WITHIN, fresh),
    ]


def _seconds_of_demo(clone: Path) -> float:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("LEARNX_", "VIRTUAL_ENV"))}
    started = time.perf_counter()
    demo = subprocess.run(["make", "demo"], cwd=clone, env=outside, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    if demo.returncode or not demo.stdout.strip():
        raise RuntimeError(f"make demo ended with {demo.returncode}:\n{demo.stderr[-2000:]}")
    return seconds


def _row(name: str, seconds: float, limit: int, baseline: float | None = None) -> Figure:
    return Figure(name=name, measured=seconds, unit="s", baseline=baseline, target=f"≤ {limit} s", ok=seconds <= limit)
