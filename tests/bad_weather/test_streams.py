"""Two API servers, and readers who are cut off, killed off, many, rude or strangers."""

import pytest
from tests.bad_weather import scenarios
from tests.bad_weather.service import Service

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


async def test_cut_at_every_event_of_a_long_stream_readers_get_exactly_the_rest_at_the_other_server(
    service: Service,
) -> None:
    await scenarios.cut_at_every_event(service, least=200)


async def test_cut_again_and_again_a_reader_ends_with_the_whole_lesson(service: Service) -> None:
    reading = await scenarios.cut_all_the_way(service)
    assert reading.connections > 50


async def test_fifty_first_requests_at_once_make_one_call_and_fifty_whole_lessons(service: Service) -> None:
    await scenarios.crowd(service, readers=50)


async def test_another_users_generation_lesson_and_last_event_are_not_found(service: Service) -> None:
    await scenarios.strangers(service)


async def test_clients_that_reset_or_never_read_leave_nothing_behind(service: Service) -> None:
    await scenarios.rude_clients(service, resets=50, silent=20)


@pytest.mark.parametrize("after", [3, 60])
async def test_the_writer_is_killed_and_every_reader_ends_with_a_whole_lesson_that_was_paid_once(
    service: Service, after: int
) -> None:
    assert await scenarios.writer_killed(service, after=after) <= 2
