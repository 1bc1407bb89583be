"""Charges of generations, admitted by one function of the database, so that no two of them take the same money."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.spending import charges
from learnx.domain.spending import BudgetName, Limits, Spent, Window, day_of, month_of

_RESERVE = "SELECT reserve_spend($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
_SETTLE = text("SELECT settle_spend(:generation, :usd)")


def dollars(usd: float) -> Decimal:
    """As the shortest decimal that is this number; the column keeps nine places."""
    return Decimal(repr(usd))


@dataclass(frozen=True, slots=True)
class PostgresSpending:
    session: OwnedSession
    owner: UUID

    async def reserve(
        self, generation: UUID, *, usd: float, own: Limits, service: Limits, at: datetime, expires_at: datetime
    ) -> BudgetName | None:
        arguments = (
            self.owner,
            generation,
            dollars(usd),
            at,
            expires_at,
            day_of(at).start,
            month_of(at).start,
            _limit(own.budget_usd_per_day),
            _limit(own.budget_usd_per_month),
            _limit(service.budget_usd_per_day),
            _limit(service.budget_usd_per_month),
        )
        # Asked twice, where its connection was lost, it reserves once.
        ((refused,),) = await self.session.ask_alone(_RESERVE, *arguments)
        return cast(BudgetName | None, refused)

    async def settle(self, generation: UUID, *, usd: float) -> None:
        await self.session.execute(_SETTLE, {"generation": generation, "usd": dollars(usd)})

    async def totals(self, window: Window, *, at: datetime) -> Spent:
        charge = charges.c
        live = and_(charge.spent_usd.is_(None), charge.expires_at > at)
        row = (
            await self.session.execute(
                select(
                    func.coalesce(func.sum(charge.spent_usd), 0).label("spent"),
                    func.coalesce(func.sum(charge.reserved_usd).filter(live), 0).label("reserved"),
                ).where(
                    charge.owner_id == self.owner,
                    charge.at >= window.start,
                    charge.at < window.until,
                    or_(charge.spent_usd.is_not(None), live),
                )
            )
        ).one()
        return Spent(spent_usd=float(row.spent), reserved_usd=float(row.reserved))


def _limit(usd: float | None) -> Decimal | None:
    return None if usd is None else dollars(usd)
