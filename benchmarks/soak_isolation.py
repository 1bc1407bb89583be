"""5,000 random operations of three users over one connection: ``python -m benchmarks.soak_isolation``."""

import asyncio
import time

from benchmarks.report import Figure, table
from tests.bad_weather.service import own_servers
from tests.security.one_connection import World
from tests.security.random_operations import do

from learnx import bootstrap
from learnx.adapters.postgres.engine import open_engine

OPERATIONS = 5_000


def isolation(operations: int = OPERATIONS) -> list[Figure]:
    """What one of them sees of another ends it with an error."""
    with own_servers() as (_, servers), asyncio.Runner() as runner:
        addresses = servers.addresses
        runner.run(bootstrap.migrate(addresses.admin_url or ""))
        engine = World.holding_one(open_engine(addresses.database_url or "", pool_size=1))
        world = World(runner, engine, addresses.superuser_url or "")
        began = time.perf_counter()
        do(world, operations)
        seconds = time.perf_counter() - began
        runner.run(engine.dispose())
    return [
        Figure(
            name="random operations of three users over one connection, without a cross read",
            measured=world.operations,
            target=f"≥ {operations}",
            ok=world.operations >= operations,
        ),
        Figure(name="time that they took", measured=seconds, unit="s"),
    ]


if __name__ == "__main__":
    print(table(isolation()))
