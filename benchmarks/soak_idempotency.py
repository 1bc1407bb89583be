"""Two hundred twins of every operation that takes an Idempotency-Key: ``python -m benchmarks.soak_idempotency``."""

import asyncio
import time

from benchmarks.report import Figure, table
from tests.bad_weather.service import own_servers, running_service
from tests.fakes.model_server import Script
from tests.security.once_scenarios import one_effect, operations

TWINS = 200


async def idempotency() -> list[Figure]:
    """What has two effects, or replies that differ, ends it with an error."""
    figures = []
    with own_servers() as (folder, servers):
        async with (
            running_service(folder, servers, Script(), settings={"LEARNX_LLM_MODEL": "offline"}) as service,
            service.reader() as reader,
        ):
            for name, operation in (await operations(service, reader)).items():
                since = time.monotonic()
                await one_effect(service, reader, name, operation, TWINS)
                seconds = time.monotonic() - since
                figures.append(Figure(name=f"{name}: {TWINS} twins, one effect", measured=seconds, unit="s"))
    return figures


if __name__ == "__main__":
    print(table(asyncio.run(idempotency())))
