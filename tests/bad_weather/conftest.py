"""One service for the scenarios that configure nothing of their own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.bad_weather.scenarios import PRICES
from tests.bad_weather.service import Service, own_servers, running_service
from tests.fakes.model_server import Script

from learnx.entrypoints.local_stack import LocalServers


@pytest.fixture(scope="module")
def stack() -> Iterator[tuple[Path, LocalServers]]:
    with own_servers() as running:
        yield running


@pytest.fixture(scope="module")
async def service(stack: tuple[Path, LocalServers]) -> AsyncIterator[Service]:
    async with running_service(*stack, Script(), settings=PRICES) as running:
        yield running
