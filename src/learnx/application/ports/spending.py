"""Budgets, reserved before they are spent."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from learnx.domain.spending import BudgetName, Limits, Spent, Window


class Spending(Protocol):
    """What an owner, and the service as a whole, may still spend: US dollars, by day and month (UTC).

    A generation counts on the day it was reserved, or, where it was not, on the day it is settled.
    """

    async def reserve(
        self, generation: UUID, *, usd: float, own: Limits, service: Limits, at: datetime, expires_at: datetime
    ) -> BudgetName | None:
        """None, and kept from others until it is settled or expires; else the budget in which spent + reserved + this
        is too much (of several the one that opens last). Alone in its transaction it is committed by itself; else
        commit at once, since others wait.

        A generation that has a living reservation, or is settled, is admitted again as it is.
        """
        ...

    async def totals(self, window: Window, *, at: datetime) -> Spent:
        """The owner's; what is reserved as it is at ``at``."""
        ...

    async def settle(self, generation: UUID, *, usd: float) -> None:
        """The reservation of this generation becomes ``usd`` spent. Settled already: nothing changes."""
        ...
