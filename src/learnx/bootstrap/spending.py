"""What may be spent on models, as plans and settings say, and whether that can be kept."""

from dishka import Provider, Scope, provide, provide_all

from learnx.adapters.llm.model_table import known_facts
from learnx.adapters.plan_file import read_plans
from learnx.application.spending import ReserveSpend
from learnx.application.usage import GetUsage
from learnx.bootstrap.limits import strangers_of
from learnx.bootstrap.providers import OFFLINE, token_prices
from learnx.domain.plans import Budgets
from learnx.domain.plans import budget_faults as faults_of
from learnx.domain.spending import Limits
from learnx.settings import Settings, SettingsError


class Spending(Provider):
    scope = Scope.APP

    @provide
    def budgets(self, settings: Settings) -> Budgets:
        return budgets_of(settings)

    use_cases = provide_all(ReserveSpend, GetUsage)


def budgets_of(settings: Settings) -> Budgets:
    """Raises ``SettingsError`` where the file of plans does not fit."""
    try:
        plans = read_plans(settings.plans)
    except ValueError as error:
        raise SettingsError(f"LEARNX_PLANS: {error}") from error
    service = Limits(
        budget_usd_per_day=settings.service_budget_per_day, budget_usd_per_month=settings.service_budget_per_month
    )
    return Budgets(plans=plans, default_plan=settings.default_plan, service=service)


def budget_faults(settings: Settings) -> list[str]:
    """One sentence for each reason why budgets could not be kept. Raises ``SettingsError`` as ``budgets_of`` does."""
    strangers_of(settings)
    models = [settings.llm_model, *settings.llm_fallback_models]
    priced = [model for model in models if model == OFFLINE or token_prices(settings, model)]
    unpriced = [model for model in models if model not in priced and known_facts(model).prices is None]
    return faults_of(budgets_of(settings), unpriced)
