"""One promised figure, as a benchmark measured it, beside its baseline."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``ratio`` is measured over baseline; ``target`` is said in words, and ``ok`` whether it was reached.

    What has no baseline or no target leaves them out.
    """

    name: str
    measured: float
    unit: str = ""
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    ok: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A figure, or several, that could not be measured here, and why."""

    name: str
    reason: str


def table(figures: Iterable[Figure | NotMeasured]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | measured | baseline | ratio | target | ok |", "| --- | --- | --- | --- | --- | --- |"]
    for figure in figures:
        if isinstance(figure, NotMeasured):
            lines.append(f"| {figure.name} | not measured: {figure.reason} | | | | |")
            continue
        ok = {True: "ok", False: "**MISSED**", None: ""}[figure.ok]
        unit = f" {figure.unit}" if figure.unit else ""
        lines.append(
            f"| {figure.name} | {figure.measured:.4g}{unit} | {_optional(figure.baseline)} "
            f"| {_optional(figure.ratio)} | {figure.target} | {ok} |"
        )
    return "\n".join(lines)


def _optional(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"
