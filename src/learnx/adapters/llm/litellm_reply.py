"""One reply of a provider while it comes in: its pieces, its end, and what is known of its tokens wherever it stops."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import anyio

from learnx.adapters.provider_failures import DECLINED, UNREACHABLE
from learnx.domain.errors import ProviderError

#: Seconds that a provider has to notice that we hang up.
CLOSING = 2.0


class Chunks(Protocol):
    """LiteLLM's stream: chunks in OpenAI's shape, whoever sends them; ``chunks`` are those so far, as they came."""

    chunks: Sequence[Any]
    received_finish_reason: str | None
    intermittent_finish_reason: str | None

    def __aiter__(self) -> AsyncIterator[Any]: ...

    async def __anext__(self) -> Any: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class SentUsage:
    """Tokens as the provider counts them."""

    prompt_tokens: int
    cached_prompt_tokens: int
    completion_tokens: int

    @classmethod
    def of(cls, sent: Any) -> "SentUsage":
        def tokens(holder: Any, name: str) -> int:
            return max(0, getattr(holder, name, None) or 0)

        details = getattr(sent, "prompt_tokens_details", None)
        return cls(tokens(sent, "prompt_tokens"), tokens(details, "cached_tokens"), tokens(sent, "completion_tokens"))


class Reply:
    """``piece`` is the newest part of its text, None once it has ended. Made when the request is sent."""

    def __init__(self) -> None:
        self._sent_at = monotonic()
        self._chunks: Chunks | None = None
        self._total: Any = None
        self.piece: str | None = None
        self.characters = 0
        self._others = 0
        self.first_token_seconds: float | None = None
        self.whole = False

    @property
    def accepted(self) -> bool:
        return self._chunks is not None

    @property
    def seconds(self) -> float:
        """Since the request was sent."""
        return monotonic() - self._sent_at

    @property
    def estimated_tokens(self) -> int:
        """Of what was written and thought so far."""
        return _tokens(self.characters, self._others)

    @property
    def usage(self) -> SentUsage | None:
        """None where the provider sent none; the library makes figures up then. They may come in parts."""
        sent = [chunk.usage for chunk in self._chunks.chunks if getattr(chunk, "usage", None)] if self._chunks else []
        if not sent:
            return None
        return SentUsage.of(self._total or sent[-1])

    def accept(self, chunks: Chunks) -> None:
        self._chunks = chunks

    async def advance(self, within: float) -> None:
        """To the next piece. ``TimeoutError`` after so many seconds in which nothing is written and nothing thought."""
        thinking = True
        while thinking:
            async with asyncio.timeout(within):
                self.piece, thinking = await self._next()
        if self.piece is None:
            self.whole = True
            return
        if self.first_token_seconds is None:
            self.first_token_seconds = self.seconds

    async def aclose(self) -> None:
        if self._chunks is not None:
            with anyio.move_on_after(CLOSING, shield=True):
                await self._chunks.aclose()

    async def _next(self) -> tuple[str | None, bool]:
        """A piece of text, or a sign that the model thinks, or that it has ended."""
        if self._chunks is None:
            raise RuntimeError("a reply is read before it was accepted")
        async for chunk in self._chunks:
            self._total = getattr(chunk, "usage", None) or self._total
            delta = chunk.choices[0].delta if chunk.choices else None
            if delta is not None and delta.content:
                self._count(delta.content)
                return delta.content, False
            if thought := getattr(delta, "reasoning_content", None):
                self._count(thought)
                return None, True
        _check_end(self._chunks)
        return None, False

    def _count(self, text: str) -> None:
        self.characters += len(text)
        self._others += _not_ascii(text)


def _check_end(chunks: Chunks) -> None:
    """The library makes up a reason where the provider sent none: then the stream broke off, however politely."""
    reason = chunks.received_finish_reason or chunks.intermittent_finish_reason
    if reason is None:
        raise ProviderError(UNREACHABLE)
    if reason == "content_filter":
        raise ProviderError(DECLINED, retryable=False)


def estimated_tokens(text: str) -> int:
    """A quarter of the ASCII characters and all of the others: rather too many than too few."""
    return _tokens(len(text), _not_ascii(text))


def _tokens(characters: int, others: int) -> int:
    return -(-(characters - others) // 4) + others


def _not_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))
