"""Measures how true and how personal lessons are, without a model judge: ``python -m evaluation [--only NAME]``."""

import argparse
import importlib
import os
import sys
import time
from pathlib import Path

from evaluation.report import Table, rendered

REPOSITORY = Path(__file__).parent.parent
CORPORA = Path(os.environ.get("LEARNX_CORPORA", REPOSITORY.parent / "shared" / "data"))
PAGE = REPOSITORY / "docs" / "evaluation.md"
NAMES = (
    "retrieval",
    "chunking",
    "grounding",
    "coverage",
    "personalization",
    "injection",
    "answers",
    "summaries",
    "search",
)
HEAD = """\
# Evaluation

What `make eval` printed last: all of it is deterministic, offline and without a model that judges. The documents and
question sets are test corpora that are not part of the repository.

"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evaluation", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, help="may be given more than once")
    parser.add_argument("--write", action="store_true", help=f"write the tables to {PAGE.relative_to(REPOSITORY)}")
    chosen = parser.parse_args()
    if not CORPORA.is_dir():
        print(f"There are no corpora in {CORPORA}: say where they are in LEARNX_CORPORA.", file=sys.stderr)
        return 2
    tables: list[Table] = []
    for name in chosen.only or NAMES:
        started = time.monotonic()
        found = importlib.import_module(f"evaluation.{name}").run(CORPORA)
        print(rendered(found), flush=True)
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        tables += found
    if chosen.write:
        PAGE.write_text(HEAD + rendered(tables), encoding="utf-8")
    missed = [promise for table in tables for promise in table.missed]
    for promise in missed:
        print(f"missed: {promise}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
