"""Four API servers have one set of limits, and lose none of their readers when Valkey stops."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.bad_weather.service import Service, own_servers
from tests.security import limit_scenarios as scenarios

from learnx.entrypoints.local_stack import LocalServers

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

PLAN = scenarios.Plan(requests=200, generations=2, asks=4, uploads=4)


@pytest.fixture(scope="module")
def stack() -> Iterator[tuple[Path, LocalServers]]:
    with own_servers() as running:
        yield running


@pytest.fixture(scope="module")
async def service(stack: tuple[Path, LocalServers]) -> AsyncIterator[Service]:
    async with scenarios.limited_service(*stack, PLAN) as running:
        yield running


async def test_a_crowd_at_four_servers_gets_what_the_plan_allows_and_no_more(service: Service) -> None:
    async with scenarios.crowd(service) as crowd:
        found = await scenarios.spending_is_exact(crowd, PLAN, requests=40)
        assert found == {
            "asks": {200: PLAN.asks, 429: 40 - PLAN.asks},
            "generations": {200: PLAN.generations, 429: 40 - PLAN.generations},
            "uploads": {202: PLAN.uploads - 1, 429: 41 - PLAN.uploads},
        }
        await scenarios.the_rest_is_even(crowd, PLAN, requests=300)


async def test_reading_and_editing_go_on_while_valkey_is_stopped(service: Service) -> None:
    async with scenarios.crowd(service) as crowd:
        await scenarios.valkey_stopped(crowd, seconds=2.0, readers=3)
