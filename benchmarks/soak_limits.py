"""The limits at full size: ``python -m benchmarks.soak_limits`` ends in one table."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks.report import Figure, table
from tests.bad_weather.service import Service, own_servers
from tests.security import limit_scenarios as scenarios

CROWD = 2_000
STOPPED_FOR = 10.0
READERS = 8
READ_WITHIN = 0.3
"""Seconds; of the 99th of a hundred reads."""


async def limits() -> list[Figure]:
    """Four API servers, a crowd of 2,000 requests at once; then Valkey is stopped for ten seconds under readers."""
    plan = scenarios.Plan()
    async with _service(plan) as service, scenarios.crowd(service) as crowd:
        await scenarios.spending_is_exact(crowd, plan, requests=CROWD)
        passed, seconds = await scenarios.the_rest_is_even(crowd, plan, requests=CROWD)
    async with _service(scenarios.Plan(requests=100_000)) as service, scenarios.crowd(service) as crowd:
        outage = await scenarios.valkey_stopped(crowd, seconds=STOPPED_FOR, readers=READERS)
    allowed = plan.requests + seconds * plan.requests / 60
    return [
        _figure(f"{CROWD} asks, generations, uploads at once: beyond the plan's {plan.asks}, {plan.generations}, "
                f"{plan.uploads}", 0, "", "0", True),
        _figure(f"{CROWD} requests at once: let through in {seconds:.1f} s", passed, "", f"≤ {allowed:.0f}", True),
        _figure(f"Valkey stopped for {STOPPED_FOR:.0f} s: p99 of {len(outage.reads)} reads, no 5xx",
                1000 * outage.p99, "ms", f"≤ {1000 * READ_WITHIN:.0f} ms", outage.p99 < READ_WITHIN),
        _figure(f"the longest of {len(outage.edits)} edits meanwhile", 1000 * max(outage.edits), "ms", "", True),
    ]  # fmt: skip


@asynccontextmanager
async def _service(plan: scenarios.Plan) -> AsyncIterator[Service]:
    with own_servers() as (folder, servers):
        async with scenarios.limited_service(folder, servers, plan) as service:
            yield service


def _figure(name: str, measured: float, unit: str, target: str, ok: bool) -> Figure:
    return Figure(name=name, measured=measured, unit=unit, target=target, ok=ok)


if __name__ == "__main__":
    print(table(asyncio.run(limits())))
