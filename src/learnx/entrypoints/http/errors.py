"""Every refusal as problem+json (RFC 9457), by one table from the domain's errors to HTTP."""

import math
import re
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from learnx.domain import errors as domain
from learnx.entrypoints.http.context import request_id_of
from learnx.entrypoints.http.input import ClientGone, Malformed, SlowBody
from learnx.entrypoints.http.wording import in_words

log = structlog.get_logger(__name__)

MISSING = re.compile(r"Missing required \w+ parameter '(?P<name>[^']+)'")
PROBLEM_JSON = "application/problem+json"

#: The status and the code of each error of the domain; subclasses are as their nearest ancestor here.
STATUS: dict[type[domain.LearnXError], tuple[int, str]] = {
    Malformed: (400, "MALFORMED_REQUEST"),
    domain.NotAuthenticated: (401, "AUTHENTICATION_ERROR"),
    domain.PaymentRequired: (402, "PAYMENT_REQUIRED"),
    domain.NotAllowed: (403, "AUTHORIZATION_ERROR"),
    domain.NotFound: (404, "NOT_FOUND"),
    domain.Conflict: (409, "CONFLICT"),
    SlowBody: (408, "REQUEST_TIMEOUT"),
    domain.PreconditionFailed: (412, "PRECONDITION_FAILED"),
    domain.PayloadTooLarge: (413, "PAYLOAD_TOO_LARGE"),
    domain.UnsupportedMediaType: (415, "UNSUPPORTED_MEDIA_TYPE"),
    domain.InvalidInput: (422, "VALIDATION_ERROR"),
    domain.ProcessingFailed: (422, "VALIDATION_ERROR"),
    domain.RateLimited: (429, "RATE_LIMIT_ERROR"),
    domain.LearnXError: (500, "SERVER_ERROR"),
    domain.ProviderError: (502, "PROVIDER_ERROR"),
    domain.Unavailable: (503, "SERVICE_UNAVAILABLE"),
}
#: What the framework itself refuses.
FRAMEWORK: dict[int, tuple[str, str]] = {
    400: ("MALFORMED_REQUEST", "The request can't be understood."),
    401: ("AUTHENTICATION_ERROR", "Sign in first."),
    403: ("AUTHORIZATION_ERROR", "This is not allowed."),
    404: ("NOT_FOUND", "There is no such resource."),
    405: ("METHOD_NOT_ALLOWED", "The resource does not know this method: `Allow` lists those that it knows."),
    406: ("NOT_ACCEPTABLE", "None of the accepted media types can be produced."),
    413: ("PAYLOAD_TOO_LARGE", "The body is too large."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json."),
    416: ("RANGE_NOT_SATISFIABLE", "The file has no such bytes: `Content-Range` says how many it has."),
    503: ("SERVICE_UNAVAILABLE", "Try again in a little while."),
}
CODES: dict[int, str] = dict(STATUS.values()) | {status: code for status, (code, _) in FRAMEWORK.items()}


class FieldProblem(msgspec.Struct, frozen=True):
    """``pointer`` is a JSON pointer into the body, or the name of a parameter."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """RFC 9457, with a stable ``code`` to act on. ``detail`` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: tuple[FieldProblem, ...] | None = None


def problem_response(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """What any exception is answered with; only what nobody foresaw is logged as an error."""
    error = _as_domain_error(error)
    headers: dict[str, str] = {"Cache-Control": "no-store"}
    if isinstance(error, HTTPException):
        status = error.status_code if error.status_code in FRAMEWORK else 500
        code, detail = FRAMEWORK.get(status, ("SERVER_ERROR", ""))
        headers |= {name.title(): value for name, value in (error.headers or {}).items()}
    elif isinstance(error, domain.LearnXError):
        status, code = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
        detail = error.detail
    else:
        status, code, detail = 500, "SERVER_ERROR", ""
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    wait = getattr(error, "retry_after", None)
    if wait is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    if status == 500:
        detail = "Something went wrong on our side. The request's id helps us to find out what."
        log.error("http.failed", exc_info=error)
    problem = make_problem(request_id_of(request.scope), status, code, detail, getattr(error, "errors", ()))
    return Response(problem, status_code=status, media_type=PROBLEM_JSON, headers=headers)


def make_problem(
    request_id: str, status: int, code: str, detail: str, errors: tuple[tuple[str, str], ...] = ()
) -> Problem:
    return Problem(
        type=f"urn:learnx:problem:{code.lower().replace('_', '-')}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=f"urn:learnx:request:{request_id}",
        code=code,
        request_id=request_id,
        errors=tuple(FieldProblem(pointer, words) for pointer, words in errors) or None,
    )


def _as_domain_error(error: Exception) -> Exception:
    if isinstance(error, ValidationException):
        return _from_validation(error)
    if isinstance(error, ClientGone):
        return Malformed("The request ended before it was whole.")
    return error


def _from_validation(error: ValidationException) -> domain.LearnXError:
    """Litestar's findings about parameters; an id in a path that is no id is one that does not exist."""
    found = [item for item in error.extra if isinstance(item, dict)] if isinstance(error.extra, list) else []
    for item in found:
        if item.get("source") == "path":
            return domain.NotFound(str(item.get("key", "resource")).removesuffix("_id").replace("_", " "))
        if item.get("key") == "data":
            return Malformed("The body is missing: send a JSON object.")
    if missing := MISSING.match(error.detail):
        found = [{"key": missing["name"], "message": "is required"}]
    return domain.InvalidInput(
        "The input does not fit: see `errors`.",
        [(_camel(str(item.get("key", ""))), in_words(str(item.get("message", "")))) for item in found],
    )


def _camel(name: str) -> str:
    """As the wire has it: ``file_id`` is fileId, and ``type_``, which Python has taken, is type."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name.rstrip("_"))
