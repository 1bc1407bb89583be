"""A language model that streams text."""

from collections.abc import AsyncGenerator
from typing import Protocol

from learnx.domain.lessons import Usage
from learnx.domain.prompts import Prompt


class LanguageModel(Protocol):
    """``name`` is what lessons record as their model; ``context_tokens`` bounds prompt and reply together."""

    @property
    def name(self) -> str: ...

    @property
    def context_tokens(self) -> int: ...

    def stream(self, prompt: Prompt, *, max_tokens: int) -> AsyncGenerator[str | Usage, None]:
        """Pieces of text as they come, then one ``Usage``. Closing the generator closes the upstream connection.

        Any failure, also after the first piece: ``ProviderError``.
        """
        ...
