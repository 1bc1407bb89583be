"""Plans come from a file, and a budget that can't be kept is found out before anything starts."""

import pytest

from learnx.domain.plans import Budgets, budget_faults, parse_plans, parse_strangers
from learnx.domain.rate_limits import StrangerLimits
from learnx.domain.spending import UNLIMITED, Limits

SMALL = Limits(budget_usd_per_day=1)
STRANGERS = "[strangers]\n" + "\n".join(f"{name} = 9" for name in StrangerLimits.__struct_fields__)


def test_a_plan_is_a_table_and_a_missing_limit_is_none() -> None:
    assert parse_plans("[unlimited]\n[small]\nbudget_usd_per_day = 1\n") == {"unlimited": UNLIMITED, "small": SMALL}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "there is no plan in it"),
        ("free = 3", r"write \[free\]"),
        (
            "[free]\nbudget = 3",
            "no limit named budget: use budget_usd_per_day or budget_usd_per_month or",
        ),
        ("[free]\nbudget_usd_per_day = -1", "budget_usd_per_day of the plan free does not fit"),
        ("[free]\nbudget_usd_per_day = '1'", "does not fit"),
        ("[free]\nbudget_usd_per_day = true", "does not fit"),
        ("[free]\nbudget_usd_per_day = inf", "does not fit"),
        ("[free]\nbudget_usd_per_day = nan", "does not fit"),
        ("[free]\nasks_per_hour = 0", "asks_per_hour of the plan free does not fit: give a whole number from 1"),
        ("[free]\nasks_per_hour = 1.5", "give a whole number"),
        ("[free]\nasks_per_hour = inf", "give a whole number"),
        ("[free]\nopen_streams = 1000001", "give a whole number"),
        ("[strangers]\nlogins_per_hour = 5", "there is no plan in it"),
        ("[free", "Expected"),
    ],
)
def test_what_does_not_fit_is_said_in_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_plans(text)


def test_what_strangers_may_do_is_as_usual_where_the_file_says_nothing() -> None:
    usual = parse_strangers(STRANGERS)
    assert parse_strangers("[free]\n", usual) == usual
    changed = parse_strangers("[free]\n[strangers]\nlogins_per_hour = 5\n", usual)
    assert (changed.logins_per_hour, changed.requests_per_minute) == (5, usual.requests_per_minute)
    with pytest.raises(ValueError, match="the table strangers has no limit named logins"):
        parse_strangers("[strangers]\nlogins = 5\n", usual)


def test_everybody_has_the_default_plan_where_there_are_no_subscriptions() -> None:
    budgets = Budgets(plans={"small": SMALL, "unlimited": UNLIMITED}, default_plan="small")
    assert budgets.plan_of("unlimited") == ("small", SMALL)


def test_a_subscription_to_what_is_no_plan_any_more_is_the_default_one() -> None:
    budgets = Budgets(plans={"small": SMALL, "unlimited": UNLIMITED}, default_plan="small", subscriptions=True)
    assert budgets.plan_of("unlimited") == ("unlimited", UNLIMITED)
    assert budgets.plan_of("gold") == ("small", SMALL)


@pytest.mark.parametrize(
    "limited",
    [
        Budgets(plans={"small": SMALL}, default_plan="small"),
        Budgets(plans={"unlimited": UNLIMITED}, default_plan="unlimited", service=SMALL),
        Budgets(plans={"small": SMALL, "unlimited": UNLIMITED}, default_plan="unlimited", subscriptions=True),
    ],
)
def test_a_budget_needs_the_price_of_every_model(limited: Budgets) -> None:
    assert budget_faults(limited, []) == []
    (fault,) = budget_faults(limited, ["openai/own"])
    assert fault.startswith("LEARNX_LLM_PRICES is missing for openai/own")


def test_no_price_is_needed_where_no_budget_is_in_use() -> None:
    free = Budgets(plans={"small": SMALL, "unlimited": UNLIMITED}, default_plan="unlimited")
    assert budget_faults(free, ["openai/own"]) == []


def test_the_default_plan_is_one_of_the_plans() -> None:
    assert budget_faults(Budgets(plans={"small": SMALL}, default_plan="gold"), []) == [
        "LEARNX_DEFAULT_PLAN=gold is none of the plans: use small."
    ]
