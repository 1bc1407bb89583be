"""What LiteLLM's table says about a model, read from its file: importing the library to ask it takes seconds."""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from learnx.domain.model_calls import ModelCall

_TABLE = "model_prices_and_context_window_backup.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrices:
    """US dollars for one token; ``cached`` for one of a prompt whose beginning the provider had in its cache."""

    prompt: float
    completion: float
    cached: float

    def of(self, call: ModelCall) -> float:
        fresh = call.prompt_tokens - call.cached_prompt_tokens
        return fresh * self.prompt + call.cached_prompt_tokens * self.cached + call.completion_tokens * self.completion


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """Tokens of prompt and reply together, of a reply, and prices; None where the table does not say."""

    context_tokens: int | None = None
    reply_tokens: int | None = None
    prices: TokenPrices | None = None


@cache
def known_facts(model: str) -> ModelFacts:
    """About 30 ms at the first time. A model is listed by its whole name, or without its provider's prefix."""
    rows = msgspec.json.decode(_table().read_bytes(), type=dict[str, msgspec.Raw])
    provider, _, bare = model.partition("/")
    for name in (model, bare):
        if name not in rows:
            continue
        row = msgspec.json.decode(rows[name])
        if name == model or row.get("litellm_provider") == provider:
            return _facts(row)
    return ModelFacts()


def _facts(row: dict[str, Any]) -> ModelFacts:
    prompt, completion = row.get("input_cost_per_token"), row.get("output_cost_per_token")
    prices = None
    if prompt is not None and completion is not None:
        cached = row.get("cache_read_input_token_cost")
        prices = TokenPrices(prompt=prompt, completion=completion, cached=prompt if cached is None else cached)
    return ModelFacts(
        context_tokens=row.get("max_input_tokens") or row.get("max_tokens"),
        reply_tokens=row.get("max_output_tokens"),
        prices=prices,
    )


def _table() -> Path:
    package = find_spec("litellm")  # found, not imported
    if package is None or package.origin is None:
        raise ModuleNotFoundError("litellm is not installed", name="litellm")
    return Path(package.origin).parent / _TABLE
