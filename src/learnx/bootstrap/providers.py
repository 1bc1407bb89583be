"""How the providers of models and embeddings are reached, as it is configured."""

from learnx.adapters.litellm_calls import Patience
from learnx.adapters.llm.model_table import TokenPrices
from learnx.settings import Secret, Settings

#: The model that comes with LearnX.
OFFLINE = "offline"


def patience(settings: Settings) -> Patience:
    """How long providers are waited for, and how often they are asked again."""
    return Patience(
        connect=settings.llm_connect_timeout,
        first_token=settings.llm_first_token_timeout,
        token=settings.llm_token_timeout,
        retries=settings.llm_retries,
    )


def token_prices(settings: Settings, model: str) -> TokenPrices | None:
    """As configured; None leaves it to LiteLLM's table."""
    for price in settings.llm_prices:
        if price.model == model:
            million = 1_000_000
            return TokenPrices(
                prompt=price.prompt / million, completion=price.completion / million, cached=price.cached / million
            )
    return None


def revealed(secret: Secret | None) -> str | None:
    return secret.reveal() if secret is not None else None
