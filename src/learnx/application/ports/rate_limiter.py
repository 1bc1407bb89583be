"""Counts who does how much, over all servers, so that nobody gets more than is theirs."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from learnx.domain.rate_limits import Draw, Standing


class RateLimiter(Protocol):
    """Quotas that many servers draw from at once, each draw one step for all of them."""

    async def draw(
        self, draws: Sequence[Draw], *, event: UUID, looks: Sequence[Draw] = (), exactly: bool = False
    ) -> tuple[Standing, ...]:
        """One of each of the ``draws``, or none of any where one is refused; then how ``draws`` and ``looks`` stand.

        ``event`` names what was drawn: the same one is drawn once, and can be given back. What is ``held`` is held
        until then, or until this process ends. Where nothing can be counted for all servers: ``Unavailable`` where it
        must be ``exactly``, else this process counts its own.
        """
        ...

    async def give_back(self, draws: Sequence[Draw], *, event: UUID) -> None:
        """What was drawn from a ``window`` or is ``held``; it is no error where nothing was, or where it can't be."""
        ...
