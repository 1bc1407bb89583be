"""Quotas come from a plan, and a refusal says in words when to come back."""

import pytest

from learnx.domain.rate_limits import (
    Quota,
    QuotaKind,
    Standing,
    StrangerLimits,
    quotas_of,
    refusal,
    stranger_quotas,
)
from learnx.domain.spending import UNLIMITED, Limits

STRANGERS = StrangerLimits(
    requests_per_minute=1,
    logins_per_hour=2,
    logins_per_hour_by_email=3,
    registrations_per_hour=4,
    refreshes_per_hour=5,
    password_resets_per_hour=6,
    password_resets_per_hour_by_email=7,
    verifications_per_hour=8,
    verifications_per_hour_by_email=9,
)


def test_a_plan_without_limits_has_no_quotas() -> None:
    assert quotas_of(UNLIMITED) == quotas_of(Limits(budget_usd_per_day=1)) == {}


def test_what_spends_is_counted_exactly_and_requests_evenly() -> None:
    limits = Limits(
        requests_per_minute=600, generations_per_hour=5, asks_per_hour=20, uploads_per_day=4, uploads_at_once=2,
        open_streams=3,
    )  # fmt: skip
    found = {zone: (quota.kind, quota.amount, quota.seconds) for zone, quota in quotas_of(limits).items()}
    assert found == {
        "requests": ("rate", 600, 60),
        "generations": ("window", 5, 3_600),
        "asks": ("window", 20, 3_600),
        "uploads": ("window", 4, 86_400),
        "uploads-at-once": ("held", 2, 30),
        "streams": ("held", 3, 30),
    }


def test_who_tries_to_sign_in_is_counted_by_address_and_by_email() -> None:
    by_address, by_email = stranger_quotas(STRANGERS, "login")
    assert by_email is not None
    assert [(quota.zone, quota.amount) for quota in (by_address, by_email)] == [("login", 2), ("login-by-email", 3)]
    assert stranger_quotas(STRANGERS, "register")[1] is None


@pytest.mark.parametrize(
    ("zone", "kind", "wait", "seconds", "words"),
    [
        ("generations", "window", 3_599.2, 3_600, "5 lessons or summaries an hour. Try again in 60 minutes"),
        ("asks", "window", 7_200.0, 7_200, "5 questions an hour. Try again in 2 hours"),
        ("uploads", "window", 0.1, 1, "5 uploads an hour. Try again in 1 second."),
        ("requests", "rate", 1.0000001, 2, "too many requests. Try again in 2 seconds."),
        ("streams", "held", 5.0, 5, "as many streams open as your plan allows (5)"),
        ("uploads-at-once", "held", 5.0, 5, "As many uploads are running"),
    ],
)
def test_a_refusal_is_rounded_up_and_says_what_is_used_up(
    zone: str, kind: QuotaKind, wait: float, seconds: int, words: str
) -> None:
    quota = Quota(zone=zone, kind=kind, amount=5, seconds=3_600)
    error = refusal(Standing(quota=quota, remaining=0, more_in=wait, wait=wait))
    assert error.retry_after == seconds
    assert words in error.detail
