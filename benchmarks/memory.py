"""What a tree of processes holds in memory at its worst, pages that they share counted once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_EVERY = 0.02
"""Seconds."""

MB = 1_000_000


@dataclass(slots=True)
class Peak:
    """Bytes: ``pss`` shares common pages out among their processes, ``rss`` counts them in each."""

    pss: int = 0
    rss: int = 0
    samples: int = 0


@contextmanager
def peak_of_tree(root: psutil.Process) -> Iterator[Peak]:
    """Sampled from now until the context ends."""
    peak, over = Peak(), threading.Event()
    sampler = threading.Thread(target=_sample, args=(root, peak, over))
    sampler.start()
    try:
        yield peak
    finally:
        over.set()
        sampler.join()


def _sample(root: psutil.Process, peak: Peak, over: threading.Event) -> None:
    while not over.wait(SAMPLE_EVERY):
        held = [_held(process.pid) for process in (root, *root.children(recursive=True))]
        peak.pss = max(peak.pss, sum(pss for pss, _ in held))
        peak.rss = max(peak.rss, sum(rss for _, rss in held))
        peak.samples += 1


def _held(pid: int) -> tuple[int, int]:
    """PSS and RSS of a process; nothing once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0
    fields = dict(line.split(":", 1) for line in lines[1:])
    return tuple(int(fields[name].split()[0]) * 1024 for name in ("Pss", "Rss"))  # type: ignore[return-value]
