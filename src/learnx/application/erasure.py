"""An account leaves, and nothing of it stays: begun in one transaction, and finished by whoever is still there."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import structlog

from learnx.application.generations import stop_generations
from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.cache import Cache, user_tag
from learnx.application.ports.database import Database
from learnx.application.ports.erasures import UnfinishedErasures
from learnx.application.ports.generations import Generations
from learnx.application.ports.traces import Traces
from learnx.domain.errors import Unavailable
from learnx.domain.identity import Principal, User

log = structlog.get_logger(__name__)

#: Seconds after which an erasure that is not finished is a worker's to finish, and how many it looks at in one go.
OVERDUE, AT_ONCE = 60.0, 10
BEGUN = (
    "Your account is erased, and nobody can sign in to it any more. The rest of its data can't be reached at the "
    "moment: it is erased by itself, as soon as it can."
)


@dataclass(frozen=True, slots=True)
class FinishErasure:
    """What is left where the rows are gone: whatever names the owner in Redis, then the bytes, then the note of it."""

    database: Database
    traces: Traces
    blobs: BlobStore

    async def __call__(self, owner: UUID) -> None:
        """Twice is as good as once. ``Unavailable`` where something can't be reached: then it is still to be done."""
        await self.traces.remove(owner)
        await self.blobs.delete(str(owner))
        async with self.database.transaction(owner) as tx:
            await tx.erasures.finish()
            await tx.commit()
        log.info("identity.erased", user=str(owner))


@dataclass(frozen=True, slots=True)
class EraseUser:
    """Rows first, so that nothing leads to bytes that are gone and nobody is let in any more.

    The transaction that deletes them leaves a note that names the account and nothing of it. If this process, Redis or
    the store ends before the rest is gone, a worker finds the note.
    """

    database: Database
    cache: Cache
    generations: Generations
    finish: FinishErasure

    async def __call__(self, principal: Principal, check: Callable[[User], object]) -> None:
        """``check`` sees the user before the end, and may refuse by raising. ``Unavailable`` also where the account is
        gone, and its bytes will be: the words say so."""
        owner = principal.user_id
        async with self.database.transaction(owner) as tx:
            check(await tx.users.get())
            await tx.erasures.begin()
            await tx.users.delete()
            async with self.cache.changing(user_tag(owner)):
                await tx.commit()
        await stop_generations(self.generations, owner)
        try:
            await self.finish(owner)
        except Unavailable as error:
            log.warning("identity.erasure_unfinished", user=str(owner), reason=error.detail)
            raise Unavailable(BEGUN) from error


@dataclass(frozen=True, slots=True)
class FinishErasures:
    """For a worker: finishes what another process began and did not finish."""

    unfinished: UnfinishedErasures
    finish: FinishErasure

    async def __call__(self) -> None:
        """Postgres unreachable: ``Unavailable``. What else can't be reached is tried again the next time."""
        for owner in await self.unfinished.owners(older_than_seconds=OVERDUE, limit=AT_ONCE):
            try:
                await self.finish(owner)
            except Unavailable as error:
                log.warning("identity.erasure_unfinished", user=str(owner), reason=error.detail)
