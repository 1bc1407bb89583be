"""When a provider is asked, when it is left alone, and that it is found again by itself."""

import asyncio
from dataclasses import dataclass

import pytest
from structlog.testing import capture_logs

from learnx.adapters.circuit_breaker import CircuitBreaker
from learnx.adapters.provider_failures import ProviderResting
from learnx.domain.errors import ProviderError

pytestmark = pytest.mark.anyio


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker("x", failures=3, cool_down=10, clock=clock)


def fail(breaker: CircuitBreaker, times: int = 1, *, retryable: bool = True) -> None:
    for _ in range(times):
        with pytest.raises(ProviderError) as raised, breaker.asking():
            raise ProviderError("no", retryable=retryable)
        assert not isinstance(raised.value, ProviderResting)


def succeed(breaker: CircuitBreaker) -> None:
    with breaker.asking():
        pass
    breaker.succeeded()


def test_failures_in_a_row_open_it_and_then_nobody_is_let_through(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 9.5
    with pytest.raises(ProviderResting) as refused, breaker.asking():
        raise AssertionError("the provider was asked")
    assert refused.value.retryable
    assert refused.value.retry_after == 1
    assert "in 1 second" in refused.value.detail


def test_failures_with_a_whole_answer_between_them_do_not(breaker: CircuitBreaker) -> None:
    fail(breaker, 2)
    succeed(breaker)
    fail(breaker, 2)
    assert not breaker.is_open


def test_answers_that_break_off_open_it_as_well(breaker: CircuitBreaker) -> None:
    for _ in range(3):
        with breaker.asking():
            pass
        with pytest.raises(ProviderError), breaker.watching():
            raise ProviderError("broke off")
    assert breaker.is_open


def test_refusals_of_what_is_asked_do_not(breaker: CircuitBreaker) -> None:
    fail(breaker, 20, retryable=False)
    assert not breaker.is_open


def test_after_its_rest_one_request_finds_out_and_the_others_are_still_refused(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now = 10
    with breaker.asking(), pytest.raises(ProviderResting), breaker.asking():
        raise AssertionError("a second one was let through")
    succeed(breaker)
    fail(breaker, 2)
    assert not breaker.is_open


def test_a_request_that_finds_it_down_gives_it_another_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, 3)
    clock.now = 10
    fail(breaker)
    clock.now = 19
    assert breaker.is_open
    clock.now = 20
    succeed(breaker)
    assert not breaker.is_open


async def test_a_request_that_is_cancelled_before_it_found_out_leaves_that_to_the_next(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    fail(breaker, 3)
    clock.now = 10

    async def ask() -> None:
        with breaker.asking():
            await asyncio.Event().wait()

    asking = asyncio.create_task(ask())
    await asyncio.sleep(0)
    assert breaker.is_open
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    succeed(breaker)
    assert not breaker.is_open


def test_those_asked_before_it_opened_do_not_lengthen_the_rest(breaker: CircuitBreaker, clock: Clock) -> None:
    with pytest.raises(ProviderError), breaker.asking():
        fail(breaker, 3)
        clock.now = 9
        raise ProviderError("late")
    clock.now = 10
    assert not breaker.is_open


async def test_who_waits_to_ask_again_stops_waiting_when_it_opens(breaker: CircuitBreaker) -> None:
    waiting = asyncio.create_task(breaker.wait_until_open(3_600))
    await asyncio.sleep(0)
    fail(breaker, 3)
    async with asyncio.timeout(10):
        await waiting


def test_the_operator_is_told_once_when_it_opens_and_once_when_it_closes(breaker: CircuitBreaker, clock: Clock) -> None:
    with capture_logs() as logged:
        fail(breaker, 3)
        clock.now = 10
        fail(breaker)
        clock.now = 25
        succeed(breaker)
        succeed(breaker)
    assert [event["event"] for event in logged] == ["provider.breaker_opened", "provider.breaker_closed"]
