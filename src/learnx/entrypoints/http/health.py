"""What balancers, supervisors and people ask of a server before anything else."""

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Response, get
from litestar.response import Redirect

from learnx.application.readiness import CheckReadiness, Readiness
from learnx.domain.values import Value

TAGS = ["Operations"]
NOT_STORED = {"Cache-Control": "no-store"}


class Alive(Value):
    status: str = "ok"


@get("/health/live", summary="Whether the process runs", tags=TAGS)
async def live() -> Response[Alive]:
    """Touches nothing."""
    return Response(Alive(), headers=NOT_STORED)


@get("/health/ready", summary="Whether requests can be answered", tags=TAGS)
@inject
async def ready(use_case: FromDishka[CheckReadiness]) -> Response[Readiness]:
    """503 without Postgres, or where the database is older than the code; `degraded` names what else is down."""
    found = await use_case()
    return Response(found, status_code=200 if found.ready else 503, headers=NOT_STORED)


@get("/", include_in_schema=False)
async def root() -> Redirect:
    return Redirect("/schema", status_code=307)


HANDLERS = [live, ready, root]
