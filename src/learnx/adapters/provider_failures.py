"""What a provider's failure means, in words for the reader, whatever vendor's library it came through."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import structlog

from learnx.domain.errors import ProviderError

log = structlog.get_logger(__name__)

BUSY = "The model's provider is busy. Try again in a minute."
TROUBLED = "The model's provider has trouble of its own. Try again in a minute."
SILENT = "The model did not answer in time. Try again."
UNREACHABLE = "The model's provider can't be reached, or broke off. Try again in a minute."
NOT_ACCEPTED = "The model's provider does not accept what this server asks."
DECLINED = "The model's provider declines to write about this content."
REFUSED_KEY = "The model's provider refuses the key of this server."
UNPAID = "The model's provider wants to be paid by this server."
TOO_LONG = "What was asked is too long for the model of this server."
UNREADABLE = "The model's provider answered something that can't be read. Try again."

#: What an exception of LiteLLM, or of what it is built on, means, by the name of its nearest class; whether to retry.
MEANINGS: dict[str, tuple[str, bool]] = {
    "AuthenticationError": (REFUSED_KEY, False),
    "PermissionDeniedError": (REFUSED_KEY, False),
    "PaymentRequiredError": (UNPAID, False),
    "BudgetExceededError": (UNPAID, False),
    "NotFoundError": ("The model's provider does not know the model of this server.", False),
    "LiteLLMUnknownProvider": ("This server names a model of no known provider.", False),
    "ContextWindowExceededError": (TOO_LONG, False),
    "ContentPolicyViolationError": (DECLINED, False),
    "BadRequestError": (NOT_ACCEPTED, False),
    "UnprocessableEntityError": (NOT_ACCEPTED, False),
    "RateLimitError": (BUSY, True),
    "Timeout": (SILENT, True),
    "TimeoutError": (SILENT, True),
    "TimeoutException": (SILENT, True),
    "APITimeoutError": (SILENT, True),
    "APIResponseValidationError": (UNREADABLE, True),
    "JSONDecodeError": (UNREADABLE, True),
    "APIConnectionError": (UNREACHABLE, True),
    "TransportError": (UNREACHABLE, True),
    "OSError": (UNREACHABLE, True),
}
#: What else is told by its HTTP status alone.
STATUS_MEANINGS = {
    400: MEANINGS["BadRequestError"],
    401: MEANINGS["AuthenticationError"],
    402: MEANINGS["PaymentRequiredError"],
    403: MEANINGS["PermissionDeniedError"],
    404: MEANINGS["NotFoundError"],
    413: MEANINGS["ContextWindowExceededError"],
    422: MEANINGS["UnprocessableEntityError"],
    429: MEANINGS["RateLimitError"],
}


class ProviderResting(ProviderError):
    """It has failed so often that it is not asked: nothing has failed now."""


@contextmanager
def translating() -> Iterator[None]:
    """Whatever a provider's library raises inside is a ``ProviderError`` outside."""
    try:
        yield
    except ProviderError:
        raise
    except Exception as error:
        origin = getattr(error, "original_exception", None) or error  # in LiteLLM's wrapping of what broke off
        raise translated(origin) from origin


@contextmanager
def telling(model: str) -> Iterator[None]:
    """One warning for the operator, where a provider's failure is given on."""
    try:
        yield
    except ProviderResting:
        raise
    except ProviderError as error:
        log.warning("provider.failed", model=model, detail=error.detail, **described(error))
        raise


def translated(error: Exception) -> ProviderError:
    """By its class, else by its status. The vendor's own words are left out: they may repeat what was asked."""
    by_status = STATUS_MEANINGS.get(getattr(error, "status_code", None) or 0, (TROUBLED, True))
    names = (kind.__name__ for kind in type(error).__mro__)
    detail, retryable = next((MEANINGS[name] for name in names if name in MEANINGS), by_status)
    return ProviderError(detail, retryable=retryable, retry_after=_retry_after(error))


def described(error: ProviderError) -> dict[str, object]:
    """What it was before it was translated."""
    origin = error.__cause__ or error
    return {"error": type(origin).__name__, "status": getattr(origin, "status_code", None)}


def _retry_after(error: Exception) -> float | None:
    """Seconds: the header has them, or a date."""
    headers = getattr(error, "litellm_response_headers", None)
    if headers is None:
        headers = getattr(getattr(error, "response", None), "headers", None)
    given = (headers or {}).get("retry-after")
    if given is None:
        return None
    try:
        return max(0.0, float(given))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
