"""The bytes of a file, by a link that needs no bearer and soon stops working."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, get
from litestar.exceptions import HTTPException
from litestar.params import PathParameter
from litestar.response import Stream

from learnx.application.files import DownloadLink, LinkToFile, OpenLink
from learnx.entrypoints.http.auth import PUBLIC, Caller
from learnx.entrypoints.http.files import FileId

TAGS = ["Library"]
RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")


class RangeNotSatisfiable(HTTPException):
    status_code = 416


@get("/files/{fileId:str}/download", summary="A link to a file's bytes, for five minutes", tags=TAGS)
@inject
async def download_link(principal: Caller, file_id: FileId, use_case: FromDishka[LinkToFile]) -> DownloadLink:
    return await use_case(principal, file_id)


@get("/blobs/{token:str}", opt=PUBLIC | {"binary": True}, summary="The bytes that a download link leads to", tags=TAGS)
@inject
async def serve_blob(
    request: Request[Any, Any, Any],
    token: Annotated[str, PathParameter(description="What a download link ends with.")],
    use_case: FromDishka[OpenLink],
) -> Response[Any]:
    linked = await use_case(token)
    size = linked.file.size_bytes
    start, end = wanted_range(request.headers.get("range"), size) or (0, size)
    pieces = linked.read(start, end)
    first = await anext(pieces, b"")
    partial = end - start < size
    headers = {
        "Content-Length": str(end - start),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(linked.file.filename, safe='')}",
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Stream(
        _all(first, pieces), media_type=linked.file.media_type, status_code=206 if partial else 200, headers=headers
    )


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The one range of bytes that is asked for, as start and end (exclusive); several, and nonsense, mean all."""
    match = RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        start, end = max(0, size - int(match["last"])), size
    else:
        start, end = int(match["first"]), min(size, int(match["last"]) + 1 if match["last"] else size)
        if match["last"] and int(match["last"]) < start:
            return None
    if start >= end:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return start, end


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


HANDLERS = [download_link, serve_blob]
