"""The usage ledger: rows are added and summed, and nothing else is granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.spending import dollars
from learnx.adapters.postgres.tables.model_calls import model_calls
from learnx.domain.model_calls import CallKind, ModelCall
from learnx.domain.spending import Window
from learnx.domain.usage import CallTotals


@dataclass(frozen=True, slots=True)
class PostgresModelCalls:
    session: OwnedSession
    owner: UUID

    async def add(self, calls: Sequence[ModelCall], *, kind: CallKind, generation: UUID | None, at: datetime) -> None:
        if not calls:
            return
        rows = [self._to_row(call) | {"kind": kind, "generation_id": generation, "at": at} for call in calls]
        await self.session.execute(insert(model_calls).values(rows))

    async def totals(self, window: Window) -> list[CallTotals]:
        """One for each model and kind."""
        ledger = model_calls.c
        unpriced = func.count().filter(ledger.cost_usd.is_(None))
        rows = await self.session.execute(
            select(
                ledger.model,
                ledger.kind,
                func.count().label("calls"),
                func.sum(ledger.prompt_tokens).label("prompt_tokens"),
                func.sum(ledger.cached_prompt_tokens).label("cached_prompt_tokens"),
                func.sum(ledger.completion_tokens).label("completion_tokens"),
                func.sum(ledger.cost_usd).label("cost_usd"),
                unpriced.label("unpriced"),
            )
            .where(ledger.owner_id == self.owner, ledger.at >= window.start, ledger.at < window.until)
            .group_by(ledger.model, ledger.kind)
            .order_by(ledger.model, ledger.kind)
        )
        return [_to_value(row) for row in rows]

    def _to_row(self, call: ModelCall) -> dict[str, Any]:
        first = call.first_token_seconds
        return {
            "owner_id": self.owner,
            "model": call.model,
            "prompt_tokens": call.prompt_tokens,
            "cached_prompt_tokens": call.cached_prompt_tokens,
            "completion_tokens": call.completion_tokens,
            "cost_usd": None if call.cost_usd is None else dollars(call.cost_usd),
            "counted": call.counted,
            "whole": call.whole,
            "latency_ms": round(call.latency_seconds * 1000),
            "first_token_ms": None if first is None else round(first * 1000),
        }


def _to_value(row: Row[Any]) -> CallTotals:
    return CallTotals(
        model=row.model,
        kind=row.kind,
        calls=row.calls,
        prompt_tokens=int(row.prompt_tokens),
        cached_prompt_tokens=int(row.cached_prompt_tokens),
        completion_tokens=int(row.completion_tokens),
        cost_usd=row.cost_usd or Decimal(),
        unpriced=row.unpriced,
    )
