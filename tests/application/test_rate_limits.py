"""What spends is counted when it begins, and as if it had never been where it does not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.conftest import DatabaseUrls
from tests.fakes.open_limiter import OpenLimiter, admit_generation, admit_upload

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.application.rate_limits import OwnQuotas, told
from learnx.application.spending import ReserveSpend
from learnx.domain.errors import PaymentRequired, Unavailable
from learnx.domain.identity import User
from learnx.domain.plans import Budgets
from learnx.domain.rate_limits import Standing
from learnx.domain.spending import UNLIMITED, Limits

pytestmark = pytest.mark.anyio

PLANS = {
    "free": Limits(
        budget_usd_per_day=1, generations_per_hour=5, asks_per_hour=20, uploads_per_day=5, uploads_at_once=2
    ),
    "unlimited": UNLIMITED,
}


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> AsyncIterator[PostgresDatabase]:
    engine = open_engine(database_urls.app)
    yield PostgresDatabase(engine)
    await engine.dispose()


@pytest.fixture
def limiter() -> OpenLimiter:
    return OpenLimiter()


async def account(database: PostgresDatabase, plan: str) -> UUID:
    owner = uuid4()
    user = User(id=owner, email=f"{owner}@example.org", full_name="Ada", subscription_tier=plan, created_at=now())
    await PostgresAccounts(database.engine).register(user, "hash")
    return owner


def reserve(database: PostgresDatabase, *, plan: str = "free", subscriptions: bool = False) -> ReserveSpend:
    return ReserveSpend(database, Budgets(plans=PLANS, default_plan=plan, subscriptions=subscriptions), now)


def costs(usd: float | None) -> Callable[[], Awaitable[float | None]]:
    async def most_usd() -> float | None:
        return usd

    return most_usd


async def test_what_is_admitted_is_counted_in_its_zone(database: PostgresDatabase, limiter: OpenLimiter) -> None:
    owner, generation, answer = await account(database, "free"), uuid4(), uuid4()
    admit = admit_generation(reserve(database), limiter)
    heard: dict[str, Standing] = {}
    told.set(heard)
    await admit(owner, generation, costs(0.1), zone="generations")
    await admit(owner, answer, costs(0.1), zone="asks")
    assert (limiter.drawn, limiter.given_back) == ([("generations", generation), ("asks", answer)], [])
    assert set(heard) == {"generations", "asks"}


@pytest.mark.parametrize(("usd", "refusal"), [(2.0, PaymentRequired), (None, Unavailable)])
async def test_what_no_budget_admits_is_not_counted(
    database: PostgresDatabase, limiter: OpenLimiter, usd: float | None, refusal: type[Exception]
) -> None:
    owner, generation = await account(database, "free"), uuid4()
    with pytest.raises(refusal):
        await admit_generation(reserve(database), limiter)(owner, generation, costs(usd), zone="generations")
    assert limiter.given_back == [("generations", generation)]


async def test_nothing_is_counted_for_who_has_no_limit(database: PostgresDatabase, limiter: OpenLimiter) -> None:
    owner = await account(database, "unlimited")
    await admit_generation(reserve(database, plan="unlimited"), limiter)(owner, uuid4(), costs(0.1), zone="generations")
    async with admit_upload(OwnQuotas(database, reserve(database, plan="unlimited").budgets), limiter)(owner, uuid4()):
        pass
    assert limiter.drawn == []


async def test_with_subscriptions_each_has_the_limits_of_the_own_plan(
    database: PostgresDatabase, limiter: OpenLimiter
) -> None:
    own = OwnQuotas(database, reserve(database, subscriptions=True).budgets)
    assert own.of_everybody is None
    assert await own(await account(database, "unlimited")) == {}
    assert (await own(await account(database, "free")))["asks"].amount == 20
    assert (await own(uuid4()))["asks"].amount == 20  # of nobody any more: the plan of those who have no other


@pytest.mark.parametrize("refused", [True, False])
async def test_an_upload_is_held_while_it_runs_and_counted_where_it_was_accepted(
    database: PostgresDatabase, limiter: OpenLimiter, refused: bool
) -> None:
    owner, upload = await account(database, "free"), uuid4()
    with suppress(ConnectionError):
        async with admit_upload(OwnQuotas(database, reserve(database).budgets), limiter)(owner, upload):
            assert limiter.drawn == [("uploads-at-once", upload), ("uploads", upload)]
            if refused:
                raise ConnectionError
    given_back = {("uploads-at-once", upload)} | ({("uploads", upload)} if refused else set())
    assert set(limiter.given_back) == given_back


async def test_an_upload_that_is_cancelled_is_given_back(database: PostgresDatabase, limiter: OpenLimiter) -> None:
    owner, upload = await account(database, "free"), uuid4()

    async def hangs() -> None:
        async with admit_upload(OwnQuotas(database, reserve(database).budgets), limiter)(owner, upload):
            await asyncio.sleep(60)

    running = asyncio.create_task(hangs())
    while len(limiter.drawn) < 2:
        await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running])
    assert set(limiter.given_back) == {("uploads", upload), ("uploads-at-once", upload)}
