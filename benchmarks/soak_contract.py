"""The served contract, tried by two users in all phases: ``python -m benchmarks.soak_contract``."""

import asyncio
import time

import httpx
from benchmarks.report import Figure, table
from tests.bad_weather.service import own_servers, running_service
from tests.entrypoints.http.conftest import sign_up
from tests.entrypoints.http.test_contract import SOMETHING_NEW, WITHOUT_ENDING, holds, known_ids
from tests.fakes.model_server import Script
from tests.security.whole_library import whole_library

from learnx.bootstrap import make_container
from learnx.settings import Secret, Settings

EXAMPLES = 30


async def contract() -> list[Figure]:
    """What breaks it ends it with an error that tells how to send the request again."""
    figures = []
    with own_servers() as (folder, servers):
        settings = {"LEARNX_LLM_MODEL": "offline"}
        async with running_service(folder, servers, Script(), settings=settings, worker=False) as service:
            addresses = servers.addresses
            container = make_container(
                Settings(
                    database_url=Secret(addresses.database_url or ""),
                    redis_url=Secret(addresses.redis_url or ""),
                    data_dir=folder,
                )
            )
            try:
                # Both have signed up before either uses up what their address may register and log in.
                users = []
                for url in service.urls:
                    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                        learner = await sign_up(client)
                        users.append((url, learner, known_ids(await whole_library(learner, container))))
                for number, (url, learner, known) in enumerate(users, start=1):
                    since = time.monotonic()
                    await holds(url, learner, folder, known, [*WITHOUT_ENDING, SOMETHING_NEW], EXAMPLES)
                    seconds = time.monotonic() - since
                    figures.append(Figure(name=f"user {number}: the contract holds", measured=seconds, unit="s"))
            finally:
                await container.close()
    return figures


if __name__ == "__main__":
    print(table(asyncio.run(contract())))
