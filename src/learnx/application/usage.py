"""What a user has used and may still spend, asked of the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from learnx.application.ports.database import Database
from learnx.domain.identity import Principal
from learnx.domain.plans import Budgets
from learnx.domain.spending import day_of, month_of
from learnx.domain.usage import UsageReport, by_kind, by_model, window_usage


@dataclass(frozen=True, slots=True)
class GetUsage:
    """Of today and of this month (UTC)."""

    database: Database
    budgets: Budgets
    clock: Callable[[], datetime]

    async def __call__(self, principal: Principal) -> UsageReport:
        at = self.clock()
        day, month = day_of(at), month_of(at)
        async with self.database.transaction(principal.user_id) as tx:
            plan, limits = self.budgets.plan_of((await tx.users.get()).subscription_tier)
            today, this_month = await tx.model_calls.totals(day), await tx.model_calls.totals(month)
            spent_today = await tx.spending.totals(day, at=at)
            spent_this_month = await tx.spending.totals(month, at=at)
        return UsageReport(
            plan=plan,
            day=window_usage(day, spent_today, limits.budget_usd_per_day, today),
            month=window_usage(month, spent_this_month, limits.budget_usd_per_month, this_month),
            by_model=by_model(this_month),
            by_kind=by_kind(this_month),
        )
