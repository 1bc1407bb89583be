"""Many who want the same share a run, and none of them gets what was read before it asked."""

import asyncio

import pytest

from learnx.application.single_flight import SingleFlight

pytestmark = pytest.mark.anyio


class Source:
    """Gives the number of the run that began last, once it is let go."""

    def __init__(self) -> None:
        self.runs = 0
        self.going = asyncio.Semaphore(0)

    async def __call__(self) -> int:
        self.runs += 1
        number = self.runs
        await self.going.acquire()
        return number


async def started(work: "asyncio.Task[int]") -> "asyncio.Task[int]":
    for _ in range(3):
        await asyncio.sleep(0)
    return work


async def test_whoever_comes_while_one_runs_shares_the_next() -> None:
    flights, source = SingleFlight(), Source()
    first = await started(asyncio.create_task(flights("key", source)))
    others = [await started(asyncio.create_task(flights("key", source))) for _ in range(10)]
    assert source.runs == 1

    source.going.release()
    source.going.release()
    assert await first == 1
    assert await asyncio.gather(*others) == [2] * 10
    assert source.runs == 2


async def test_other_keys_do_not_wait_and_a_later_call_runs_anew() -> None:
    flights, source = SingleFlight(), Source()
    calls = [await started(asyncio.create_task(flights(key, source))) for key in ("a", "b")]
    assert source.runs == 2
    for _ in range(3):
        source.going.release()
    assert await asyncio.gather(*calls) == [1, 2]
    assert await flights("a", source) == 3


async def test_the_run_goes_on_when_one_who_waits_leaves() -> None:
    flights, source = SingleFlight(), Source()
    first = await started(asyncio.create_task(flights("key", source)))
    second = await started(asyncio.create_task(flights("key", source)))
    third = await started(asyncio.create_task(flights("key", source)))
    second.cancel()
    source.going.release()
    source.going.release()
    assert await first == 1
    assert await third == 2


async def test_what_nobody_waits_for_runs_once_at_a_time_and_its_error_is_nobodys() -> None:
    flights, source = SingleFlight(), Source()
    for _ in range(3):
        flights.begin("key", source)
    shared = await started(asyncio.create_task(flights("key", source)))
    assert source.runs == 1
    source.going.release()
    source.going.release()
    assert await shared == 2


async def test_an_error_is_everybodys_and_does_not_stay() -> None:
    flights = SingleFlight()

    async def fails() -> int:
        await asyncio.sleep(0)
        raise LookupError

    results = await asyncio.gather(*(flights("key", fails) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [LookupError] * 3
    source = Source()
    source.going.release()
    assert await flights("key", source) == 1
