"""Plans come from a file, and a budget that can't be kept is found out before anything starts."""

import pytest

from learnx.domain.plans import Budgets, budget_faults, parse_plans
from learnx.domain.spending import UNLIMITED, Limits

SMALL = Limits(budget_usd_per_day=1)


def test_a_plan_is_a_table_and_a_missing_limit_is_none() -> None:
    assert parse_plans("[unlimited]\n[small]\nbudget_usd_per_day = 1\n") == {"unlimited": UNLIMITED, "small": SMALL}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no plan in it"),
        ("free = 3", r"write \[free\]"),
        ("[free]\nbudget = 3", "no limit named budget: use budget_usd_per_day or budget_usd_per_month"),
        ("[free]\nbudget_usd_per_day = -1", "budget_usd_per_day of the plan free does not fit"),
        ("[free]\nbudget_usd_per_day = '1'", "does not fit"),
        ("[free]\nbudget_usd_per_day = true", "does not fit"),
        ("[free]\nbudget_usd_per_day = inf", "does not fit"),
        ("[free]\nbudget_usd_per_day = nan", "does not fit"),
        ("[free", "Expected"),
    ],
)
def test_what_does_not_fit_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_plans(text)


def test_a_plan_that_is_not_known_any_more_is_the_default_one() -> None:
    budgets = Budgets(plans={"small": SMALL, "unlimited": UNLIMITED}, default_plan="small")
    assert budgets.plan_of("unlimited") == ("unlimited", UNLIMITED)
    assert budgets.plan_of("gold") == ("small", SMALL)


def test_a_budget_needs_the_price_of_every_model() -> None:
    plans = {"small": SMALL, "unlimited": UNLIMITED}
    free = Budgets(plans=plans, default_plan="unlimited")
    assert budget_faults(free, ["openai/own"]) == []
    for budgets in (
        Budgets(plans=plans, default_plan="small"),
        Budgets(plans=plans, default_plan="unlimited", service=SMALL),
    ):
        assert budget_faults(budgets, []) == []
        (fault,) = budget_faults(budgets, ["openai/own"])
        assert fault.startswith("LEARNX_LLM_PRICES is missing for openai/own")


def test_the_default_plan_is_one_of_the_plans() -> None:
    assert budget_faults(Budgets(plans={"small": SMALL}, default_plan="gold"), []) == [
        "LEARNX_DEFAULT_PLAN=gold is none of the plans: use small."
    ]
