"""One table of the evaluation: what was measured, and beside it what is promised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``rows`` have as many cells as ``columns``; ``missed`` says in words which promises did not hold."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: str = ""
    missed: Sequence[str] = ()


def rendered(tables: Iterable[Table]) -> str:
    """The tables as Markdown."""
    return "\n\n".join(_rendered(table) for table in tables) + "\n"


def _rendered(table: Table) -> str:
    lines = [f"## {table.title}", ""]
    lines += [_row(table.columns), _row(["---"] * len(table.columns)), *map(_row, table.rows)]
    if table.notes:
        lines += ["", table.notes]
    lines += [f"\n**Missed:** {promise}" for promise in table.missed]
    return "\n".join(lines)


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
