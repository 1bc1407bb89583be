"""What was read and rendered once, kept until anything that it was made from changes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from learnx.domain.rate_limits import Draw, Standing
from learnx.domain.values import Value

Snapshot = Mapping[str, str]
"""The version of each tag, as it was before a source was read."""


class Entry(Value):
    """``label`` is what a reader may know already (an ETag, an id); ``body`` is None where the reader said so."""

    label: str
    body: bytes | None


class Cache(Protocol):
    """A cache that is never older than the last write that was acknowledged, and that may forget at any time.

    An entry has tags; whoever changes what it was made from names them in ``changing``, whose cost does not depend on
    how many entries there are. Nothing here raises: where the cache is down, nothing is found and nothing is kept.
    """

    async def get(self, key: str, *, known: str = "") -> Entry | None:
        """The entry, without its body where its label is ``known``."""
        ...

    async def get_metered(self, key: str, draw: Draw, *, known: str = "") -> tuple[Standing | None, Entry | None]:
        """One of a ``rate`` is drawn in the same step, for what is read most often: how that stands, and what ``get``
        gives, which is nothing where the draw is refused. No standing where it is not known if anything was drawn."""
        ...

    async def snapshot(self, tags: Sequence[str]) -> Snapshot | None:
        """Take it before the source is read. None where something with these tags is being changed, and where the cache
        is down: then what is read must not be kept."""
        ...

    async def put(self, key: str, entry: Entry, snapshot: Snapshot) -> None:
        """Keep the entry under the snapshot's tags, if none of them has changed since."""
        ...

    def changing(self, *tags: str) -> AbstractAsyncContextManager[None]:
        """Around a commit: within it nothing with these tags is found or kept; after it, nothing from before."""
        ...


# Each tag names its owner: so all that the cache has of somebody can be found, and erased.


def user_tag(owner: UUID) -> str:
    return f"user:{owner}"


def persona_tag(owner: UUID) -> str:
    return f"persona:{owner}"


def course_tag(owner: UUID, course: UUID) -> str:
    return f"course:{owner}:{course}"


def file_tag(owner: UUID, file: UUID) -> str:
    return f"file:{owner}:{file}"
