"""How often and how much at once: what is counted for whom, and what a caller is told of it."""

import math
from functools import lru_cache
from typing import Literal

from learnx.domain.errors import RateLimited
from learnx.domain.spending import Limits
from learnx.domain.values import Value

QuotaKind = Literal["rate", "window", "held"]
"""``rate``: refills evenly (GCRA), so that after a burst of ``amount`` as many pass in ``seconds`` again. ``window``:
exactly ``amount`` in any ``seconds``. ``held``: ``amount`` at once; ``seconds`` is how long one is held that is not
heard of any more."""

SpendingZone = Literal["generations", "asks", "uploads"]
StrangerZone = Literal["strangers", "login", "register", "refresh", "password-reset", "verification"]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
#: Seconds after which what a killed server held is free again.
LEASE_SECONDS = 30
#: Seconds after which it is worth asking again for one more at once: nobody knows when one of the others ends.
WORTH_TRYING = 5

STILL = "What you have can still be read."


class Quota(Value):
    """``zone`` is its name on the wire."""

    zone: str
    kind: QuotaKind
    amount: int
    seconds: int


class Draw(Value):
    """Of one quota for one subject: a user's id, or what stands for a stranger's address or e-mail."""

    subject: str
    quota: Quota


class Standing(Value):
    """After a draw, or a look. Seconds: ``more_in`` until more is free than now (0 where nothing is used), ``wait``
    until as much is free as was drawn (0 where it was)."""

    quota: Quota
    remaining: int
    more_in: float
    wait: float = 0

    @property
    def refused(self) -> bool:
        return self.wait > 0


class StrangerLimits(Value):
    """For who is not signed in, on every plan: by address, and where the name says so, by e-mail, known or not."""

    requests_per_minute: int
    logins_per_hour: int
    logins_per_hour_by_email: int
    registrations_per_hour: int
    refreshes_per_hour: int
    password_resets_per_hour: int
    password_resets_per_hour_by_email: int
    verifications_per_hour: int
    verifications_per_hour_by_email: int


@lru_cache(64)
def quotas_of(limits: Limits) -> dict[str, Quota]:
    """Of a plan, by zone; what has no limit is missing."""
    every: tuple[tuple[str, QuotaKind, int | None, int], ...] = (
        ("requests", "rate", limits.requests_per_minute, MINUTE),
        ("generations", "window", limits.generations_per_hour, HOUR),
        ("asks", "window", limits.asks_per_hour, HOUR),
        ("uploads", "window", limits.uploads_per_day, DAY),
        ("uploads-at-once", "held", limits.uploads_at_once, LEASE_SECONDS),
        ("streams", "held", limits.open_streams, LEASE_SECONDS),
    )
    return {
        zone: Quota(zone=zone, kind=kind, amount=amount, seconds=seconds)
        for zone, kind, amount, seconds in every
        if amount is not None
    }


def stranger_quotas(limits: StrangerLimits, zone: StrangerZone) -> tuple[Quota, Quota | None]:
    """By address, and by e-mail where the zone knows one."""
    by_address, by_email, seconds = {
        "strangers": (limits.requests_per_minute, None, MINUTE),
        "login": (limits.logins_per_hour, limits.logins_per_hour_by_email, HOUR),
        "register": (limits.registrations_per_hour, None, HOUR),
        "refresh": (limits.refreshes_per_hour, None, HOUR),
        "password-reset": (limits.password_resets_per_hour, limits.password_resets_per_hour_by_email, HOUR),
        "verification": (limits.verifications_per_hour, limits.verifications_per_hour_by_email, HOUR),
    }[zone]
    own = Quota(zone=f"{zone}-by-email", kind="rate", amount=by_email, seconds=seconds) if by_email else None
    return Quota(zone=zone, kind="rate", amount=by_address, seconds=seconds), own


def refusal(standing: Standing) -> RateLimited:
    """What is raised where a draw was refused; after its whole seconds it is not, unless others drew meanwhile."""
    seconds = max(1, math.ceil(standing.wait))
    quota = standing.quota
    again = f"Try again in {_in_words(seconds)}."
    match quota.zone:
        case "generations":
            told = f"Your plan starts {_times(quota, 'lesson or summary', 'lessons or summaries')}. {again} {STILL}"
        case "asks":
            told = f"Your plan answers {_times(quota, 'question', 'questions')}. {again} {STILL}"
        case "uploads":
            told = f"Your plan takes {_times(quota, 'upload', 'uploads')}. {again} {STILL}"
        case "uploads-at-once":
            told = f"As many uploads are running as your plan allows ({quota.amount}). Wait until one has ended."
        case "streams":
            told = f"You have as many streams open as your plan allows ({quota.amount}). Close one first."
        case _:
            told = f"These are too many requests. {again}"
    return RateLimited(told, seconds)


def _times(quota: Quota, one: str, many: str) -> str:
    period = {MINUTE: "a minute", HOUR: "an hour", DAY: "a day"}[quota.seconds]
    return f"{quota.amount} {one if quota.amount == 1 else many} {period}"


def _in_words(seconds: int) -> str:
    for size, one in ((HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= 2 * size:
            return f"{math.ceil(seconds / size)} {one}s"
    return f"{seconds} second{'s' if seconds != 1 else ''}"
