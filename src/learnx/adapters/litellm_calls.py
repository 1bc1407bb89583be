"""LiteLLM as LearnX calls it: loaded at first use, quiet, repeated by our rules, its errors translated once."""

import asyncio
import importlib
import logging
import os
import random
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from itertools import count
from typing import Any, TypeVar

import structlog

from learnx.domain.errors import LearnXError, ProviderError

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: The library's own; what of them may be heard is decided where logging is configured.
LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
#: Sent to a server of one's own that has no key: without any, the library refuses before it asks.
PLACEHOLDER_KEY = "no-key-configured"
#: Seconds; a provider that asks us to stay away for longer is not waited for.
LONGEST_WAIT = 20.0
#: Seconds before the first repetition, at most; it doubles with each.
FIRST_PAUSE = 0.5

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds to wait for a connection, for the first piece of an answer, between two; and how often to ask again."""

    connect: float = 10.0
    first_token: float = 30.0
    token: float = 20.0
    retries: int = 2


@cache
def litellm() -> Any:
    """The library. The first call takes 2–5 s: await it in a thread, or have called ``load_in_background``."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches a table of prices,
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # and reads the nearest .env
    library: Any = importlib.import_module("litellm")
    library.suppress_debug_info = True  # what it would print goes to standard output,
    library.set_verbose = False
    for name in LOGGERS:  # and so does what it would log
        logging.getLogger(name).handlers.clear()
    library.turn_off_message_logging = True
    library.drop_params = True
    library.disable_hf_tokenizer_download = True
    return library


def load_in_background() -> None:
    """So that the first request finds it loaded. The thread holds nobody up, the end of the process included."""
    threading.Thread(target=litellm, name="load-litellm", daemon=True).start()


async def loaded() -> Any:
    return litellm() if litellm.cache_info().currsize else await asyncio.to_thread(litellm)


def translated(error: Exception) -> ProviderError:
    """By its class, else by its status. The vendor's own words are left out: they may repeat what was asked."""
    by_status = STATUS_MEANINGS.get(getattr(error, "status_code", None) or 0, (TROUBLED, True))
    names = (kind.__name__ for kind in type(error).__mro__)
    detail, retryable = next((MEANINGS[name] for name in names if name in MEANINGS), by_status)
    return ProviderError(detail, retryable=retryable)


@contextmanager
def translating(model: str) -> Iterator[None]:
    """Whatever a provider's library raises inside is a ``ProviderError`` outside, and told to the operator here."""
    try:
        yield
    except LearnXError as error:
        log.warning("provider.failed", model=model, **_described(error), detail=error.detail)
        raise
    except Exception as error:
        log.warning("provider.failed", model=model, **_described(error))
        raise translated(error) from error


async def persistently(ask: Callable[[], Awaitable[T]], *, model: str, retries: int) -> T:
    """Ask again what failed for a reason that may pass, after a random pause or the one that the provider asks for.

    The last failure is raised as it came.
    """
    for failures in count():
        try:
            return await ask()
        except Exception as error:
            failure = error if isinstance(error, ProviderError) else translated(error)
            pause = _pause(error, failures)
            if failures >= retries or not failure.retryable or pause > LONGEST_WAIT:
                raise
            log.info("provider.retried", model=model, pause_seconds=round(pause, 2), **_described(error))
        await asyncio.sleep(pause)
    raise AssertionError("unreachable")


def _pause(error: Exception, failures: int) -> float:
    asked = _retry_after(error)
    jitter = random.uniform(0.0, FIRST_PAUSE * 2**failures)  # noqa: S311
    return jitter if asked is None else asked + jitter / 10


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


def _described(error: Exception) -> dict[str, object]:
    return {"error": type(error).__name__, "status": getattr(error, "status_code", None)}
