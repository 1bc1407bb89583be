"""Plans: what each allows its users to spend, as the file of plans says it, and the budget of the whole service."""

import math
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from learnx.domain.spending import UNLIMITED, Limits
from learnx.domain.values import Value


class Budgets(Value):
    """``plans`` by name; ``default_plan`` is one of them, and also stands for plans that are not known any more."""

    plans: dict[str, Limits]
    default_plan: str
    service: Limits = UNLIMITED

    def plan_of(self, tier: str) -> tuple[str, Limits]:
        name = tier if tier in self.plans else self.default_plan
        return name, self.plans[name]


def parse_plans(text: str) -> dict[str, Limits]:
    """A TOML table for each plan, with its limits; none is no limit. ``ValueError`` says what does not fit."""
    tables = tomllib.loads(text)
    if not tables:
        raise ValueError("there is no plan in it: [unlimited] is the shortest")
    return {name: _limits(name, table) for name, table in tables.items()}


def budget_faults(budgets: Budgets, unpriced: Sequence[str]) -> list[str]:
    """One sentence for each reason not to start; ``unpriced`` are the models in use that have no known price.

    Other plans than the default one are not looked at: what their users ask of an unpriced model is refused then.
    """
    if budgets.default_plan not in budgets.plans:
        return [f"LEARNX_DEFAULT_PLAN={budgets.default_plan} is none of the plans: use {' or '.join(budgets.plans)}."]
    budgeted = budgets.plans[budgets.default_plan] != UNLIMITED or budgets.service != UNLIMITED
    if not budgeted:
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
