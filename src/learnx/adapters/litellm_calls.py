"""LiteLLM as LearnX calls it: loaded at first use, quiet, and asked again by our rules alone."""

import asyncio
import importlib
import logging
import os
import random
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from itertools import count
from time import monotonic
from typing import Any, TypeVar

import structlog

from learnx.adapters.circuit_breaker import CircuitBreaker
from learnx.adapters.provider_failures import described, translating
from learnx.domain.errors import ProviderError

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: The library's own; what of them may be heard is decided where logging is configured.
LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")
#: Sent to a server of one's own that has no key: without any, the library refuses before it asks.
PLACEHOLDER_KEY = "no-key-configured"
#: Seconds before the first repetition, at most; it doubles with each.
FIRST_PAUSE = 0.5


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
    library.DEFAULT_MAX_RETRIES = 0  # for embeddings, it takes 0 for "not given"
    library.drop_params = True
    library.disable_hf_tokenizer_download = True
    return library


def load_in_background() -> None:
    """So that the first request finds it loaded. The thread holds nobody up, the end of the process included."""
    threading.Thread(target=litellm, name="load-litellm", daemon=True).start()


async def loaded() -> Any:
    return litellm() if litellm.cache_info().currsize else await asyncio.to_thread(litellm)


async def persistently(
    ask: Callable[[], Awaitable[T]], *, model: str, patience: Patience, breaker: CircuitBreaker
) -> T:
    """Ask again what failed for a reason that may pass, after a random pause or the one that the provider asks for.

    Nothing is asked again once the patience for a first token, counted from the first asking, is over, or the breaker
    has opened: silence is not asked again, refusals are. Raises the last failure, as ``ProviderError``.
    """
    latest = monotonic() + patience.first_token
    for failures in count():
        try:
            with breaker.asking(), translating():
                return await ask()
        except ProviderError as error:
            pause = _pause(error, failures)
            hopeless = failures >= patience.retries or not error.retryable or monotonic() + pause > latest
            if hopeless or breaker.is_open:
                raise
            log.info("provider.retried", model=model, pause_seconds=round(pause, 2), **described(error))
            failure = error
        await breaker.wait_until_open(pause)
        if breaker.is_open:
            raise failure
    raise AssertionError("unreachable")


def _pause(error: ProviderError, failures: int) -> float:
    jitter = random.uniform(0.0, FIRST_PAUSE * 2**failures)  # noqa: S311
    return jitter if error.retry_after is None else error.retry_after + jitter / 10
