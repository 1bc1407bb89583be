"""Charges: admitted one by one however many ask at once, settled once, and free again when nobody settles them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.domain.errors import NotFound
from learnx.domain.spending import UNLIMITED, BudgetName, Limits, Spent, day_of, month_of

pytestmark = pytest.mark.anyio

Connect = Callable[[str], Any]
NewUser = Callable[[], Awaitable[UUID]]
AT = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


class Spender:
    """Reserves and settles for one owner, each in a transaction of its own."""

    def __init__(self, database: PostgresDatabase, owner: UUID) -> None:
        self.database, self.owner = database, owner

    async def reserve(
        self,
        usd: float,
        *,
        generation: UUID | None = None,
        own: Limits = UNLIMITED,
        service: Limits = UNLIMITED,
        at: datetime = AT,
    ) -> BudgetName | None:
        async with self.database.transaction(self.owner) as tx:
            refused = await tx.spending.reserve(
                generation or uuid7(), usd=usd, own=own, service=service, at=at, expires_at=at + timedelta(minutes=15)
            )
            await tx.commit()
            return refused

    async def settle(self, generation: UUID, usd: float) -> None:
        async with self.database.transaction(self.owner) as tx:
            await tx.spending.settle(generation, usd=usd)
            await tx.commit()

    async def spent(self, at: datetime = AT, window_of: Any = day_of) -> tuple[float, float]:
        async with self.database.transaction(self.owner) as tx:
            spent: Spent = await tx.spending.totals(window_of(at), at=at)
            return spent.spent_usd, spent.reserved_usd


@pytest.fixture
def spender(database: PostgresDatabase, owner: UUID) -> Spender:
    return Spender(database, owner)


@pytest.mark.parametrize("budget", ["budget_usd_per_day", "budget_usd_per_month"])
async def test_of_a_hundred_at_once_with_money_for_three_three_are_admitted(spender: Spender, budget: str) -> None:
    refusals: list[BudgetName | None] = []

    async def ask() -> None:
        refusals.append(await spender.reserve(0.1, own=Limits(**{budget: 0.3})))

    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(ask)
    assert refusals.count(None) == 3
    assert refusals.count("owner_day" if budget.endswith("day") else "owner_month") == 97
    assert await spender.spent() == (0, 0.3)


@pytest.mark.parametrize("budget", ["budget_usd_per_day", "budget_usd_per_month"])
async def test_the_services_budget_holds_for_all_owners_together(
    database: PostgresDatabase, new_user: NewUser, budget: str
) -> None:
    spenders = [Spender(database, await new_user()) for _ in range(10)]
    refusals: list[BudgetName | None] = []

    async def ask(spender: Spender) -> None:
        generation = uuid7()
        refused = await spender.reserve(0.1, generation=generation, service=Limits(**{budget: 0.3}))
        if refused is None:
            await spender.settle(generation, 0.1)
        refusals.append(refused)

    async with anyio.create_task_group() as group:
        for number in range(100):
            group.start_soon(ask, spenders[number % 10])
    assert refusals.count(None) == 3
    assert refusals.count("service_day" if budget.endswith("day") else "service_month") == 97
    assert sum([(await spender.spent())[0] for spender in spenders]) == pytest.approx(0.3)


async def test_what_is_settled_for_less_makes_room_for_others(spender: Spender) -> None:
    limits, first = Limits(budget_usd_per_day=1), uuid7()
    assert await spender.reserve(0.8, generation=first, own=limits) is None
    assert await spender.reserve(0.8, own=limits) == "owner_day"
    await spender.settle(first, 0.2)
    assert await spender.reserve(0.8, own=limits) is None
    assert await spender.spent() == (0.2, 0.8)


async def test_a_generation_is_settled_once(spender: Spender) -> None:
    generation = uuid7()
    await spender.reserve(0.8, generation=generation, own=Limits(budget_usd_per_day=1))
    for usd in (0.1, 0.5, 0.0):
        await spender.settle(generation, usd)
    assert await spender.spent() == (0.1, 0)
    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(spender.settle, generation, 0.7)
    assert await spender.spent() == (0.1, 0)


async def test_what_was_never_reserved_is_spent_all_the_same(spender: Spender, connect: Connect) -> None:
    generation = uuid7()
    for _ in range(2):
        await spender.settle(generation, 0.25)
    assert await spender.spent(datetime.now(UTC), month_of) == (0.25, 0)
    async with connect("superuser") as connection:
        assert float(await connection.fetchval("SELECT sum(usd) FROM service_spending")) == 0.25


async def test_what_a_dead_process_reserved_comes_free_by_itself(spender: Spender) -> None:
    limits, dead = Limits(budget_usd_per_month=1), uuid7()
    assert await spender.reserve(1, generation=dead, own=limits, service=limits) is None
    early, late = AT + timedelta(minutes=14), AT + timedelta(minutes=15)
    assert await spender.reserve(1, own=limits, service=UNLIMITED, at=early) == "owner_month"
    assert await spender.reserve(1, own=UNLIMITED, service=limits, at=early) == "service_month"
    assert await spender.spent(late, month_of) == (0, 0)
    assert await spender.reserve(1, own=limits, service=limits, at=late) is None
    await spender.settle(dead, 0.5)
    assert await spender.spent(late, month_of) == (0.5, 1)


async def test_who_takes_a_generation_over_goes_on_with_its_reservation(spender: Spender) -> None:
    limits, generation = Limits(budget_usd_per_month=1), uuid7()
    for minutes in (0, 10, 20, 30):
        at = AT + timedelta(minutes=minutes)
        assert await spender.reserve(1, generation=generation, own=limits, service=limits, at=at) is None
        assert await spender.reserve(1, own=limits, at=at) == "owner_month"
    assert await spender.spent(AT + timedelta(minutes=30), month_of) == (0, 1)


async def test_who_takes_it_over_after_its_reservation_has_expired_is_admitted_anew_or_not(spender: Spender) -> None:
    limits, generation = Limits(budget_usd_per_month=1), uuid7()
    late = AT + timedelta(hours=1)
    assert await spender.reserve(1, generation=generation, own=limits) is None
    assert await spender.reserve(1, own=limits, at=late) is None
    assert await spender.reserve(1, generation=generation, own=limits, at=late) == "owner_month"
    later = late + timedelta(hours=1)
    assert await spender.reserve(1, generation=generation, own=limits, at=later) is None
    assert await spender.spent(later, month_of) == (0, 1)


async def test_a_settled_generation_is_not_reserved_again(spender: Spender) -> None:
    limits, generation = Limits(budget_usd_per_month=1), uuid7()
    await spender.reserve(0.9, generation=generation, own=limits)
    await spender.settle(generation, 0.5)
    assert await spender.reserve(0.9, generation=generation, own=limits) is None
    assert await spender.spent() == (0.5, 0)


async def test_a_charge_counts_where_it_was_reserved_though_it_is_settled_after_midnight(spender: Spender) -> None:
    limits, before = Limits(budget_usd_per_day=1), uuid7()
    midnight = AT + timedelta(minutes=1)
    assert await spender.reserve(1, generation=before, own=limits, service=limits) is None
    assert await spender.reserve(1, own=limits) == "owner_day"
    assert await spender.reserve(1, service=limits) == "service_day"
    assert await spender.reserve(1, own=limits, service=limits, at=midnight) is None
    await spender.settle(before, 0.75)
    assert await spender.spent(AT) == (0.75, 0)
    assert await spender.spent(midnight) == (0, 1)
    assert await spender.spent(midnight, month_of) == (0.75, 1)


async def test_a_new_month_opens_all_budgets(spender: Spender) -> None:
    limits = Limits(budget_usd_per_day=1, budget_usd_per_month=1)
    last, first = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    generation = uuid7()
    assert await spender.reserve(1, generation=generation, own=limits, service=limits, at=last) is None
    await spender.settle(generation, 1)
    assert await spender.reserve(1, own=limits, service=limits, at=last) == "owner_month"
    assert await spender.reserve(1, service=limits, at=last) == "service_month"
    assert await spender.reserve(1, own=limits, service=limits, at=first) is None


async def test_of_several_budgets_the_one_that_opens_last_is_named(spender: Spender) -> None:
    small = Limits(budget_usd_per_day=1, budget_usd_per_month=1)
    await spender.reserve(1)
    assert await spender.reserve(1, own=small, service=small) == "owner_month"
    day = Limits(budget_usd_per_day=1)
    assert await spender.reserve(1, own=day, service=small) == "service_month"
    assert await spender.reserve(1, own=day, service=day) == "owner_day"
    assert await spender.reserve(1, service=day) == "service_day"


async def test_sums_of_small_prices_are_exact(spender: Spender) -> None:
    limits = Limits(budget_usd_per_day=0.3)
    for usd in (0.1, 0.1, 0.1):
        assert await spender.reserve(usd, own=limits) is None
    assert await spender.reserve(0.000000001, own=limits) == "owner_day"


async def test_an_owners_charges_are_seen_and_counted_by_nobody_else(
    spender: Spender, database: PostgresDatabase, stranger: UUID
) -> None:
    limits, generation = Limits(budget_usd_per_day=1), uuid7()
    await spender.reserve(1, generation=generation, own=limits)
    other = Spender(database, stranger)
    await other.settle(generation, 0.4)
    assert await other.spent(datetime.now(UTC), month_of) == (0.4, 0)
    assert await other.reserve(0.6, own=limits) is None
    assert await spender.spent() == (0, 1)


async def test_what_the_service_paid_for_stays_paid_when_the_user_is_erased(
    spender: Spender, database: PostgresDatabase, stranger: UUID
) -> None:
    service, generation = Limits(budget_usd_per_month=1), uuid7()
    await spender.reserve(1, generation=generation, service=service)
    await spender.settle(generation, 1)
    async with database.transaction(spender.owner) as tx:
        await tx.users.delete()
        await tx.commit()
    assert await Spender(database, stranger).reserve(0.1, service=service) == "service_month"
    with pytest.raises(NotFound):
        await spender.reserve(0.1)
    with pytest.raises(NotFound):
        await spender.settle(generation, 0.1)


async def test_without_an_owner_nothing_is_reserved_or_settled(database: PostgresDatabase, connect: Connect) -> None:
    nobody = Spender(database, UUID(int=0))
    with pytest.raises(NotFound):
        await nobody.reserve(0.1)
    with pytest.raises(NotFound):
        await nobody.settle(uuid7(), 0.1)
