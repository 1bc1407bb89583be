"""The limits at full size: ``python -m benchmarks.soak_limits`` ends in one table."""

import asyncio
from collections import Counter
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
        found = await scenarios.spending_is_exact(crowd, plan, requests=CROWD)
        passed, seconds = await scenarios.the_rest_is_even(crowd, plan, requests=CROWD)
    async with _service(scenarios.Plan(requests=100_000)) as service, scenarios.crowd(service) as crowd:
        outage = await scenarios.valkey_stopped(crowd, seconds=STOPPED_FOR, readers=READERS)
    allowed = {"asks": plan.asks, "generations": plan.generations, "uploads": plan.uploads - 1}
    even = plan.requests + seconds * plan.requests / 60
    return [
        *(_exact(zone, amount, found[zone]) for zone, amount in allowed.items()),
        Figure(
            name=f"{CROWD} requests at once, let through in {seconds:.1f} s",
            measured=passed,
            target=f"≤ {even:.0f}",
            ok=passed <= even + 1,
        ),
        Figure(
            name=f"Valkey stopped for {STOPPED_FOR:.0f} s: p99 of {len(outage.reads)} reads, none 5xx (and before)",
            measured=1000 * scenarios.p99(outage.reads),
            unit="ms",
            baseline=1000 * scenarios.p99(outage.before),
            target=f"< {1000 * READ_WITHIN:.0f} ms",
            ok=scenarios.p99(outage.reads) < READ_WITHIN,
        ),
        Figure(
            name=f"the longest of {len(outage.edits)} edits meanwhile", measured=1000 * max(outage.edits), unit="ms"
        ),
    ]


def _exact(zone: str, amount: int, found: Counter[int]) -> Figure:
    succeeded = sum(count for status, count in found.items() if status < 300)
    told = ", ".join(f"{count} × {status}" for status, count in sorted(found.items()))
    return Figure(
        name=f"{CROWD} {zone} at once ({told})", measured=succeeded, target=f"{amount} begun", ok=succeeded == amount
    )


@asynccontextmanager
async def _service(plan: scenarios.Plan) -> AsyncIterator[Service]:
    with own_servers() as (folder, servers):
        async with scenarios.limited_service(folder, servers, plan) as service:
            yield service


if __name__ == "__main__":
    print(table(asyncio.run(limits())))
