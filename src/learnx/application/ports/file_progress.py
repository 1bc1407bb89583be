"""Live progress of the processing of files, from the worker to whoever watches."""

from collections.abc import AsyncGenerator
from typing import Protocol
from uuid import UUID

from learnx.domain.courses import FileProgress


class ProgressFeed(Protocol):
    """A hint only: Postgres has the truth, and watchers also look there every second or two."""

    async def publish(self, owner: UUID, file: UUID, progress: FileProgress) -> None:
        """Never raises."""
        ...

    def watch(self, owner: UUID, file: UUID) -> AsyncGenerator[FileProgress | None, None]:
        """Yields None once as soon as nothing published from now on can be missed (then read Postgres), then each
        progress as it is published, and None about every second when there is none (read Postgres again).
        Where the feed is down it yields None about every second."""
        ...
