"""A request for a lesson, an answer or a summary that carries an Idempotency-Key begins one generation at most."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from learnx.application.idempotency import KEPT_FOR, Once, check_same
from learnx.application.lessons import FollowGeneration, LessonStream
from learnx.application.ports.database import Database, Transaction
from learnx.application.ports.generations import Generations
from learnx.application.ports.idempotency import Kept
from learnx.application.stored_replays import stored_replay
from learnx.domain.errors import Conflict, LearnXError
from learnx.domain.identity import Principal
from learnx.domain.lessons import Failed

#: A generation that was announced so long ago and is nowhere to be seen will not begin any more.
BEGINS_WITHIN = timedelta(seconds=30)
#: What a reader is told where a generation goes on elsewhere.
DRAINING = "SERVICE_UNAVAILABLE"
Begun = tuple[UUID, LessonStream | None]
"""The id of a generation that runs, or of one that is over with the replay of what it stored."""

BEING_WRITTEN = "What this request asked for is being written: send it again when it is done, or read its stream."


@dataclass(frozen=True, slots=True)
class OneGeneration:
    """The generation that a key names: announced before it begins, so that nobody begins a second one.

    Its key is free again where it was refused or failed: at once, or ``BEGINS_WITHIN`` later where nobody read it.
    """

    database: Database
    generations: Generations
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]

    async def __call__(
        self, principal: Principal, once: Once | None, begin: Callable[[UUID], Awaitable[Begun]]
    ) -> LessonStream:
        """``begin`` is given an id for a new generation; without a key it is all that is asked."""
        owner, follow = principal.user_id, FollowGeneration(self.database, self.generations)
        announced = self.new_id()
        if once is None:
            begun, stored = await begin(announced)
            return stored if stored is not None else await follow(principal, begun)
        known = await self._claimed(owner, once, announced)
        if known is not None:
            once.replayed = True
            return await follow(principal, known)
        try:
            begun, stored = await begin(announced)
        except LearnXError:
            await asyncio.shield(self._forget(owner, once, announced))
            raise
        if begun != announced:
            await self._announce(owner, once, begun)
        return self._told(owner, once, begun, stored if stored is not None else await follow(principal, begun))

    async def _claimed(self, owner: UUID, once: Once, announced: UUID) -> UUID | None:
        """The one that is there already; else ``announced`` is."""
        now = self.clock()
        async with self.database.transaction(owner) as tx:
            kept = await tx.idempotency.begin(once.operation, once.key_hash, now=now)
            if kept is not None and kept.generation_id is not None:
                check_same(kept, once)
                if await stored_replay(tx, kept.generation_id) is not None:
                    return kept.generation_id
                if await self._is_running(owner, kept.generation_id):
                    if once.joins:
                        return kept.generation_id
                    raise Conflict(BEING_WRITTEN)
                if now < kept.created_at + BEGINS_WITHIN:
                    raise Conflict(BEING_WRITTEN)
            await self._put(tx, once, announced, now)
            await tx.commit()
        return None

    async def _is_running(self, owner: UUID, generation_id: UUID) -> bool:
        return any(job.generation_id == generation_id for job in await self.generations.running(owner))

    async def _told(self, owner: UUID, once: Once, generation_id: UUID, stream: LessonStream) -> LessonStream:
        async with aclosing(stream):
            async for place, event in stream:
                if isinstance(event, Failed) and event.code != DRAINING:
                    await self._forget(owner, once, generation_id)
                yield place, event

    async def _announce(self, owner: UUID, once: Once, generation_id: UUID) -> None:
        async with self.database.transaction(owner) as tx:
            await self._put(tx, once, generation_id, self.clock())
            await tx.commit()

    async def _put(self, tx: Transaction, once: Once, generation_id: UUID, now: datetime) -> None:
        kept = Kept(body_hash=once.body_hash, generation_id=generation_id, created_at=now)
        await tx.idempotency.keep(once.operation, once.key_hash, kept, expires_at=now + KEPT_FOR)

    async def _forget(self, owner: UUID, once: Once, generation_id: UUID) -> None:
        async with self.database.transaction(owner) as tx:
            await tx.idempotency.forget(once.operation, once.key_hash, generation_id)
            await tx.commit()
