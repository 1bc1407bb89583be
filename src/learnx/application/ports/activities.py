"""What an owner did, and when."""

from collections.abc import Sequence
from typing import Protocol

from learnx.application.ports.paging import Page
from learnx.domain.activity import Activity


class Activities(Protocol):
    async def add(self, activity: Activity) -> None: ...
    async def add_all(self, added: Sequence[Activity]) -> None:
        """Those that are there already stay as they are."""
        ...

    async def page(self, page: Page) -> list[Activity]:
        """Newest first; sort key: at, id."""
        ...
