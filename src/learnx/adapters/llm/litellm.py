"""Any language model that LiteLLM speaks to, by its name; waiting, asking again and giving up are decided here."""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Protocol

import anyio
import msgspec
import structlog

from learnx.adapters.litellm_calls import (
    DECLINED,
    NOT_ACCEPTED,
    PLACEHOLDER_KEY,
    TOO_LONG,
    UNREACHABLE,
    Patience,
    load_in_background,
    loaded,
    persistently,
    translating,
)
from learnx.adapters.llm.model_table import TokenPrices, known_facts
from learnx.domain.errors import ProviderError
from learnx.domain.lessons import Usage
from learnx.domain.prompts import Prompt

log = structlog.get_logger(__name__)

#: The context of a model that nobody knows anything about, in tokens.
UNKNOWN_CONTEXT = 16_000
#: A reply of fewer tokens is not worth asking for.
SHORTEST_REPLY = 256
#: No language needs more characters for a token; a model that writes more than it was allowed is cut off there.
CHARACTERS_PER_TOKEN = 8
#: Seconds that a provider has to notice that we hang up.
CLOSING = 2.0


class Chunks(Protocol):
    """LiteLLM's stream: chunks in OpenAI's shape, whoever sends them."""

    received_finish_reason: str | None
    intermittent_finish_reason: str | None

    def __aiter__(self) -> AsyncIterator[Any]: ...

    async def __anext__(self) -> Any: ...

    async def aclose(self) -> None: ...


class LiteLlmLanguageModel:
    """``name`` is a model's name in LiteLLM. ``api_base`` and ``api_key`` are the provider's usual ones by default.

    Nothing is asked again once the first piece was given on. Where the provider counts no tokens, they are estimated.
    """

    def __init__(
        self,
        name: str,
        *,
        api_base: str | None = None,
        api_key: str | None = None,
        context_tokens: int | None = None,
        prices: TokenPrices | None = None,
        patience: Patience = Patience(),
    ) -> None:
        facts = known_facts(name)
        self.name = name
        self.context_tokens = context_tokens or facts.context_tokens or UNKNOWN_CONTEXT
        self.prices = prices or facts.prices
        self._longest_reply = facts.reply_tokens or self.context_tokens
        self._api_base = api_base
        self._api_key = api_key
        self._patience = patience
        self._client: Any = None
        load_in_background()

    async def stream(self, prompt: Prompt, *, max_tokens: int) -> AsyncGenerator[str | Usage, None]:
        asked = estimated_tokens(prompt.text)
        room = min(max_tokens, self._longest_reply, self.context_tokens - asked)
        if room < SHORTEST_REPLY:
            raise ProviderError(TOO_LONG, retryable=False)
        written = ""
        with translating(self.name):
            reply = await persistently(
                lambda: self._begin(prompt, room), model=self.name, retries=self._patience.retries
            )
        try:
            while reply.piece is not None and len(written) <= room * CHARACTERS_PER_TOKEN:
                written += reply.piece
                yield reply.piece
                await asyncio.sleep(0)  # what came in at once would else be read to its end before others run
                with translating(self.name):
                    await reply.advance(self._patience.token)
            if reply.piece is not None:
                log.warning("provider.reply_cut", model=self.name, characters=len(written))
            yield self._usage(reply.usage, asked, written)
        finally:
            await reply.aclose()

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def _begin(self, prompt: Prompt, max_tokens: int) -> "Reply":
        """A reply that has its first piece, or has ended; what fails before is closed."""
        library = await loaded()
        patience = self._patience
        async with asyncio.timeout(patience.connect + patience.first_token):
            chunks = await library.acompletion(
                model=self.name,
                messages=messages(prompt),
                max_tokens=max_tokens,
                stream=True,
                stream_options={"include_usage": True},
                num_retries=0,
                max_retries=0,
                **self._connection(library),
            )
        if chunks is None:  # the library's answer to a 422 that it can't mend
            raise ProviderError(NOT_ACCEPTED, retryable=False)
        reply = Reply(chunks)
        try:
            await reply.advance(patience.first_token)
        except BaseException:
            await reply.aclose()
            raise
        return reply

    def _connection(self, library: Any) -> dict[str, Any]:
        """OpenAI's own client is faster by 30 ms to the first piece than the transport that the library would take."""
        import httpx

        patience = self._patience
        longest = max(patience.first_token, patience.token) + 1.0  # ours come first
        if library.get_llm_provider(self.name)[1] != "openai":
            return {"timeout": longest, "api_base": self._api_base, "api_key": self._api_key}
        timeout = httpx.Timeout(longest, connect=patience.connect)
        if self._client is None:
            from openai import AsyncOpenAI

            usual = None if self._api_base else os.environ.get("OPENAI_API_KEY")
            self._client = AsyncOpenAI(
                base_url=self._api_base,
                api_key=self._api_key or usual or PLACEHOLDER_KEY,
                max_retries=0,
                timeout=timeout,
            )
        return {"timeout": timeout, "client": self._client}

    def _usage(self, counted: Any, asked: int, written: str) -> Usage:
        usage = Usage(
            prompt_tokens=getattr(counted, "prompt_tokens", None) or asked,
            cached_prompt_tokens=getattr(getattr(counted, "prompt_tokens_details", None), "cached_tokens", None) or 0,
            completion_tokens=getattr(counted, "completion_tokens", None) or estimated_tokens(written),
            model=self.name,
        )
        return msgspec.structs.replace(usage, cost_usd=self.prices.of(usage) if self.prices else None)


class Reply:
    """An answer while it comes in; ``piece`` is the newest part of its text, None once it has ended well."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self.piece: str | None = None
        self.usage: Any = None

    async def advance(self, within: float) -> None:
        """To the next piece. ``TimeoutError`` after so many seconds in which nothing is written and nothing thought."""
        thinking = True
        while thinking:
            async with asyncio.timeout(within):
                self.piece, thinking = await self._next()

    async def aclose(self) -> None:
        with anyio.move_on_after(CLOSING, shield=True):
            await self._chunks.aclose()

    async def _next(self) -> tuple[str | None, bool]:
        """A piece of text, or a sign that the model thinks, or that it has ended."""
        async for chunk in self._chunks:
            self.usage = getattr(chunk, "usage", None) or self.usage
            delta = chunk.choices[0].delta if chunk.choices else None
            if delta is not None and delta.content:
                return delta.content, False
            if getattr(delta, "reasoning_content", None):
                return None, True
        self._check_end()
        return None, False

    def _check_end(self) -> None:
        """The library makes up a reason where the provider sent none: then the stream broke off, however politely."""
        reason = self._chunks.received_finish_reason or self._chunks.intermittent_finish_reason
        if reason is None:
            raise ProviderError(UNREACHABLE)
        if reason == "content_filter":
            raise ProviderError(DECLINED, retryable=False)


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The order of the prompt is kept: rules and excerpts are the prefix that learners of a document share."""
    asked = "\n\n".join(part for part in (prompt.excerpts, prompt.persona, prompt.task) if part)
    return [{"role": "system", "content": prompt.rules}, {"role": "user", "content": asked}]


def estimated_tokens(text: str) -> int:
    """A quarter of the ASCII characters and all of the others: rather too many than too few."""
    others = len(text) - len(text.encode("ascii", "ignore"))
    return -(-(len(text) - others) // 4) + others
