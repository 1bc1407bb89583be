"""Reads the file of plans, an operator's own or the one that comes with LearnX."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from learnx.domain.plans import parse_plans, parse_strangers
from learnx.domain.rate_limits import StrangerLimits
from learnx.domain.spending import Limits

T = TypeVar("T")

BUILT_IN = Path(__file__).with_name("plans.toml")


def read_plans(path: Path | None) -> dict[str, Limits]:
    """Each plan's limits by its name; ``ValueError`` says what is wrong with the file, in words."""
    return _read(path or BUILT_IN, parse_plans)


def read_strangers(path: Path | None) -> StrangerLimits:
    """What those may do who are not signed in; what the operator's file leaves out is as in the one that comes with
    LearnX. ``ValueError`` as above."""
    built_in = _read(BUILT_IN, parse_strangers)
    return _read(path, lambda text: parse_strangers(text, built_in)) if path is not None else built_in


def _read(path: Path, parse: Callable[[str], T]) -> T:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} does not fit: {error}") from error
