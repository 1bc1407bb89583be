"""What an owner has used: tokens and money, by day, month, model and kind of call."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Any

from msgspec import Meta, field

from learnx.domain.spending import Spent, Window
from learnx.domain.values import Value

Dollars = Annotated[float, Meta(ge=0, examples=[0.0412])]
Count = Annotated[int, Meta(ge=0, examples=[12])]
Tokens = Annotated[int, Meta(ge=0, examples=[48_210])]
Moment = Annotated[datetime, Meta(examples=["2026-11-01T00:00:00Z"])]


class Consumed(Value):
    calls: Count
    prompt_tokens: Tokens
    cached_prompt_tokens: Tokens
    completion_tokens: Tokens


class CallTotals(Consumed):
    """Of a window, a model and a kind of call; ``unpriced`` calls have no known cost, and are not in ``cost_usd``."""

    model: str
    kind: str
    cost_usd: Decimal
    unpriced: int


class WindowUsage(Consumed):
    """``from`` is part of the window, ``until`` is not. ``reservedUsd`` is what running calls may cost at most;
    ``budgetUsd`` is null where there is no limit."""

    start: Moment = field(name="from")
    until: Moment
    spent_usd: Dollars
    reserved_usd: Dollars
    budget_usd: Dollars | None


class ModelUsage(Consumed):
    """``costUsd`` is null where the price of a call is not known."""

    model: Annotated[str, Meta(examples=["openai/gpt-4o"])]
    cost_usd: Dollars | None


class KindUsage(Consumed):
    """``costUsd`` is null where the price of a call is not known."""

    kind: Annotated[str, Meta(examples=["lesson"])]
    cost_usd: Dollars | None


class UsageReport(Value):
    """Days and months are in UTC. ``byModel`` and ``byKind`` are of the month."""

    plan: Annotated[str, Meta(examples=["free"])]
    day: WindowUsage
    month: WindowUsage
    by_model: tuple[ModelUsage, ...]
    by_kind: tuple[KindUsage, ...]


def window_usage(window: Window, spent: Spent, budget_usd: float | None, totals: Sequence[CallTotals]) -> WindowUsage:
    return WindowUsage(
        start=window.start,
        until=window.until,
        spent_usd=spent.spent_usd,
        reserved_usd=spent.reserved_usd,
        budget_usd=budget_usd,
        **_consumed(totals),
    )


def by_model(totals: Sequence[CallTotals]) -> tuple[ModelUsage, ...]:
    groups = _grouped(totals, lambda total: total.model)
    return tuple(ModelUsage(model=name, cost_usd=_cost(group), **_consumed(group)) for name, group in groups)


def by_kind(totals: Sequence[CallTotals]) -> tuple[KindUsage, ...]:
    groups = _grouped(totals, lambda total: total.kind)
    return tuple(KindUsage(kind=name, cost_usd=_cost(group), **_consumed(group)) for name, group in groups)


def _grouped(totals: Sequence[CallTotals], name: Callable[[CallTotals], str]) -> list[tuple[str, list[CallTotals]]]:
    return [(key, list(group)) for key, group in groupby(sorted(totals, key=name), key=name)]


def _consumed(totals: Sequence[CallTotals]) -> dict[str, Any]:
    return {name: sum(getattr(total, name) for total in totals) for name in Consumed.__struct_fields__}


def _cost(totals: Sequence[CallTotals]) -> float | None:
    if any(total.unpriced for total in totals):
        return None
    return float(sum(total.cost_usd for total in totals))
