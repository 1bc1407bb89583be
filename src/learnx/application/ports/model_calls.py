"""What each call of a model took."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from learnx.domain.model_calls import CallKind, ModelCall
from learnx.domain.spending import Window
from learnx.domain.usage import CallTotals


class ModelCalls(Protocol):
    """The usage ledger: append-only."""

    async def add(self, calls: Sequence[ModelCall], *, kind: CallKind, generation: UUID | None, at: datetime) -> None:
        """In their order. Those of one generation's epoch are added once, by the transaction that ends it."""
        ...

    async def totals(self, window: Window) -> list[CallTotals]:
        """The owner's calls of that time: one for each model and kind, in that order."""
        ...
