"""Fifty requests with one Idempotency-Key have one effect, whichever servers they reach, and whichever are killed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.bad_weather.service import Service, own_servers, running_service
from tests.fakes.model_server import Script
from tests.security.once_scenarios import one_effect, operations

from learnx.entrypoints.local_stack import LocalServers

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def stack() -> Iterator[tuple[Path, LocalServers]]:
    with own_servers() as running:
        yield running


@pytest.fixture(scope="module")
async def service(stack: tuple[Path, LocalServers]) -> AsyncIterator[Service]:
    async with running_service(*stack, Script(), settings={"LEARNX_LLM_MODEL": "offline"}) as running:
        yield running


async def test_fifty_twins_of_every_operation_have_one_effect(service: Service) -> None:
    async with service.reader() as reader:
        for name, operation in (await operations(service, reader)).items():
            await one_effect(service, reader, name, operation)


async def test_a_server_that_was_killed_replays_what_it_did(service: Service) -> None:
    async with service.reader() as reader:
        headers = {"Idempotency-Key": "before-its-end"}
        sent = {"json": {"fileId": reader.file, "persona": "off", "fresh": True}, "headers": headers}
        first = await reader.learner("POST", "/ai/personalize", **sent)
        assert first.status_code == 200
        service.apis[0].kill()
        await service.apis[0].restart()
        again = await reader.learner("POST", "/ai/personalize", **sent)
        assert (again.status_code, again.headers["idempotency-replayed"]) == (200, "true")
        assert again.content == first.content
        assert len((await reader.learner.made("GET", f"/files/{reader.file}/lessons"))["items"]) == 1
