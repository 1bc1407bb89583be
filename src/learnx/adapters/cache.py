"""The cache in Redis, which many servers share, and which may be lost, full or silent at any moment."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from learnx.adapters.cache_scripts import ALL, EVERYTHING, MARK, PREFIX, PUT, READ, READ_METERED, RELEASE, SHA, SNAPSHOT
from learnx.adapters.patience import Patience
from learnx.adapters.rate_limiter_scripts import key_of, standing
from learnx.adapters.redis_lanes import RedisLanes
from learnx.application.ports.cache import Entry, Snapshot
from learnx.domain.rate_limits import Draw, Standing

log = structlog.get_logger(__name__)

#: Seconds that an entry lives; a tag is renewed at each fill for far longer, so that none of its entries outlives it.
ENTRY_LIFETIME, TAG_LIFETIME = 3_600.0, 86_400.0
#: Seconds until a writer that was not heard of again is taken for dead: longer than Postgres lets a commit take.
DOUBT = 35.0
#: Seconds that a command may take: what the cache spares takes less. Seconds between two tries to reach
#: a Redis that failed.
PATIENCE, RETRY_EVERY = 0.2, 0.2

#: Commands at a time, each on a connection of its own; more wait for each other, not for more connections.
AT_ONCE = 64


class _Down(Exception):
    """Redis did not do what was asked."""


class RedisCache:
    """A command is given up after ``patience`` seconds. ``redis`` needs no limit of its own, which would cost more.

    After a failure this process bypasses the cache until Redis answers again, and until it has made up for the writes
    that it could not announce. Other servers don't know of those meanwhile. A write that was acknowledged while Redis
    was out of this process's reach, and not of theirs, is seen by them when it is in reach again (``RETRY_EVERY``); if
    this process is killed before, when the entry's life is over.

    ``on_failure`` is told its reason.

    A Redis that was restarted or replaced may hold what is older than the last invalidation. It has forgotten the
    scripts, too: so whoever loads them voids everything first.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        on_failure: Callable[[str], None] = lambda reason: None,
        patience: float = PATIENCE,
        doubt_seconds: float = DOUBT,
    ) -> None:
        self._patience = patience
        self._on_failure = on_failure
        self._redis = redis
        self._execute = RedisLanes(redis)
        self._doubt = round(1000 * doubt_seconds)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._loading = asyncio.Lock()
        self._trusted = True
        self._owed: set[str] = set()
        self._recovery: asyncio.Task[None] | None = None

    async def get(self, key: str, *, known: str = "") -> Entry | None:
        try:
            found = await self._run(READ, [PREFIX + key], known)
        except _Down:
            return None
        if found is None:
            return None
        return Entry(label=found[0].decode(), body=found[1] if len(found) > 1 else None)

    async def get_metered(self, key: str, draw: Draw, *, known: str = "") -> tuple[Standing | None, Entry | None]:
        quota = draw.quota
        try:
            found = await self._run(
                READ_METERED, [PREFIX + key, key_of(draw)], known, quota.amount, quota.seconds * 1_000_000
            )
        except _Down:
            return None, None
        entry = Entry(label=found[3].decode(), body=found[4] if len(found) > 4 else None) if len(found) > 3 else None
        return standing(draw, *found[:3]), entry

    async def snapshot(self, tags: Sequence[str]) -> Snapshot | None:
        keys = [EVERYTHING, *_keys(tags)]
        try:
            versions = await self._run(SNAPSHOT, keys, secrets.token_hex(12), round(1000 * TAG_LIFETIME))
        except _Down:
            return None
        return {key: version.decode() for key, version in zip(keys, versions, strict=True)} if versions else None

    async def put(self, key: str, entry: Entry, snapshot: Snapshot) -> None:
        versions, tags = " ".join(snapshot.values()), " ".join(snapshot)
        lifetime = round(1000 * ENTRY_LIFETIME)
        try:
            await self._run(PUT, [PREFIX + key, *snapshot], versions, tags, entry.label, entry.body or b"", lifetime)
        except _Down:
            return

    def changing(self, *tags: str) -> AbstractAsyncContextManager[None]:
        return self._changing(_keys(tags))

    @asynccontextmanager
    async def _changing(self, tags: list[str]) -> AsyncIterator[None]:
        """Where the outcome is not known the mark is left to end by itself; what was not marked is made up for."""
        writer, released = secrets.token_hex(12), False
        marked = await self._told(MARK, tags, writer, self._doubt)
        try:
            yield
            released = await self._told(RELEASE, tags, writer)
        finally:
            if not (marked or released):
                self._owed.update(tags)
                self.distrust("a write could not be announced")

    async def aclose(self) -> None:
        """Make up for what is owed, if that can be done now."""
        if self._recovery is not None:
            self._recovery.cancel()
            await asyncio.wait([self._recovery])
        if self._owed:
            try:
                await self._evaluate(RELEASE, list(self._owed), "")
            except (RedisError, OSError):
                log.warning("cache.invalidations_lost", tags=len(self._owed))
        await self._execute.aclose()

    async def _told(self, script: str, keys: Sequence[str], *arguments: Any) -> bool:
        try:
            await self._run(script, keys, *arguments)
        except _Down:
            return False
        return True

    async def _run(self, script: str, keys: Sequence[str], *arguments: Any) -> Any:
        if not self._trusted:
            raise _Down
        try:
            async with self._slots:
                if not self._trusted:  # those who waited know what the first of them found out
                    raise _Down
                return await self._evaluate(script, keys, *arguments)
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            self.distrust(type(error).__name__)
            raise _Down from error
        except RedisError as error:  # it answers, but has no memory, say
            log.warning("cache.refused", error=type(error).__name__)
            raise _Down from error

    async def _evaluate(self, script: str, keys: Sequence[str], *arguments: Any) -> Any:
        command = ("EVALSHA", SHA[script], len(keys), *keys, *arguments)
        async with Patience(self._patience):
            try:
                return await self._execute(*command)
            except NoScriptError:
                return await self._loaded(command)

    async def _loaded(self, command: Sequence[Any]) -> Any:
        """Of many that find no scripts at once one loads them: the others would void what was filled meanwhile."""
        async with self._loading:
            try:
                return await self._execute(*command)
            except NoScriptError:
                await self._void_and_load()
        return await self._execute(*command)

    async def _void_and_load(self) -> None:
        log.info("cache.voided")
        async with self._redis.pipeline(transaction=True) as transaction:
            transaction.unlink(EVERYTHING)
            for script in ALL:
                transaction.script_load(script)
            await transaction.execute()

    def distrust(self, reason: str) -> None:
        """Redis was found not to answer, here or by somebody else: until it does, nobody waits for it."""
        failed, self._trusted = self._trusted, False
        if failed:
            log.warning("cache.bypassed", reason=reason)
            self._on_failure(reason)
        if self._recovery is None or self._recovery.done():
            self._recovery = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        while not self._trusted:
            owed, self._owed = self._owed, set()
            try:
                await self._evaluate(RELEASE, list(owed), "")
            except (RedisError, OSError):
                self._owed |= owed
                await asyncio.sleep(RETRY_EVERY)
            except asyncio.CancelledError:
                self._owed |= owed
                raise
            else:
                self._trusted = not self._owed
        log.info("cache.trusted")


def _keys(tags: Iterable[str]) -> list[str]:
    return [f"{PREFIX}tag:{tag}" for tag in tags]
