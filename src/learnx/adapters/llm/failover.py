"""Several models as one, in the order of preference: what one can't write, the next one does."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import structlog

from learnx.adapters.provider_failures import ProviderResting
from learnx.application.ports.llm import LanguageModel, Recorder, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.prompts import Prompt

log = structlog.get_logger(__name__)


class FailoverLanguageModel:
    """Goes by the name of the first model that is not resting, so that while one is down its stand-in's lessons are
    found again; what fits each of them fits it.

    A model that fails, whatever for, is followed by the next, from the beginning: another may take what one
    declines. ``Switched`` comes with the first piece of a model that was not the one before, so that a reader who has
    begun loses nothing to a fallback that fails as well.
    """

    def __init__(self, models: Sequence[LanguageModel]) -> None:
        self._models = tuple(models)
        self.context_tokens = min(model.context_tokens for model in self._models)

    @property
    def name(self) -> str:
        awake = (model for model in self._models if not getattr(model, "is_resting", False))
        return next(awake, self._models[0]).name

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        """Of the dearest model. When one breaks off and the next one writes, both are paid: that may be more."""
        costs = [model.most_usd(prompt, max_tokens=max_tokens) for model in self._models]
        known = [cost for cost in costs if cost is not None]
        return max(known) if len(known) == len(costs) else None

    def from_model(self, name: str) -> LanguageModel:
        names = [model.name for model in self._models]
        return FailoverLanguageModel(self._models[names.index(name) :])

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        """Where all fail: the ``ProviderError`` that says best whether, and when, asking again may help."""
        failures: list[ProviderError] = []
        for model in self._models:
            switched = not failures
            try:
                async with aclosing(model.stream(prompt, max_tokens=max_tokens, record=record)) as pieces:
                    async for piece in pieces:
                        if not switched:
                            switched = True
                            log.info("provider.fell_back", model=model.name, failures=len(failures))
                            yield Switched(model=model.name)
                        yield piece
                return
            except ProviderError as error:
                failures.append(error)
        raise min(failures, key=_telling)


def _telling(error: ProviderError) -> tuple[bool, bool, float]:
    """What may pass before what stays, what has happened before what was not tried, the sooner before the later."""
    return not error.retryable, isinstance(error, ProviderResting), error.retry_after or 0.0
