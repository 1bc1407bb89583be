"""The Idempotency-Key of a request, as a value that use cases can do something once for."""

import hashlib
import re
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from learnx.application.idempotency import Once
from learnx.entrypoints.http.input import parsed, refuse
from learnx.entrypoints.http.sse import MEDIA_TYPE

T = TypeVar("T")

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
#: The option of a handler that takes one.
IDEMPOTENT: dict[str, Any] = {"idempotent": True}

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


async def once_of(request: Request[Any, Any, Any], *, upload: bool = False) -> Once | None:
    """None without the header. The body of an upload is not read here: its use case says what was sent."""
    given = request.headers.getall(HEADER, [])
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        refuse([(HEADER, "must be one text of 1 to 255 printable ASCII characters")])
    # An empty body is that of an operation which takes none.
    body = b"" if upload or not (sent := await request.body()) else _canonical(parsed(sent))
    about = _canonical({name: str(value) for name, value in request.path_params.items()})
    return Once(
        operation=request.route_handler.handler_name,
        key_hash=hashlib.sha256(given[0].encode()).digest(),
        body_hash=hashlib.sha256(about + b"\n" + body).digest(),
        joins=request.accept.best_match(["application/json", MEDIA_TYPE]) == MEDIA_TYPE,
    )


def told(once: Once | None, response: Response[T]) -> Response[T]:
    """Says of a reply that it is the first one again."""
    if once is not None and once.replayed:
        response.headers[REPLAYED] = "true"
    return response


def _canonical(value: object) -> bytes:
    """As in RFC 8785: names in order, no white space."""
    return msgspec.json.encode(value, order="sorted")
