"""A job is queued once while it waits, found again when its worker is gone, never an error to who offers it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from saq import Job, Status
from structlog.testing import capture_logs

from learnx.adapters import job_queue
from learnx.adapters.job_queue import PatientQueue, SaqJobQueue, SaqJobReceiver

pytestmark = pytest.mark.anyio

OWNER, JOB = uuid4(), uuid4()


@pytest.fixture
async def queue(redis_url: str) -> AsyncIterator[PatientQueue]:
    async with Redis.from_url(redis_url) as redis:
        yield PatientQueue(redis)


@pytest.fixture
async def receiver(redis_url: str) -> AsyncIterator[SaqJobReceiver]:
    async with Redis.from_url(redis_url, socket_timeout=None) as redis:
        yield SaqJobReceiver(PatientQueue(redis), concurrency=2)


@pytest.fixture
def unreachable() -> PatientQueue:
    return PatientQueue(Redis.from_url("redis://127.0.0.1:1"))


async def received(queue: PatientQueue, job: UUID) -> Job:
    """Take the job as a worker does, up to the moment at which it would claim it."""
    message = await queue.dequeue(timeout=1)
    assert message is not None
    assert message.key == f"{OWNER}:{job}"
    await message.update(status=Status.ACTIVE)
    return message


async def test_a_message_names_owner_and_job(queue: PatientQueue) -> None:
    await SaqJobQueue(queue).offer(OWNER, JOB)
    message = await received(queue, JOB)
    assert (message.function, message.kwargs) == ("process_file", {"owner": str(OWNER), "job_id": str(JOB)})


async def test_offering_a_waiting_job_again_does_nothing(queue: PatientQueue) -> None:
    for _ in range(3):
        await SaqJobQueue(queue).offer(OWNER, JOB)
    await SaqJobQueue(queue).offer(OWNER, uuid4())
    assert await queue.count("queued") == 2


async def test_a_job_that_was_just_received_is_not_queued_again(queue: PatientQueue) -> None:
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await received(queue, JOB)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    assert await queue.count("queued") == 0


async def test_a_job_whose_worker_died_is_queued_again(queue: PatientQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_queue, "CLAIM_GRACE", 0)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await received(queue, JOB)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    assert (await queue.count("queued"), await queue.count("active")) == (1, 0)
    await received(queue, JOB)


async def test_a_job_whose_worker_died_the_moment_it_received_it_is_queued_again(
    queue: PatientQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_queue, "CLAIM_GRACE", 0)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await queue.dequeue(timeout=1)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    assert (await queue.count("queued"), await queue.count("active")) == (1, 0)


async def test_a_job_that_waits_for_long_stays_where_it_is(
    queue: PatientQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_queue, "CLAIM_GRACE", 0)
    first, second = uuid4(), uuid4()
    for job in (first, second, first):
        await SaqJobQueue(queue).offer(OWNER, job)
    await received(queue, first)
    await received(queue, second)


async def test_a_finished_job_can_be_offered_again(queue: PatientQueue) -> None:
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await (await received(queue, JOB)).finish(Status.COMPLETE)
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await received(queue, JOB)


async def test_where_redis_is_down_an_offer_is_a_warning(unreachable: PatientQueue) -> None:
    with capture_logs() as logs:
        await SaqJobQueue(unreachable).offer(OWNER, JOB)
    assert [(line["event"], line["log_level"]) for line in logs] == [("job_queue.offer_failed", "warning")]


async def test_where_redis_is_down_receiving_waits_longer_each_time(
    unreachable: PatientQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def slept(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", slept)
    for _ in range(8):
        assert await unreachable.dequeue() is None
    waits = [pause for pause in pauses if pause > 0]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (job_queue.FIRST_PAUSE, job_queue.LONGEST_PAUSE)


async def test_each_offered_job_is_handed_over_and_forgotten(queue: PatientQueue, receiver: SaqJobReceiver) -> None:
    handled: asyncio.Queue[tuple[UUID, UUID]] = asyncio.Queue()

    async def handle(owner: UUID, job: UUID) -> None:
        handled.put_nowait((owner, job))

    receiving = asyncio.create_task(receiver.receive(handle))
    jobs = {uuid4() for _ in range(5)}
    for job in jobs:
        await SaqJobQueue(queue).offer(OWNER, job)
    assert {await handled.get() for _ in jobs} == {(OWNER, job) for job in jobs}
    while await queue.count("incomplete"):
        await asyncio.sleep(0.01)
    receiving.cancel()
    await asyncio.wait([receiving])


async def test_a_receiver_that_is_cancelled_cancels_what_is_handled_and_gives_it_back(
    queue: PatientQueue, receiver: SaqJobReceiver
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def handle(owner: UUID, job: UUID) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            ended.set()

    receiving = asyncio.create_task(receiver.receive(handle))
    await SaqJobQueue(queue).offer(OWNER, JOB)
    await begun.wait()
    receiving.cancel()
    await asyncio.wait([receiving])
    assert ended.is_set()
    await received(queue, JOB)


async def test_a_job_that_fails_does_not_end_the_receiver(queue: PatientQueue, receiver: SaqJobReceiver) -> None:
    handled: asyncio.Queue[UUID] = asyncio.Queue()

    async def handle(owner: UUID, job: UUID) -> None:
        handled.put_nowait(job)
        raise RuntimeError

    receiving = asyncio.create_task(receiver.receive(handle))
    for job in (first := uuid4(), second := uuid4()):
        await SaqJobQueue(queue).offer(OWNER, job)
    assert {await handled.get(), await handled.get()} == {first, second}
    receiving.cancel()
    await asyncio.wait([receiving])
