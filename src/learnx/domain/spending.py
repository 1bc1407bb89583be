"""What may be spent on models: the days and months that budgets are for, and what is said where one is used up."""

import math
from datetime import UTC, datetime, timedelta
from typing import Literal

from learnx.domain.errors import LearnXError, PaymentRequired, RateLimited
from learnx.domain.values import Value

BudgetName = Literal["owner_day", "owner_month", "service_day", "service_month"]

LESS = "Ask for less: fewer sections, or a shorter lesson."
STILL = "What was written before can still be read."


class Limits(Value):
    """US dollars, and how often or how many at once; None is no limit."""

    budget_usd_per_day: float | None = None
    budget_usd_per_month: float | None = None
    requests_per_minute: int | None = None
    generations_per_hour: int | None = None
    asks_per_hour: int | None = None
    uploads_per_day: int | None = None
    uploads_at_once: int | None = None
    open_streams: int | None = None

    @property
    def budgeted(self) -> bool:
        """Whether dollars are counted."""
        return self.budget_usd_per_day is not None or self.budget_usd_per_month is not None


UNLIMITED = Limits()


class Window(Value):
    """A day or a month in UTC; ``until`` is not part of it."""

    start: datetime
    until: datetime


class Spent(Value):
    """Of a window: what has been paid, and what calls that still run may cost at most."""

    spent_usd: float
    reserved_usd: float


def day_of(moment: datetime) -> Window:
    start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Window(start=start, until=start + timedelta(days=1))


def month_of(moment: datetime) -> Window:
    start = day_of(moment).start.replace(day=1)
    return Window(start=start, until=(start + timedelta(days=31)).replace(day=1))


def check_affordable(usd: float, *, own: Limits, service: Limits) -> None:
    """Refuses what no day or month can pay for: waiting would not help.

    ``PaymentRequired``, without a moment to ask again.
    """
    dear = f"This may cost up to {_dollars(usd)}, more than"
    for limit, period in ((own.budget_usd_per_day, "day"), (own.budget_usd_per_month, "month")):
        if limit is not None and usd > limit:
            raise PaymentRequired(f"{dear} your plan allows in a {period} ({_dollars(limit)}). {LESS}")
    for limit, period in ((service.budget_usd_per_day, "day"), (service.budget_usd_per_month, "month")):
        if limit is not None and usd > limit:
            raise PaymentRequired(f"{dear} this service may spend in a {period}. {LESS}")


def refusal(exhausted: BudgetName, at: datetime) -> LearnXError:
    """What is raised where a budget has no room at ``at``: after its seconds a retry is in the next day or month.

    A plan's month is paid for (402); its day, and the service's budgets, are a matter of waiting (429).
    """
    month = exhausted.endswith("month")
    until = (month_of(at) if month else day_of(at)).until
    seconds = math.ceil((until - at).total_seconds())
    opens = f"It opens again on {until:%Y-%m-%d} at {until:%H:%M} UTC."
    if exhausted.startswith("service"):
        period = "month" if month else "day"
        return RateLimited(f"This service has no budget left for the {period}. {opens} {STILL}", seconds)
    period = "this month" if month else "today"
    detail = f"What your plan allows for {period} is used up, or reserved by what is being written. {opens} {STILL}"
    if month:
        return PaymentRequired(f"{detail} A larger plan allows more.", seconds)
    return RateLimited(detail, seconds)


def _dollars(usd: float) -> str:
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.2g}"
