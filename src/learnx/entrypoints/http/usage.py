"""What the caller has used of models, and may still spend."""

from typing import Any

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, get

from learnx.application.usage import GetUsage
from learnx.domain.usage import UsageReport
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import tagged


@get("/usage", summary="What I have used, and may still spend", tags=["Usage"])
@inject
async def get_usage(
    request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[GetUsage]
) -> Response[UsageReport]:
    """Calls of models by day and month (UTC), with their tokens and cost, against the budgets of your plan."""
    return tagged(request, await use_case(principal))


HANDLERS = [get_usage]
