"""Any language model that LiteLLM speaks to, by its name; waiting, asking again and giving up are decided here."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import structlog

from learnx.adapters.circuit_breaker import CircuitBreaker
from learnx.adapters.litellm_calls import Patience, load_in_background, loaded, persistently
from learnx.adapters.llm.litellm_reply import Reply, estimated_tokens
from learnx.adapters.llm.model_table import TokenPrices, known_facts
from learnx.adapters.provider_connection import ProviderConnection
from learnx.adapters.provider_failures import NOT_ACCEPTED, TOO_LONG, telling, translating
from learnx.application.ports.llm import LanguageModel, Recorder, Switched
from learnx.domain.errors import ProviderError
from learnx.domain.model_calls import ModelCall
from learnx.domain.prompts import Prompt

log = structlog.get_logger(__name__)

#: The context of a model that nobody knows anything about, in tokens.
UNKNOWN_CONTEXT = 16_000
#: A reply of fewer tokens is not worth asking for.
SHORTEST_REPLY = 256
#: No language needs more characters for a token; a model that writes more than it was allowed is cut off there.
CHARACTERS_PER_TOKEN = 8


class LiteLlmLanguageModel:
    """``name`` is a model's name in LiteLLM. ``api_base`` and ``api_key`` are the provider's usual ones by default.

    Nothing is asked again once the first piece was given on. A call is recorded when its provider has accepted it, or
    when it was given up before the provider had answered; one that was refused, or never connected, costs nothing.
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
        breaker: CircuitBreaker | None = None,
    ) -> None:
        facts = known_facts(name)
        self.name = name
        self.context_tokens = context_tokens or facts.context_tokens or UNKNOWN_CONTEXT
        self.prices = prices or facts.prices
        self._longest_reply = facts.reply_tokens or self.context_tokens
        self._patience = patience
        self._breaker = breaker or CircuitBreaker(name)
        self._connection = ProviderConnection(name, api_base=api_base, api_key=api_key, patience=patience)
        load_in_background()

    @property
    def is_resting(self) -> bool:
        """Whether its provider keeps failing, so that it would not be asked now."""
        return self._breaker.is_open

    def most_usd(self, prompt: Prompt, *, max_tokens: int) -> float | None:
        if self.prices is None:
            return None
        asked = estimated_tokens(prompt.text)
        return self.prices.of(
            ModelCall(model=self.name, prompt_tokens=asked, completion_tokens=max(0, self._room(asked, max_tokens)))
        )

    def from_model(self, name: str) -> LanguageModel:
        return self

    async def stream(
        self, prompt: Prompt, *, max_tokens: int, record: Recorder
    ) -> AsyncGenerator[str | Switched, None]:
        asked = estimated_tokens(prompt.text)
        room = self._room(asked, max_tokens)
        if room < SHORTEST_REPLY:
            raise ProviderError(TOO_LONG, retryable=False)
        with telling(self.name):
            reply = await persistently(
                lambda: self._begin(prompt, room, asked, record),
                model=self.name,
                patience=self._patience,
                breaker=self._breaker,
            )
        try:
            while reply.piece is not None and reply.characters <= room * CHARACTERS_PER_TOKEN:
                yield reply.piece
                await asyncio.sleep(0)  # what came in at once would else be read to its end before others run
                with telling(self.name), self._breaker.watching(), translating():
                    await reply.advance(self._patience.token)
            self._breaker.succeeded()
            if reply.piece is not None:
                log.warning("provider.reply_cut", model=self.name, characters=reply.characters)
        finally:
            record(self._call(reply, asked))
            await reply.aclose()

    async def aclose(self) -> None:
        await self._connection.aclose()

    def _room(self, asked: int, max_tokens: int) -> int:
        """Tokens that are left for the reply."""
        return min(max_tokens, self._longest_reply, self.context_tokens - asked)

    async def _begin(self, prompt: Prompt, room: int, asked: int, record: Recorder) -> Reply:
        """A reply that has its first piece, or has ended; what fails before is closed."""
        library = await loaded()
        options = self._connection.options(library)
        patience = self._patience
        reply = Reply()
        try:
            async with asyncio.timeout(patience.connect + patience.first_token):
                chunks = await library.acompletion(
                    model=self.name,
                    messages=messages(prompt),
                    max_tokens=room,
                    stream=True,
                    stream_options={"include_usage": True},
                    **options,
                )
            if chunks is None:  # the library's answer to a 422 that it can't mend
                raise ProviderError(NOT_ACCEPTED, retryable=False)
            reply.accept(chunks)
            await reply.advance(patience.first_token)
        except BaseException as error:
            if reply.accepted or isinstance(error, TimeoutError) or not isinstance(error, Exception):
                record(self._call(reply, asked))
            await reply.aclose()
            raise
        return reply

    def _call(self, reply: Reply, asked: int) -> ModelCall:
        """By the provider's figures where the reply is whole; what it wrote after them is counted."""
        sent = reply.usage
        counted = sent is None or not reply.whole
        prompt_tokens = sent.prompt_tokens if sent and sent.prompt_tokens else asked
        written = sent.completion_tokens if sent else 0
        call = ModelCall(
            model=self.name,
            prompt_tokens=prompt_tokens,
            cached_prompt_tokens=min(prompt_tokens, sent.cached_prompt_tokens if sent else 0),
            completion_tokens=max(written, reply.estimated_tokens) if counted else written,
            counted=counted,
            whole=reply.whole,
            latency_seconds=reply.seconds,
            first_token_seconds=reply.first_token_seconds,
        )
        return msgspec.structs.replace(call, cost_usd=self.prices.of(call) if self.prices else None)


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The order of the prompt is kept: rules and excerpts are the prefix that learners of a document share."""
    asked = "\n\n".join(part for part in (prompt.excerpts, prompt.persona, prompt.task) if part)
    return [{"role": "system", "content": prompt.rules}, {"role": "user", "content": asked}]
