"""Money is set aside before a model is called, so that no budget is overrun however many ask at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from learnx.application.ports.database import Database
from learnx.domain.errors import Unavailable
from learnx.domain.plans import Budgets
from learnx.domain.spending import check_affordable, refusal

log = structlog.get_logger(__name__)

#: After this, what a process reserved that has died comes free by itself. Longer than any generation.
RESERVED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ReserveSpend:
    """Keeps what a generation may cost at most from all others, until it is settled or ``RESERVED_FOR`` has passed.

    Whoever takes a generation over reserves under the same id, and pays no second time. Nothing is reserved for what
    costs nothing, and where neither the owner's plan nor the service has a limit.
    """

    database: Database
    budgets: Budgets
    clock: Callable[[], datetime]

    async def __call__(self, owner: UUID, generation_id: UUID, usd: float | None) -> None:
        """``usd`` is None where no price is known: ``Unavailable`` where there is a limit.

        No room left: ``PaymentRequired`` in the plan's month, ``RateLimited`` in its day and in the service's budget.
        More than a whole day or month has: ``PaymentRequired``.
        """
        if usd == 0 or not self.budgets.limited:
            return
        service = self.budgets.service
        async with self.database.transaction(owner) as tx:
            # Without subscriptions there is nothing to look up, and reserving is the only round trip.
            tier = (await tx.users.get()).subscription_tier if self.budgets.subscriptions else ""
            _, own = self.budgets.plan_of(tier)
            if not (own.budgeted or service.budgeted):
                return
            if usd is None:
                log.error("spending.price_unknown", user=str(owner))
                raise Unavailable(
                    "The price of the model is not known here, so no budget can be kept: nothing was asked of it."
                )
            check_affordable(usd, own=own, service=service)
            at = self.clock()
            exhausted = await tx.spending.reserve(
                generation_id, usd=usd, own=own, service=service, at=at, expires_at=at + RESERVED_FOR
            )
            await tx.commit()
        if exhausted is not None:
            log.info("spending.refused", user=str(owner), budget=exhausted)
            raise refusal(exhausted, at)
