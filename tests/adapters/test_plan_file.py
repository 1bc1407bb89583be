"""The file of plans: the one that comes with LearnX, and an operator's own."""

from pathlib import Path

import pytest

from learnx.adapters.plan_file import read_plans, read_strangers
from learnx.domain.spending import UNLIMITED, Limits


def test_the_built_in_plans_hold_one_without_limits() -> None:
    plans = read_plans(None)
    assert plans["unlimited"] == UNLIMITED
    assert {"free", "premium"} <= set(plans)
    spends = [
        (limits.generations_per_hour, limits.asks_per_hour, limits.uploads_per_day, limits.requests_per_minute)
        for limits in (plans["free"], plans["premium"])
    ]
    assert spends == [(5, 20, 5, 600), (50, 200, None, 600)]


def test_what_those_may_do_who_are_not_signed_in_is_limited_by_any_file(tmp_path: Path) -> None:
    path = tmp_path / "plans.toml"
    path.write_text("[team]\n[strangers]\nlogins_per_hour = 7\n")
    usual, own = read_strangers(None), read_strangers(path)
    assert (usual.logins_per_hour, own.logins_per_hour) == (120, 7)
    assert own.logins_per_hour_by_email == usual.logins_per_hour_by_email == 10


def test_an_operators_own_file_replaces_them(tmp_path: Path) -> None:
    path = tmp_path / "plans.toml"
    path.write_text("[team]\nbudget_usd_per_month = 9.5\n")
    assert read_plans(path) == {"team": Limits(budget_usd_per_month=9.5)}


@pytest.mark.parametrize(
    ("content", "words"), [(None, "can't be read"), ("[", "does not fit"), (b"\xff", "does not fit")]
)
def test_a_file_that_can_not_be_used_is_named(tmp_path: Path, content: str | bytes | None, words: str) -> None:
    path = tmp_path / "plans.toml"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=f"plans.toml {words}"):
        read_plans(path)
