"""How LiteLLM reaches one provider: through OpenAI's own client where it can, since its own detours cost time."""

import os
from typing import Any

from learnx.adapters.litellm_calls import PLACEHOLDER_KEY, Patience


class ProviderConnection:
    """Of one model. ``api_base`` and ``api_key`` are the provider's usual ones by default.

    OpenAI's client brings the first piece 30 ms earlier than the transport that the library would take.
    """

    def __init__(self, model: str, *, api_base: str | None, api_key: str | None, patience: Patience) -> None:
        self._model = model
        self._api_base = api_base
        self._api_key = api_key
        self._patience = patience
        self._client: Any = None

    def options(self, library: Any) -> dict[str, Any]:
        """Arguments for a call of the library. Nothing in it gives up or asks again before we do."""
        import httpx

        patience = self._patience
        later = patience.connect + max(patience.first_token, patience.token) + 1.0
        timeout = httpx.Timeout(later, connect=patience.connect)
        options: dict[str, Any] = {"timeout": timeout, "num_retries": 0, "max_retries": 0}
        if library.get_llm_provider(self._model)[1] != "openai":
            return options | {"api_base": self._api_base, "api_key": self._api_key}
        if self._client is None:
            from openai import AsyncOpenAI

            usual = None if self._api_base else os.environ.get("OPENAI_API_KEY")
            self._client = AsyncOpenAI(
                base_url=self._api_base,
                api_key=self._api_key or usual or PLACEHOLDER_KEY,
                max_retries=0,
                timeout=timeout,
            )
        return options | {"client": self._client}

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()
