"""Reads the file of plans, an operator's own or the one that comes with LearnX."""

from pathlib import Path

from learnx.domain.plans import parse_plans
from learnx.domain.spending import Limits

BUILT_IN = Path(__file__).with_name("plans.toml")


def read_plans(path: Path | None) -> dict[str, Limits]:
    """Each plan's limits by its name; ``ValueError`` says what is wrong with the file, in words."""
    try:
        return parse_plans((path or BUILT_IN).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} does not fit: {error}") from error
