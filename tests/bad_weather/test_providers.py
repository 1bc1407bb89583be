"""Providers that are dead, and budgets that are used up: refused at once, and no more is paid than may be."""

from pathlib import Path

import pytest
from tests.bad_weather import scenarios
from tests.bad_weather.service import running_service
from tests.fakes.model_server import Script

from learnx.entrypoints.local_stack import LocalServers

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_with_a_budget_for_three_lessons_at_most_three_of_many_requests_reach_the_provider(
    stack: tuple[Path, LocalServers],
) -> None:
    settings = scenarios.PRICES | scenarios.THREE_LESSONS
    async with running_service(*stack, Script(), settings=settings) as service:
        await scenarios.budget_for_three(service, requests=100)


async def test_a_dead_provider_is_refused_at_once_and_asked_again_by_itself(stack: tuple[Path, LocalServers]) -> None:
    async with running_service(*stack, Script(), apis=1, settings={"LEARNX_LLM_RETRIES": "0"}) as service:
        await scenarios.provider_dead(service, seconds=6, cool_down=10)
