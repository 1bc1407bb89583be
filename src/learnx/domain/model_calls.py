"""What a call of a language model consumed: the row of the usage ledger, and the sum that a lesson reports."""

from collections.abc import Iterable
from typing import Literal

from learnx.domain.lessons import Usage
from learnx.domain.values import Value

CallKind = Literal["lesson", "answer", "summary"]


class ModelCall(Value):
    """One call of a provider, whole or broken off.

    ``counted`` tells that LearnX counted the tokens because the provider's figures never came. ``latency_seconds`` is
    from the request to the end; ``first_token_seconds`` is None where no token came. ``cost_usd`` is None where no
    price is known.
    """

    model: str
    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    counted: bool = False
    whole: bool = True
    latency_seconds: float = 0.0
    first_token_seconds: float | None = None


def total_usage(calls: Iterable[ModelCall], *, model: str) -> Usage:
    """The sum; of the cost None where that of any call is unknown."""
    made = list(calls)
    costs = [call.cost_usd for call in made]
    return Usage(
        prompt_tokens=sum(call.prompt_tokens for call in made),
        cached_prompt_tokens=sum(call.cached_prompt_tokens for call in made),
        completion_tokens=sum(call.completion_tokens for call in made),
        cost_usd=None if None in costs else sum(cost for cost in costs if cost is not None),
        model=model,
    )
