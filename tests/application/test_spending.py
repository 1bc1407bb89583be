"""A generation is admitted by its owner's plan and the service's budget, on a real Postgres."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import anyio
import pytest
from msgspec.structs import replace
from tests.conftest import DatabaseUrls
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.spending import RESERVED_FOR, ReserveSpend
from learnx.application.usage import GetUsage
from learnx.domain.errors import PaymentRequired, RateLimited, Unavailable
from learnx.domain.identity import Principal, User
from learnx.domain.model_calls import ModelCall
from learnx.domain.plans import Budgets
from learnx.domain.spending import UNLIMITED, Limits

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLANS = {
    "unlimited": UNLIMITED,
    "free": Limits(budget_usd_per_day=0.3),
    "monthly": Limits(budget_usd_per_month=0.3),
}


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[PostgresDatabase]:
    engine = open_engine(database_urls.app)
    yield PostgresDatabase(engine)
    await engine.dispose()


@pytest.fixture
def learner(database: PostgresDatabase) -> Callable[[str], Awaitable[UUID]]:
    """Registers one with this plan."""
    numbers = count(1)

    async def register(plan: str) -> UUID:
        user = User(
            id=uuid7(), email=f"a{next(numbers)}@example.org", full_name="A", subscription_tier=plan, created_at=NOW
        )
        await PostgresAccounts(database.engine).register(user, "hash")
        return user.id

    return register


Learner = Callable[[str], Awaitable[UUID]]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reserve(database: PostgresDatabase, clock: Clock) -> ReserveSpend:
    return ReserveSpend(database, Budgets(plans=PLANS, default_plan="free", subscriptions=True), clock)


def with_service(reserve: ReserveSpend, limits: Limits) -> ReserveSpend:
    return ReserveSpend(reserve.database, replace(reserve.budgets, service=limits), reserve.clock)


@pytest.mark.parametrize("subscriptions", [True, False])
async def test_of_a_hundred_at_once_with_money_for_three_three_go_on(
    reserve: ReserveSpend, learner: Learner, subscriptions: bool
) -> None:
    budgets = replace(reserve.budgets, subscriptions=subscriptions)
    reserve = ReserveSpend(reserve.database, budgets, reserve.clock)
    owner, outcomes = await learner("free"), list[str]()

    async def ask() -> None:
        try:
            await reserve(owner, uuid7(), 0.1)
            outcomes.append("admitted")
        except RateLimited:
            outcomes.append("refused")

    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(ask)
    assert (outcomes.count("admitted"), outcomes.count("refused")) == (3, 97)


async def test_a_used_up_day_is_a_matter_of_waiting_and_a_month_of_paying(
    reserve: ReserveSpend, learner: Learner, clock: Clock
) -> None:
    daily, monthly = await learner("free"), await learner("monthly")
    for owner in (daily, monthly):
        await reserve(owner, uuid7(), 0.3)
    with pytest.raises(RateLimited, match="2026-11-23 at 00:00 UTC") as day:
        await reserve(daily, uuid7(), 0.1)
    assert day.value.retry_after == 12 * 3600
    with pytest.raises(PaymentRequired, match="2026-12-01 at 00:00 UTC") as month:
        await reserve(monthly, uuid7(), 0.1)
    assert month.value.retry_after == 8 * 86400 + 12 * 3600
    clock.now += timedelta(seconds=day.value.retry_after)
    await reserve(daily, uuid7(), 0.1)
    clock.now = NOW + timedelta(seconds=month.value.retry_after)
    await reserve(monthly, uuid7(), 0.1)


async def test_the_services_budget_stops_users_whose_plan_has_none(reserve: ReserveSpend, learner: Learner) -> None:
    limited = with_service(reserve, Limits(budget_usd_per_month=0.3))
    await limited(await learner("unlimited"), uuid7(), 0.3)
    with pytest.raises(RateLimited, match="This service has no budget left for the month"):
        await limited(await learner("unlimited"), uuid7(), 0.1)


async def test_a_reservation_that_nobody_settles_comes_free(
    reserve: ReserveSpend, learner: Learner, clock: Clock
) -> None:
    owner = await learner("free")
    await reserve(owner, uuid7(), 0.3)
    clock.now += RESERVED_FOR
    await reserve(owner, uuid7(), 0.3)


async def test_an_unknown_price_is_refused_where_there_is_a_budget(reserve: ReserveSpend, learner: Learner) -> None:
    await reserve(await learner("unlimited"), uuid7(), None)
    with pytest.raises(Unavailable):
        await reserve(await learner("free"), uuid7(), None)
    with pytest.raises(Unavailable):
        await with_service(reserve, PLANS["free"])(await learner("unlimited"), uuid7(), None)


async def test_what_is_dearer_than_the_whole_budget_is_told_so(reserve: ReserveSpend, learner: Learner) -> None:
    with pytest.raises(PaymentRequired, match="more than your plan allows in a day") as raised:
        await reserve(await learner("free"), uuid7(), 0.31)
    assert raised.value.retry_after is None


async def test_what_costs_nothing_is_never_refused(reserve: ReserveSpend, learner: Learner) -> None:
    owner = await learner("free")
    await reserve(owner, uuid7(), 0.3)
    await reserve(owner, uuid7(), 0)


async def test_usage_tells_what_is_spent_reserved_and_left_by_day_and_month(
    reserve: ReserveSpend, database: PostgresDatabase, learner: Learner, clock: Clock
) -> None:
    owner, other = await learner("free"), await learner("free")
    calls = [ModelCall(model="m", prompt_tokens=100, cached_prompt_tokens=50, completion_tokens=10, cost_usd=0.1)]
    for days in (0, 1):
        clock.now = NOW + timedelta(days=days)
        generation = uuid7()
        await reserve(owner, generation, 0.2)
        async with database.transaction(owner) as tx:
            await tx.model_calls.add(calls, kind="lesson", generation=generation, at=clock.now)
            await tx.spending.settle(generation, usd=0.1)
            await tx.commit()
    await reserve(owner, uuid7(), 0.2)
    usage = GetUsage(database, reserve.budgets, clock)
    report = await usage(Principal(user_id=owner))
    assert report.plan == "free"
    assert (report.day.start, report.day.until) == (
        datetime(2026, 11, 23, tzinfo=UTC),
        datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert (report.day.spent_usd, report.day.reserved_usd, report.day.budget_usd) == (0.1, 0.2, 0.3)
    assert (report.month.spent_usd, report.month.reserved_usd, report.month.budget_usd) == (0.2, 0.2, None)
    assert (report.day.calls, report.month.calls) == (1, 2)
    assert (report.month.prompt_tokens, report.month.cached_prompt_tokens, report.month.completion_tokens) == (
        200,
        100,
        20,
    )
    assert [(one.model, one.calls, one.cost_usd) for one in report.by_model] == [("m", 2, 0.2)]
    assert [(one.kind, one.calls, one.cost_usd) for one in report.by_kind] == [("lesson", 2, 0.2)]
    nothing = await usage(Principal(user_id=other))
    assert (nothing.month.spent_usd, nothing.month.reserved_usd, nothing.month.calls) == (0, 0, 0)
    assert (nothing.by_model, nothing.by_kind) == ((), ())


async def test_the_cost_of_a_model_without_a_price_is_null(
    reserve: ReserveSpend, database: PostgresDatabase, learner: Learner, clock: Clock
) -> None:
    owner = await learner("unlimited")
    calls = [ModelCall(model="priced", cost_usd=0.1), ModelCall(model="own"), ModelCall(model="own", cost_usd=0.2)]
    async with database.transaction(owner) as tx:
        await tx.model_calls.add(calls, kind="lesson", generation=None, at=NOW)
        await tx.commit()
    report = await GetUsage(database, reserve.budgets, clock)(Principal(user_id=owner))
    assert [(one.model, one.cost_usd) for one in report.by_model] == [("own", None), ("priced", 0.1)]
    assert [one.cost_usd for one in report.by_kind] == [None]
