"""The generations of all API servers in Redis, in types: one method for each transition of ``redis_scripts``."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from redis.asyncio import Redis

from learnx.adapters.generations import redis_scripts as scripts
from learnx.adapters.generations.redis_trouble import PATIENCE, translated
from learnx.adapters.generations.script_batches import ScriptBatches
from learnx.domain.generations import Job
from learnx.domain.lessons import TERMINAL, Completed, LessonEvent

encode_event = msgspec.json.Encoder().encode
decode_event = msgspec.json.Decoder(LessonEvent).decode
encode_job = msgspec.json.Encoder().encode
decode_job = msgspec.json.Decoder(Job).decode

ClaimState = Literal["mine", "admitting", "running", "over", "erased"]
Appended = Literal["ok", "fenced", "gap"]


class KnownGeneration(NamedTuple):
    owner: UUID
    over: bool
    stored_id: UUID | None
    epoch: int
    events: list[LessonEvent]


class Pulse(NamedTuple):
    """``runs``: "gone", "fenced", "unread" or "read"; ``followed``: "gone", "running" or "over"."""

    born: bytes
    runs: dict[UUID, str]
    followed: dict[UUID, str]


class TakenOver(NamedTuple):
    job: Job
    token: str
    epoch: int


class RedisLog:
    """Everything raises ``RedisTrouble``, after one second at most."""

    def __init__(self, redis: Redis, *, lease_seconds: float, log_ttl_seconds: float) -> None:
        self._redis = redis
        self._lease = int(lease_seconds * 1000)
        self._ttl = int(log_ttl_seconds * 1000)
        self._running_ttl = max(self._ttl, 100 * self._lease)  # for what nobody ever takes over
        self._scripts = ScriptBatches(redis)

    async def claim(self, job: Job, token: str) -> tuple[UUID, ClaimState]:
        """The generation that has the owner's key: this one, or another."""
        claimed, state = await self._scripts.run(
            scripts.CLAIM,
            *(str(job.generation_id), token, str(job.owner), job.key, encode_job(job), self._lease, self._running_ttl),
        )
        return UUID(claimed.decode()), state.decode()

    async def withdraw(self, generation_id: UUID, token: str) -> None:
        await self._scripts.run(scripts.WITHDRAW, str(generation_id), token)

    async def append(
        self, job: Job, token: str, epoch: int, first: int, events: Sequence[LessonEvent], *, create: bool
    ) -> Appended:
        """Add ``events``, of which the first has the number ``first``. Nothing is added where events before them are
        missing; with ``create`` the generation is made known anew."""
        last = events[-1] if events else None
        ends = isinstance(last, TERMINAL)
        stored_id = str(last.stored_id) if isinstance(last, Completed) else ""
        head = (str(job.generation_id), token, epoch, first, int(ends), stored_id, self._lease, self._ttl)
        what = (str(job.owner), job.key, encode_job(job) if create else "")
        script = scripts.APPEND_END if ends else scripts.APPEND
        outcome: Appended = (await self._scripts.run(script, *head, *what, *map(encode_event, events))).decode()
        return outcome

    async def heartbeat(self, runs: Mapping[UUID, str], followed: Sequence[UUID]) -> Pulse:
        """Renew the leases of all ``runs`` (id → token), and tell whoever runs it what is ``followed`` here."""
        pairs = [part for generation_id, token in runs.items() for part in (str(generation_id), token)]
        head = (self._lease, self._running_ttl, self._lease, len(runs))
        born, *codes = await self._scripts.run(scripts.HEARTBEAT, *head, *pairs, *map(str, followed))
        of_runs = [("gone", "fenced", "unread", "read")[code] for code in codes[: len(runs)]]
        of_followed = [("gone", "running", "over")[code] for code in codes[len(runs) :]]
        return Pulse(born, dict(zip(runs, of_runs, strict=True)), dict(zip(followed, of_followed, strict=True)))

    async def take_over(
        self,
        token: str,
        *,
        handed_over_only: bool,
        most: int,
        restart: LessonEvent,
        broken: LessonEvent,
        most_takeovers: int,
    ) -> list[TakenOver]:
        """Up to ``most`` generations that nobody writes, each in a new epoch that begins with ``restart``."""
        options = (int(handed_over_only), most, encode_event(restart), encode_event(broken), most_takeovers)
        found = await self._scripts.run(scripts.TAKE_OVER, token, self._lease, self._running_ttl, *options)
        return [
            TakenOver(decode_job(job), f"{token}:{generation_id.decode()}", epoch)
            for generation_id, epoch, job in zip(found[::3], found[1::3], found[2::3], strict=True)
        ]

    async def stop(self, owner: UUID, generation_id: UUID, last: LessonEvent) -> bool:
        return bool(
            await self._scripts.run(scripts.STOP, str(owner), str(generation_id), encode_event(last), self._ttl)
        )

    async def hand_over(self, runs: Mapping[UUID, str]) -> None:
        pairs = [part for generation_id, token in runs.items() for part in (str(generation_id), token)]
        await self._scripts.run(scripts.HAND_OVER, *pairs)

    async def running(self, owner: UUID) -> list[Job]:
        return [decode_job(job) for job in await self._scripts.run(scripts.RUNNING, str(owner))]

    async def read(self, generation_id: UUID) -> tuple[KnownGeneration | None, bytes | None]:
        """The generation with all of its newest epoch, and since when Redis knows."""
        key = f"learnx:generation:{generation_id}"
        async with translated(PATIENCE), self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hmget(key, ["owner", "state", "storedId", "epoch"])
            pipeline.xrange(f"{key}:log")
            pipeline.get("learnx:generations:born")
            (owner, state, stored_id, epoch), entries, born = await pipeline.execute()
        if owner is None:
            return None, born
        lesson = UUID(stored_id.decode()) if stored_id else None
        events = [decode_event(fields[b"e"]) for _, fields in entries]
        return KnownGeneration(UUID(owner.decode()), state == b"over", lesson, int(epoch), events), born

    async def stored_of(self, owner: UUID, generation_id: UUID) -> UUID | None:
        async with translated(PATIENCE):
            found: list[Any] = await self._redis.hmget(f"learnx:generation:{generation_id}", ["owner", "storedId"])
        owned_by, stored_id = found
        return UUID(stored_id.decode()) if owned_by == str(owner).encode() and stored_id else None
