"""The scenarios of ``tests/bad_weather`` at full length: hundreds of cuts, kills, rude clients, outages of minutes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import get_args

from tests.bad_weather import scenarios
from tests.bad_weather.service import Service, own_servers, running_service
from tests.fakes.model_server import Script

from learnx.entrypoints.local_stack import LocalServers

KILLS = 20
DEAD_FOR, COOL_DOWN, STOPPED_FOR = 300.0, 10.0, 10.0
"""Seconds."""

Scenario = Callable[[Service], Awaitable[object]]


async def _cuts(service: Service) -> str:
    events = await scenarios.cut_at_every_event(service, least=200)
    return f"{events - 1} of {events - 1} readers"


async def _kills(service: Service) -> str:
    calls = [await scenarios.writer_killed(service, after=3 + 10 * number) for number in range(KILLS)]
    return f"{KILLS} kills, at most {max(calls)} upstream calls each"


async def _rude(service: Service) -> str:
    left = await scenarios.rude_clients(service, resets=500, silent=200)
    return f"baseline after {left['seconds']:.0f} s, {left['grown']:.1f} MB more"


async def _budget(service: Service) -> None:
    await scenarios.budget_for_three(service, requests=100)


async def _dead(service: Service) -> None:
    await scenarios.provider_dead(service, seconds=DEAD_FOR, cool_down=COOL_DOWN)


def _away(fault: scenarios.Fault) -> Scenario:
    return lambda service: scenarios.server_away(service, fault, stopped_for=STOPPED_FOR)


DEFAULT: dict[str, Scenario] = {
    "cut at every event, by turns with FIN and RST": _cuts,
    "cut again and again": scenarios.cut_all_the_way,
    "50 first requests at once": lambda service: scenarios.crowd(service, readers=50),
    "writer killed": _kills,
    "500 clients that reset, 200 that never read": _rude,
    "strangers": scenarios.strangers,
    **{f"in the middle of a lesson, {fault}": _away(fault) for fault in get_args(scenarios.Fault)},
}


def run(outcome: Callable[[str, str, float], None]) -> None:
    """``outcome`` is told of each scenario: its name, what came of it ("" where only that it held), and seconds."""
    budget = {"100 requests with a budget for three": _budget}
    dead = {f"provider dead for {DEAD_FOR:g} s": _dead}
    for scenarios_of_one, settings in (
        (DEFAULT, scenarios.PRICES),
        (budget, scenarios.PRICES | scenarios.THREE_LESSONS),
        (dead, {}),
    ):
        with own_servers() as servers:
            asyncio.run(_run(servers, scenarios_of_one, settings, outcome))


async def _run(
    servers: tuple[Path, LocalServers],
    wanted: Mapping[str, Scenario],
    settings: Mapping[str, str],
    outcome: Callable[[str, str, float], None],
) -> None:
    async with running_service(*servers, Script(), settings=settings) as service:
        for name, scenario in wanted.items():
            await _held(name, scenario, service, outcome)


async def _held(name: str, scenario: Scenario, service: Service, outcome: Callable[[str, str, float], None]) -> None:
    since = time.monotonic()
    try:
        found = await scenario(service)
    except Exception as error:
        found = f"FAILED: {error!r}"[:300]
    outcome(name, found if isinstance(found, str) else "", time.monotonic() - since)
