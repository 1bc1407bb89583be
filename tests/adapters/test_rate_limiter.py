"""The limiter in Redis: exact where it spends, even elsewhere, one for all servers, and of use without Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from tests.adapters.test_cache import Unreachable

from learnx.adapters.rate_limiter import RedisRateLimiter
from learnx.adapters.rate_limiter_local import LocalLimits
from learnx.domain.errors import Unavailable
from learnx.domain.rate_limits import Draw, Quota, QuotaKind

pytestmark = pytest.mark.anyio


def draw(kind: QuotaKind, amount: int, seconds: int = 60, *, zone: str = "zone", subject: str = "ada") -> Draw:
    return Draw(subject=subject, quota=Quota(zone=zone, kind=kind, amount=amount, seconds=seconds))


def opened(url: str) -> Redis:
    return Redis.from_url(url, retry=Retry(NoBackoff(), 1))


@pytest.fixture
async def limiters(redis_url: str) -> AsyncIterator[list[RedisRateLimiter]]:
    """Those of three servers."""
    async with AsyncExitStack() as stack:
        limiters = [RedisRateLimiter(await stack.enter_async_context(opened(redis_url))) for _ in range(3)]
        yield limiters
        for limiter in limiters:
            await limiter.aclose()


async def passes(limiter: RedisRateLimiter, *draws: Draw, event: UUID | None = None) -> bool:
    return not any(standing.refused for standing in await limiter.draw(draws, event=event or uuid4()))


@pytest.mark.parametrize("kind", ["window", "rate", "held"])
async def test_many_servers_together_let_exactly_the_amount_pass(
    limiters: list[RedisRateLimiter], kind: QuotaKind
) -> None:
    limited = draw(kind, 7, 3600)
    passed = await asyncio.gather(*(passes(limiter, limited) for limiter in limiters for _ in range(20)))
    assert passed.count(True) == 7


@pytest.mark.parametrize("kind", ["window", "rate"])
async def test_after_the_wait_that_is_told_a_retry_passes(limiters: list[RedisRateLimiter], kind: QuotaKind) -> None:
    limited = draw(kind, 3, 1)
    for _ in range(3):
        assert await passes(limiters[0], limited)
    (refused,) = await limiters[0].draw([limited], event=uuid4())
    assert (refused.refused, refused.remaining) == (True, 0)
    await asyncio.sleep(refused.wait)
    assert await passes(limiters[1], limited)


async def test_what_is_told_is_what_is_left(limiters: list[RedisRateLimiter]) -> None:
    for kind in ("window", "rate", "held"):
        limited = draw(kind, 3, 3600, zone=kind)
        told = [(await limiters[0].draw([limited], event=uuid4()))[0] for _ in range(4)]
        assert [standing.remaining for standing in told] == [2, 1, 0, 0]
        assert [standing.refused for standing in told] == [False, False, False, True]
    (looked,) = await limiters[1].draw([], event=uuid4(), looks=[draw("window", 3, 3600, zone="window")])
    assert (looked.remaining, looked.refused) == (0, False)


async def test_the_same_event_is_drawn_once_and_can_be_given_back(limiters: list[RedisRateLimiter]) -> None:
    limited, event = draw("window", 1), uuid4()
    assert await passes(limiters[0], limited, event=event)
    assert await passes(limiters[1], limited, event=event)
    assert not await passes(limiters[1], limited)
    await limiters[2].give_back([limited], event=event)
    assert await passes(limiters[1], limited)


async def test_of_several_one_is_drawn_of_each_or_of_none(limiters: list[RedisRateLimiter]) -> None:
    wide, narrow = draw("rate", 5, 3600, zone="wide"), draw("rate", 1, 3600, zone="narrow")
    passed = [await passes(limiters[0], wide, narrow) for _ in range(5)]
    assert passed == [True, False, False, False, False]
    assert [await passes(limiters[0], wide) for _ in range(5)] == [True] * 4 + [False]


async def test_keys_name_their_subject_and_have_an_end(limiters: list[RedisRateLimiter], redis_url: str) -> None:
    for kind in ("window", "rate", "held"):
        await passes(limiters[0], draw(kind, 5, zone=kind))
    async with opened(redis_url) as redis:
        keys = [key async for key in redis.scan_iter()]
        assert sorted(keys) == [b"learnx:limits:{ada}:held", b"learnx:limits:{ada}:rate", b"learnx:limits:{ada}:window"]
        lifetimes = [await redis.pttl(key) for key in keys]
        assert all(0 < lifetime <= 60_000 for lifetime in lifetimes)


async def test_a_redis_that_was_restarted_is_told_the_scripts_again(
    limiters: list[RedisRateLimiter], redis_url: str
) -> None:
    limited = draw("window", 1)
    assert await passes(limiters[0], limited)
    async with opened(redis_url) as redis:
        await redis.script_flush()
    assert not await passes(limiters[0], limited)


async def test_what_is_held_by_a_server_that_lives_stays_held(redis_url: str) -> None:
    limited = draw("held", 1, 1)
    async with opened(redis_url) as redis:
        holder, other = RedisRateLimiter(redis, renew_every=0.2), RedisRateLimiter(redis)
        event = uuid4()
        assert await passes(holder, limited, event=event)
        await asyncio.sleep(1.5)
        assert not await passes(other, limited)
        await holder.give_back([limited], event=event)
        assert await passes(other, limited)
        await holder.aclose()
        await other.aclose()


async def test_what_was_held_by_a_server_that_died_is_free_again(redis_url: str) -> None:
    limited = draw("held", 1, 1)
    async with opened(redis_url) as redis:
        died, other = RedisRateLimiter(redis, renew_every=3600), RedisRateLimiter(redis)
        assert await passes(died, limited)
        assert not await passes(other, limited)
        await asyncio.sleep(1.1)
        assert await passes(other, limited)
        await died.aclose()
        await other.aclose()


async def test_a_server_that_ends_holds_nothing_more(limiters: list[RedisRateLimiter]) -> None:
    limited = draw("held", 1)
    assert await passes(limiters[0], limited)
    await limiters[0].aclose()
    assert await passes(limiters[1], limited)


async def test_without_redis_rates_are_counted_here_and_what_must_be_exact_is_refused(redis_url: str) -> None:
    async with Unreachable(redis_url) as way, AsyncExitStack() as stack:
        address = redis_url.rpartition("@")[0] + f"@127.0.0.1:{way.port}"
        redis = await stack.enter_async_context(opened(address))
        reasons: list[str] = []
        limiter = RedisRateLimiter(redis, long_patience=0.3)
        limiter.on_failure = reasons.append
        rate, held, window = draw("rate", 2, 3600), draw("held", 1), draw("window", 5, zone="exact")
        kept, later = uuid4(), uuid4()
        assert await passes(limiter, held, event=kept)
        assert await passes(limiter, window, event=later)
        way.cut()
        assert [await passes(limiter, rate) for _ in range(3)] == [True, True, False]
        assert not await passes(limiter, held)
        with pytest.raises(Unavailable):
            await limiter.draw([window], event=uuid4(), exactly=True)
        await limiter.give_back([window], event=later)
        assert len(reasons) == 1

        way.open = True
        async with asyncio.timeout(10):
            while True:
                try:
                    await limiter.draw([window], event=uuid4(), exactly=True)
                    break
                except Unavailable:
                    await asyncio.sleep(0.05)
        async with asyncio.timeout(10), opened(redis_url) as direct:
            while await direct.zcard("learnx:limits:{ada}:exact") != 1:  # what was owed is given back
                await asyncio.sleep(0.05)
            assert await direct.zscore("learnx:limits:{ada}:zone", str(kept)) is not None
        await limiter.aclose()


@given(
    amount=st.integers(1, 50),
    seconds=st.integers(1, 100),
    pauses=st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=200),
)
def test_no_sequence_gets_more_than_the_burst_and_the_rate(amount: int, seconds: int, pauses: list[float]) -> None:
    now = 1_000.0
    limits, limited, passed = LocalLimits(lambda: now), draw("rate", amount, seconds), 0
    for pause in pauses:
        now += pause
        (standing,) = limits.draw([limited], uuid4())
        passed += not standing.refused
        assert passed <= amount + (now - 1_000.0) * amount / seconds + 1e-3
    if standing.refused:
        now += standing.wait
        assert not limits.draw([limited], uuid4())[0].refused
