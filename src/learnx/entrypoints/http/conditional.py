"""Strong ETags of single resources: a body that is known is not sent again, one that changed is not overwritten."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec
from litestar import MediaType, Request, Response

from learnx.application.ports.cache import Entry
from learnx.domain.errors import PreconditionFailed

T = TypeVar("T")


def etag(value: object) -> str:
    """A hash of the JSON body."""
    return represented(value).label


def represented(value: object) -> Entry:
    """The JSON body with its ETag, as it can be kept and sent again."""
    body = msgspec.json.encode(value)
    return Entry(label=f'"{hashlib.sha256(body).hexdigest()[:32]}"', body=body)


def known(request: Request[Any, Any, Any]) -> str:
    """The one ETag that the caller has, where it names one."""
    return request.headers.get("if-none-match", "")


def sent(request: Request[Any, Any, Any], entry: Entry) -> Response[Any]:
    """What is kept, as ``tagged`` has it; an entry without its body is one that the caller has."""
    if entry.body is None or _names(request.headers.get("if-none-match"), entry.label, weak=True):
        return Response(None, status_code=304, headers={"ETag": entry.label})
    return Response(entry.body, media_type=MediaType.JSON, headers={"ETag": entry.label})


def tagged(
    request: Request[Any, Any, Any], value: T, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[T]:
    """``value`` with its ETag; 304 without it where the caller has it already."""
    tag = etag(value)
    if request.method == "GET" and _names(request.headers.get("if-none-match"), tag, weak=True):
        return Response(None, status_code=304, headers={"ETag": tag})  # type: ignore[arg-type]
    return Response(value, status_code=status, headers={"ETag": tag, **(headers or {})})


def if_match(request: Request[Any, Any, Any]) -> Callable[[object], None]:
    """A check of the current representation against the caller's ``If-Match``; without one it accepts all."""
    wanted = request.headers.get("if-match")

    def check(current: object) -> None:
        if wanted is not None and not _names(wanted, etag(current), weak=False):
            raise PreconditionFailed("This was changed since you read it: read it again, then decide.")

    return check


def _names(header: str | None, tag: str, *, weak: bool) -> bool:
    if header is None:
        return False
    given = [entry.strip() for entry in header.split(",")]
    return "*" in given or tag in ([entry.removeprefix("W/") for entry in given] if weak else given)
