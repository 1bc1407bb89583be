"""Plans: what each allows its users, as the file of plans says it, and the budget of the whole service."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from learnx.domain.rate_limits import StrangerLimits
from learnx.domain.spending import UNLIMITED, Limits
from learnx.domain.values import Value

#: The table that is no plan: what those may do who are not signed in.
STRANGERS = "strangers"
#: More a minute, hour or day than any server answers; beyond it the steps between two are too short to count.
MOST = 1_000_000


class Budgets(Value):
    """``plans`` by name, of which ``default_plan`` is one: everybody has it, unless there are ``subscriptions``, and
    then those whose own is none of the plans any more."""

    plans: dict[str, Limits]
    default_plan: str
    service: Limits = UNLIMITED
    subscriptions: bool = False

    @property
    def limited(self) -> bool:
        """Whether there is anybody who has a budget."""
        in_use = self.plans.values() if self.subscriptions else (self.plans[self.default_plan],)
        return any(limits.budgeted for limits in (*in_use, self.service))

    def plan_of(self, subscription_tier: str) -> tuple[str, Limits]:
        own = self.subscriptions and subscription_tier in self.plans
        name = subscription_tier if own else self.default_plan
        return name, self.plans[name]


def parse_plans(text: str) -> dict[str, Limits]:
    """A TOML table for each plan, with its limits; none is no limit. ``ValueError`` says what does not fit."""
    tables = {name: table for name, table in tomllib.loads(text).items() if name != STRANGERS}
    if not tables:
        raise ValueError("there is no plan in it: [unlimited] is the shortest")
    return {name: Limits(**_fitting(f"the plan {name}", name, table, Limits)) for name, table in tables.items()}


def parse_strangers(text: str, built_in: StrangerLimits | None = None) -> StrangerLimits:
    """The table ``strangers``; what is missing there is as ``built_in``. ``ValueError`` says what does not fit."""
    table = tomllib.loads(text).get(STRANGERS, {})
    given = _fitting(f"the table {STRANGERS}", STRANGERS, table, StrangerLimits)
    usual = msgspec.structs.asdict(built_in) if built_in is not None else {}
    return StrangerLimits(**usual | given)


def budget_faults(budgets: Budgets, unpriced: Sequence[str]) -> list[str]:
    """One sentence for each reason not to start; ``unpriced`` are the models in use that have no known price."""
    plans = budgets.plans
    if budgets.default_plan not in plans:
        return [f"LEARNX_DEFAULT_PLAN={budgets.default_plan} is none of the plans: use {' or '.join(plans)}."]
    if not budgets.limited:
        return []
    return [
        f"LEARNX_LLM_PRICES is missing for {model}: without its price a budget can't be kept "
        f"({model}=prompt/completion, in US dollars for a million tokens)."
        for model in unpriced
    ]


def _fitting(where: str, name: str, table: Any, kind: type[Value]) -> dict[str, Any]:
    if not isinstance(table, Mapping):
        raise ValueError(f"{name} is no plan: write [{name}], and its limits below")
    known = kind.__struct_fields__
    for limit in table:
        if limit not in known:
            raise ValueError(f"{where} has no limit named {limit}: use {' or '.join(known)}")
    return {limit: _amount(where, limit, amount) for limit, amount in table.items()}


def _amount(where: str, limit: str, amount: Any) -> float | int:
    number = isinstance(amount, int | float) and not isinstance(amount, bool)
    if limit.startswith("budget_usd"):
        if not number or not 0 <= amount < math.inf:
            raise ValueError(f"{limit} of {where} does not fit: give US dollars, 0 or more")
        return float(amount)
    if not number or not 1 <= amount <= MOST or amount != int(amount):
        raise ValueError(f"{limit} of {where} does not fit: give a whole number from 1 to {MOST:,}")
    return int(amount)
