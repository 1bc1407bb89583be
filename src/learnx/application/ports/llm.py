"""A language model that streams text."""

from collections.abc import AsyncGenerator, Callable
from typing import Protocol

from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt
from learnx.domain.values import Value

Recorder = Callable[[ModelCall], None]


class Switched(Value):
    """Another model answers from here on, from the beginning: what was written before is void."""

    model: str


class LanguageModel(Protocol):
    """``name`` is what lessons record as their model; ``context_tokens`` bounds prompt and reply together."""

    @property
    def name(self) -> str: ...

    @property
    def context_tokens(self) -> int: ...

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        """What a call may cost at most; None where no price is known, 0 for a model that costs nothing."""
        ...

    def from_model(self, name: str) -> "LanguageModel":
        """This one without the models that are tried before the one of this name: what has ``Switched`` stays so."""
        ...

    def stream(self, prompt: Prompt, *, max_tokens: int, record: Recorder) -> AsyncGenerator[str | Switched, None]:
        """Pieces of text as they come. Closing the generator closes the upstream connection.

        ``record`` is called once for each call that reached a provider, when it has ended: well, badly, or because the
        generator was closed. Any failure that no other model makes good, also after the first piece: ``ProviderError``.
        """
        ...
