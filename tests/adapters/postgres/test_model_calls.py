"""The usage ledger keeps every call, and sums those of its owner."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresDatabase
from learnx.domain.model_calls import ModelCall
from learnx.domain.spending import day_of, month_of
from learnx.domain.usage import CallTotals

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def call(model: str = "a", cost_usd: float | None = 0.1, **values: Any) -> ModelCall:
    tokens = {"prompt_tokens": 100, "cached_prompt_tokens": 80, "completion_tokens": 10}
    return ModelCall(**{"model": model, "cost_usd": cost_usd, **tokens, **values})


async def add(database: PostgresDatabase, owner: UUID, *calls: ModelCall, at: datetime = AT) -> UUID:
    generation = uuid7()
    async with database.transaction(owner) as tx:
        await tx.model_calls.add(calls, kind="lesson", generation=generation, at=at)
        await tx.commit()
    return generation


async def totals(
    database: PostgresDatabase, owner: UUID, at: datetime = AT, window_of: Any = day_of
) -> list[CallTotals]:
    async with database.transaction(owner) as tx:
        return await tx.model_calls.totals(window_of(at))


async def test_a_call_is_kept_whole(database: PostgresDatabase, owner: UUID, connect: Any) -> None:
    broken = call(counted=True, whole=False, latency_seconds=1.2345, first_token_seconds=0.0504)
    unpriced = call(cost_usd=None)
    generation = await add(database, owner, broken, unpriced)
    async with connect("superuser") as connection:
        rows = [dict(row) for row in await connection.fetch("SELECT * FROM model_calls ORDER BY owner_id, id")]
    shared = {
        "owner_id": owner,
        "at": AT,
        "kind": "lesson",
        "generation_id": generation,
        "model": "a",
        "prompt_tokens": 100,
        "cached_prompt_tokens": 80,
        "completion_tokens": 10,
    }
    assert [row.pop("id") for row in rows] == [1, 2]
    assert rows == [
        shared
        | {"cost_usd": Decimal("0.1"), "counted": True, "whole": False, "latency_ms": 1234, "first_token_ms": 50},
        shared | {"cost_usd": None, "counted": False, "whole": True, "latency_ms": 0, "first_token_ms": None},
    ]


async def test_no_call_is_no_row(database: PostgresDatabase, owner: UUID) -> None:
    await add(database, owner)
    assert await totals(database, owner) == []


async def test_calls_are_summed_by_model_and_kind(database: PostgresDatabase, owner: UUID) -> None:
    await add(database, owner, call("b"), call("a"), call("a", 0.2), call("a", None))
    counts = {"prompt_tokens": 300, "cached_prompt_tokens": 240, "completion_tokens": 30}
    first, second = await totals(database, owner)
    assert first == CallTotals(model="a", kind="lesson", calls=3, cost_usd=Decimal("0.3"), unpriced=1, **counts)
    assert (second.model, second.calls, second.unpriced) == ("b", 1, 0)


async def test_a_call_counts_in_its_own_day_and_month(database: PostgresDatabase, owner: UUID) -> None:
    last, first = datetime(2026, 11, 30, 23, 59, 59, 999999, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    await add(database, owner, call(), at=last)
    await add(database, owner, call(), call(), at=first)
    await add(database, owner, call(), at=first + timedelta(days=1))
    for at, window_of, calls in ((last, day_of, 1), (last, month_of, 1), (first, day_of, 2), (first, month_of, 3)):
        (total,) = await totals(database, owner, at, window_of)
        assert total.calls == calls


async def test_another_owners_calls_are_not_summed(database: PostgresDatabase, owner: UUID, stranger: UUID) -> None:
    await add(database, owner, call())
    assert await totals(database, stranger) == []
