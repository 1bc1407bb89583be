"""What may be spent on models: budgets by plan and for the service, the days and months they are for, and refusals."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from learnx.domain.values import Value

BudgetName = Literal["owner_day", "owner_month", "service_day", "service_month"]


class Limits(Value):
    """US dollars; None is no limit."""

    budget_usd_per_day: float | None = None
    budget_usd_per_month: float | None = None


class Window(Value):
    """A day or a month in UTC; ``until`` is not part of it."""

    start: datetime
    until: datetime


class Spent(Value):
    """Of a window: what has been paid, and what calls that still run may cost at most."""

    spent_usd: float
    reserved_usd: float


class CallTotals(Value):
    """Of a window, a model and a kind of call; ``unpriced`` calls have no known cost, and are not in ``cost_usd``."""

    model: str
    kind: str
    calls: int
    prompt_tokens: int
    cached_prompt_tokens: int
    completion_tokens: int
    cost_usd: Decimal
    unpriced: int


def day_of(moment: datetime) -> Window:
    start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(start=start, until=start + timedelta(days=1))


def month_of(moment: datetime) -> Window:
    start = day_of(moment).start.replace(day=1)
    return Window(start=start, until=(start + timedelta(days=31)).replace(day=1))
