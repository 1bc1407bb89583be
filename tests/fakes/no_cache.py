"""A cache that keeps nothing and remembers which tags changed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from learnx.application.ports.cache import Entry, Snapshot
from learnx.domain.rate_limits import Draw, Standing


class NoCache:
    def __init__(self) -> None:
        self.changed: list[str] = []

    async def get(self, key: str, *, known: str = "") -> Entry | None:
        return None

    async def get_metered(self, key: str, draw: Draw, *, known: str = "") -> tuple[Standing | None, Entry | None]:
        return None, None

    async def snapshot(self, tags: Sequence[str]) -> Snapshot | None:
        return None

    async def put(self, key: str, entry: Entry, snapshot: Snapshot) -> None:
        return

    @asynccontextmanager
    async def changing(self, *tags: str) -> AsyncIterator[None]:
        yield
        self.changed += tags
