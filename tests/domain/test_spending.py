"""Days and months of budgets, and what is said where one is used up."""

from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.errors import PaymentRequired, RateLimited
from learnx.domain.spending import UNLIMITED, BudgetName, Limits, check_affordable, day_of, month_of, refusal

#: Any moment, as any clock may show it.
moments = st.builds(
    lambda since, hours: (datetime(2000, 1, 1, tzinfo=UTC) + since).astimezone(timezone(timedelta(hours=hours))),
    st.timedeltas(timedelta(), timedelta(days=100_000)),
    st.integers(-12, 14),
)


@given(moments)
def test_a_moment_lies_in_its_day_and_its_day_in_its_month(moment: datetime) -> None:
    day, month = day_of(moment), month_of(moment)
    assert day.start <= moment < day.until
    assert month.start <= day.start < day.until <= month.until
    assert day.until - day.start == timedelta(days=1)
    assert (month.start.day, month.until.day) == (1, 1)
    assert timedelta(days=28) <= month.until - month.start <= timedelta(days=31)


@given(moments)
def test_windows_follow_one_another_without_a_gap(moment: datetime) -> None:
    for window_of in (day_of, month_of):
        window = window_of(moment)
        assert window_of(window.until).start == window.until
        assert window_of(window.until - timedelta(microseconds=1)) == window


@given(moments, st.sampled_from(get_args(BudgetName)))
def test_a_retry_after_what_is_said_is_in_the_next_window_and_not_a_second_later(
    moment: datetime, exhausted: BudgetName
) -> None:
    window_of = month_of if exhausted.endswith("month") else day_of
    error = refusal(exhausted, moment)
    assert isinstance(error, PaymentRequired if exhausted == "owner_month" else RateLimited)
    assert error.retry_after is not None and error.retry_after >= 1
    until = window_of(moment).until
    assert until <= moment + timedelta(seconds=error.retry_after) < until + timedelta(seconds=1)
    assert f"{until:%Y-%m-%d} at 00:00 UTC" in error.detail


def test_each_budget_is_named_in_words_with_what_is_still_possible() -> None:
    at = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert refusal("owner_month", at).detail == (
        "What your plan allows for this month is used up, or reserved by what is being written. "
        "It opens again on 2027-01-01 at 00:00 UTC. What was written before can still be read. "
        "A larger plan allows more."
    )
    assert refusal("service_day", at).detail == (
        "This service has no budget left for the day. It opens again on 2027-01-01 at 00:00 UTC. "
        "What was written before can still be read."
    )


@pytest.mark.parametrize(
    ("own", "service", "kind"),
    [
        (Limits(budget_usd_per_day=0.01), UNLIMITED, PaymentRequired),
        (Limits(budget_usd_per_month=0.01), UNLIMITED, PaymentRequired),
        (UNLIMITED, Limits(budget_usd_per_day=0.01), PaymentRequired),
        (UNLIMITED, Limits(budget_usd_per_month=0.01), PaymentRequired),
    ],
)
def test_what_no_window_can_pay_for_is_refused_without_a_date(
    own: Limits, service: Limits, kind: type[PaymentRequired]
) -> None:
    with pytest.raises(kind, match=r"up to \$0\.02, more than .* Ask for less"):
        check_affordable(0.02, own=own, service=service)
    check_affordable(0.01, own=own, service=service)


def test_the_service_s_budget_is_told_to_nobody() -> None:
    with pytest.raises(PaymentRequired) as raised:
        check_affordable(5, own=UNLIMITED, service=Limits(budget_usd_per_day=1.23))
    assert "1.23" not in raised.value.detail
