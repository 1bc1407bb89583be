"""Plans: what each allows its users to spend, as the file of plans says it, and the budget of the whole service."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from learnx.domain.spending import UNLIMITED, Limits
from learnx.domain.values import Value


class Budgets(Value):
    """``plans`` by name, of which ``default_plan`` is one: everybody has it, unless there are ``subscriptions``, and
    then those whose own is none of the plans any more."""

    plans: dict[str, Limits]
    default_plan: str
    service: Limits = UNLIMITED
    subscriptions: bool = False

    @property
    def limited(self) -> bool:
        """Whether there is anybody who has a limit."""
        in_use = self.plans.values() if self.subscriptions else (self.plans[self.default_plan],)
        return any(limits != UNLIMITED for limits in (*in_use, self.service))

    def plan_of(self, subscription_tier: str) -> tuple[str, Limits]:
        own = self.subscriptions and subscription_tier in self.plans
        name = subscription_tier if own else self.default_plan
        return name, self.plans[name]


def parse_plans(text: str) -> dict[str, Limits]:
    """A TOML table for each plan, with its limits; none is no limit. ``ValueError`` says what does not fit."""
    tables = tomllib.loads(text)
    if not tables:
        raise ValueError("there is no plan in it: [unlimited] is the shortest")
    return {name: _limits(name, table) for name, table in tables.items()}


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


def _limits(plan: str, table: Any) -> Limits:
    if not isinstance(table, Mapping):
        raise ValueError(f"{plan} is no plan: write [{plan}], and its limits below")
    known = Limits.__struct_fields__
    for name, usd in table.items():
        if name not in known:
            raise ValueError(f"the plan {plan} has no limit named {name}: use {' or '.join(known)}")
        if isinstance(usd, bool) or not isinstance(usd, (int, float)) or not 0 <= usd < math.inf:
            raise ValueError(f"{name} of the plan {plan} does not fit: give US dollars, 0 or more")
    return Limits(**{name: float(usd) for name, usd in table.items()})
