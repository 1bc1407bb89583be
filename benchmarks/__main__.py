"""Measures what was promised, and prints one table: ``python -m benchmarks [--only NAME]``."""

import argparse
import importlib
import sys
import time
import traceback
from pathlib import Path

from benchmarks.learner import CORPORA
from benchmarks.report import Figure, NotMeasured, table

NAMES = (
    "demo",
    "pipeline",
    "api_process",
    "first_delta",
    "retrieval_latency",
    "search_latency",
    "retrieval_quality",
    "ask_latency",
    "prompt_prefix",
    "simulated_month",
    "lesson_reads",
    "invalidation",
    "many_readers",
    "many_generations",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="may be given more than once")
    names = parser.parse_args().only or NAMES
    rows: list[Figure | NotMeasured] = []
    failed = []
    for name in names:
        started = time.monotonic()
        try:
            rows += importlib.import_module(f"benchmarks.{name}").run()
        except FileNotFoundError as absent:
            if absent.filename is None or CORPORA not in Path(absent.filename).parents:
                traceback.print_exc()
                failed.append(name)
            else:
                rows.append(NotMeasured(name=name, reason=f"{Path(absent.filename).name} is not in the corpora"))
        except Exception:  # what was measured so far took minutes
            traceback.print_exc()
            failed.append(name)
        print(f"{name}: measured in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    if failed:
        sys.exit(f"not measured, see above: {', '.join(failed)}")


if __name__ == "__main__":
    main()
