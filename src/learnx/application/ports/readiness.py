"""Whether what a server rests on is there."""

from collections.abc import Awaitable, Callable
from typing import Protocol

Check = Callable[[], Awaitable[None]]
"""Raises ``Unavailable`` where something is down or not fit for this code; it takes a second or two at most."""


class Dependencies(Protocol):
    """Without ``essential`` nothing can be answered; without ``optional`` some things are slower or missing."""

    @property
    def essential(self) -> dict[str, Check]: ...

    @property
    def optional(self) -> dict[str, Check]: ...
