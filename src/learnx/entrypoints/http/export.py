"""A user takes everything along."""

from typing import Any

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Response, get
from litestar.response import Stream

from learnx.application.export import ExportAccount
from learnx.entrypoints.http.auth import Caller

ZIP = "application/zip"


@get("/me/export", opt={"archive": True}, summary="All that is mine, as a ZIP archive", tags=["Identity"])
@inject
async def export_me(principal: Caller, use_case: FromDishka[ExportAccount]) -> Response[Any]:
    """My rows as JSON, and my documents as they came. It is written while it is read, and is whole where the reply ends
    as it should; it counts as one of my open streams."""
    pieces = await use_case(principal)
    headers = {"Content-Disposition": 'attachment; filename="learnx.zip"', "Cache-Control": "no-store"}
    return Stream(pieces, media_type=ZIP, headers=headers)


HANDLERS = [export_me]
