"""All rows of one owner, table by table, for who wants to take them along."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Protocol
from uuid import UUID


class OwnRows(Protocol):
    @property
    def names(self) -> Sequence[str]:
        """Of the kinds of rows, in an order in which they can be read."""
        ...

    def read(self, owner: UUID, name: str) -> AsyncGenerator[Mapping[str, object], None]:
        """Each row once, in a stable order, as values that JSON knows. No transaction is held between two of them: what
        is added or deleted meanwhile may be in it or not. Postgres unreachable: ``Unavailable``."""
        ...
