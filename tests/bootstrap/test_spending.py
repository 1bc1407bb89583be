"""What is configured of plans, budgets and prices, put together before anything starts."""

from pathlib import Path

import pytest

from learnx.bootstrap import budget_faults
from learnx.settings import ModelPrice, Settings, SettingsError


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(llm_model="openai/our-own"),
        Settings(default_plan="free"),
        Settings(default_plan="free", llm_model="openai/gpt-4o", llm_fallback_models=("offline",)),
        Settings(default_plan="free", llm_model="openai/our-own", llm_prices=(ModelPrice("openai/our-own=0/0"),)),
    ],
)
def test_budgets_that_can_be_kept_have_no_fault(settings: Settings) -> None:
    assert budget_faults(settings) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(default_plan="free", llm_model="openai/our-own"), "LEARNX_LLM_PRICES is missing for openai/our-own"),
        (Settings(service_budget_per_month=1, llm_fallback_models=("openai/x-9",)), "is missing for openai/x-9"),
        (
            Settings(default_plan="gold"),
            "LEARNX_DEFAULT_PLAN=gold is none of the plans: use unlimited or free or premium",
        ),
    ],
)
def test_each_reason_not_to_start_is_a_sentence(settings: Settings, said: str) -> None:
    (fault,) = budget_faults(settings)
    assert said in fault


def test_a_file_of_plans_that_is_not_there_is_an_error_of_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"LEARNX_PLANS: .*plans.toml can't be read"):
        budget_faults(Settings(plans=tmp_path / "plans.toml"))
