"""What a learner has used and may still spend, over the wire."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from litestar.testing import RequestFactory
from tests.entrypoints.http.conftest import Learner
from uuid_utils.compat import uuid7

from learnx.application.ports.database import Database
from learnx.application.spending import ReserveSpend
from learnx.domain.errors import PaymentRequired, RateLimited
from learnx.domain.model_calls import ModelCall
from learnx.entrypoints.http.errors import problem_response
from learnx.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    plans = tmp_path / "plans.toml"
    plans.write_text("[small]\nbudget_usd_per_day = 0.5\nbudget_usd_per_month = 2\n")
    return msgspec.structs.replace(settings, plans=plans, default_plan="small")


async def spend(container: AsyncContainer, learner: Learner) -> None:
    """A settled lesson of two calls for 0.15 dollars, and one that is being written for at most 0.3."""
    owner, generation, at = UUID(learner.user["id"]), uuid7(), datetime.now(UTC)
    reserve, database = await container.get(ReserveSpend), await container.get(Database)
    await reserve(owner, generation, 0.2)
    call = ModelCall(model="m", prompt_tokens=100, cached_prompt_tokens=80, completion_tokens=10, cost_usd=0.1)
    async with database.transaction(owner) as tx:
        calls = [call, msgspec.structs.replace(call, model="n", cost_usd=0.05)]
        await tx.model_calls.add(calls, kind="lesson", generation=generation, at=at)
        await tx.spending.settle(generation, usd=0.15)
        await tx.commit()
    await reserve(owner, uuid7(), 0.3)


async def test_usage_is_told_by_day_month_model_and_kind(ada: Learner, container: AsyncContainer) -> None:
    await spend(container, ada)
    usage = await ada.made("GET", "/usage")
    assert usage["plan"] == ada.user["subscriptionTier"] == "small"
    consumed = {"calls": 2, "promptTokens": 200, "cachedPromptTokens": 160, "completionTokens": 20}
    spent = {"spentUsd": 0.15, "reservedUsd": 0.3} | consumed
    day, month = usage["day"], usage["month"]
    assert {name: day[name] for name in spent} == {name: month[name] for name in spent} == spent
    assert (day["budgetUsd"], month["budgetUsd"]) == (0.5, 2)
    assert set(day) == set(month) == {*spent, "budgetUsd", "from", "until"}
    assert day["from"].endswith("T00:00:00Z") and month["from"].endswith("-01T00:00:00Z")
    assert datetime.fromisoformat(day["until"]) - datetime.fromisoformat(day["from"]) == timedelta(days=1)
    each = {"calls": 1, "promptTokens": 100, "cachedPromptTokens": 80, "completionTokens": 10}
    assert usage["byModel"] == [{"model": "m", "costUsd": 0.1} | each, {"model": "n", "costUsd": 0.05} | each]
    assert usage["byKind"] == [{"kind": "lesson", "costUsd": 0.15} | consumed]


async def test_another_users_usage_never_shows(ada: Learner, eve: Learner, container: AsyncContainer) -> None:
    await spend(container, ada)
    usage = await eve.made("GET", "/usage")
    assert (usage["month"]["spentUsd"], usage["month"]["reservedUsd"], usage["month"]["calls"]) == (0, 0, 0)
    assert usage["byModel"] == usage["byKind"] == []


async def test_usage_that_has_not_changed_is_not_sent_again(ada: Learner, container: AsyncContainer) -> None:
    tag = (await ada("GET", "/usage")).headers["etag"]
    assert (await ada("GET", "/usage", headers={"If-None-Match": tag})).status_code == 304
    await spend(container, ada)
    assert (await ada("GET", "/usage", headers={"If-None-Match": tag})).status_code == 200


async def test_usage_is_told_to_nobody_who_is_not_signed_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/usage")).status_code == 401


async def test_usage_is_documented_with_examples(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    schemas = document["components"]["schemas"]
    reply = document["paths"]["/api/v1/usage"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert reply["$ref"].endswith("/UsageReport")
    assert set(schemas["WindowUsage"]["required"]) >= {"from", "until", "spentUsd", "reservedUsd", "budgetUsd", "calls"}
    assert all("examples" in str(shape) for shape in schemas["WindowUsage"]["properties"].values())
    refusals = document["paths"]["/api/v1/ai/personalize/stream"]["get"]["responses"]
    assert {status for status, reply in refusals.items() if "Retry-After" in reply.get("headers", {})} == {"402", "429"}


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (PaymentRequired("Enough.", 60), 402, "PAYMENT_REQUIRED", "60"),
        (PaymentRequired("Enough."), 402, "PAYMENT_REQUIRED", None),
        (RateLimited("Enough.", 60), 429, "RATE_LIMIT_ERROR", "60"),
    ],
)
async def test_a_used_up_budget_says_after_how_many_seconds_it_opens(
    app: Litestar, error: PaymentRequired | RateLimited, status: int, code: str, retry_after: str | None
) -> None:
    response = problem_response(RequestFactory(app).get("/"), error)
    assert (response.status_code, response.content.code) == (status, code)
    assert response.headers.get("Retry-After") == retry_after
