"""Whether a provider is asked at all: nobody waits for one that is known to be down, and it is not asked to death."""

import asyncio
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

import structlog

from learnx.adapters.provider_failures import ProviderResting
from learnx.domain.errors import ProviderError

log = structlog.get_logger(__name__)

#: Failures in a row, repetitions included.
FAILURES = 5
#: Seconds.
COOL_DOWN = 10.0


class CircuitBreaker:
    """Opens after so many failures in a row; once it has cooled down, one request at a time is let through to find out
    whether the provider is back, and the first answer closes it. For one model, in one event loop.

    A failure is a ``ProviderError`` that may pass: silence, a broken connection, 429, 5xx. Who refuses what we ask
    is not down. ``clock`` gives seconds.
    """

    def __init__(
        self,
        model: str,
        *,
        failures: int = FAILURES,
        cool_down: float = COOL_DOWN,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._model = model
        self._allowed = failures
        self._cool_down = cool_down
        self._clock = clock
        self._failures = 0
        self._opened_at: float | None = None
        self._probing = False
        self._opened = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether a request would be turned away now."""
        return self._opened_at is not None and (self._probing or self._seconds_left > 0)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around one request, up to its first answer. ``ProviderResting`` at once where it is turned away."""
        if self.is_open:
            wait = max(1, math.ceil(self._seconds_left))
            detail = f"The model's provider keeps failing, and is given a rest. Try again in {wait} seconds."
            raise ProviderResting(detail, retry_after=wait)
        probe = self._probing = self._opened_at is not None
        try:
            with self.watching():
                yield
            self._answered()
        finally:
            if probe:
                self._probing = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Around what may fail after the first answer."""
        try:
            yield
        except ProviderError as error:
            if error.retryable:
                self._failed()
            else:
                self._answered()
            raise

    async def wait_until_open(self, within: float) -> None:
        """Or for so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._opened.wait()

    def succeeded(self) -> None:
        """An answer is whole."""
        self._failures = 0

    @property
    def _seconds_left(self) -> float:
        return 0.0 if self._opened_at is None else self._opened_at + self._cool_down - self._clock()

    def _answered(self) -> None:
        """The failures in a row are forgotten by whole answers alone: a beginning may break off again."""
        if self._opened_at is None:
            return
        log.info("provider.breaker_closed", model=self._model, after_seconds=round(self._clock() - self._opened_at, 1))
        self._opened_at, self._failures = None, 0
        self._opened.clear()

    def _failed(self) -> None:
        self._failures += 1
        if self._opened_at is None and self._failures >= self._allowed:
            log.warning("provider.breaker_opened", model=self._model, failures=self._failures)
            self._opened_at = self._clock()
            self._opened.set()
        elif self._probing:
            self._opened_at = self._clock()
