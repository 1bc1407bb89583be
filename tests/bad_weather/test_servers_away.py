"""Valkey and Postgres fail in the middle of a lesson: that costs time, never truth."""

from typing import get_args

import pytest
from tests.bad_weather import scenarios
from tests.bad_weather.service import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


@pytest.mark.parametrize("fault", get_args(scenarios.Fault))
async def test_readers_end_with_the_whole_lesson_that_was_written_once(
    service: Service, fault: scenarios.Fault
) -> None:
    await scenarios.server_away(service, fault, stopped_for=3.0)
