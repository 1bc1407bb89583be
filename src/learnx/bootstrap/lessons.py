"""What turns a file's passages into a lesson for its reader."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide, provide_all

from learnx.adapters.generations import InProcessGenerations
from learnx.application import lessons
from learnx.application.lesson_generation import WriteGeneration
from learnx.application.personalization import PersonalizeFile, WriteLesson
from learnx.application.ports.generations import Generations
from learnx.application.ports.llm import LanguageModel
from learnx.bootstrap.providers import patience, revealed, token_prices
from learnx.settings import Settings


class Lessons(Provider):
    scope = Scope.APP

    @provide
    async def language_model(self, settings: Settings) -> AsyncIterator[LanguageModel]:
        if settings.llm_model == "offline":
            from learnx.adapters.llm.offline import OfflineLanguageModel

            yield OfflineLanguageModel()
            return
        from learnx.adapters.llm.litellm import LiteLlmLanguageModel

        model = LiteLlmLanguageModel(
            settings.llm_model,
            api_base=settings.llm_api_base,
            api_key=revealed(settings.llm_api_key),
            context_tokens=settings.llm_context_tokens,
            prices=token_prices(settings, settings.llm_model),
            patience=patience(settings),
        )
        yield model
        await model.aclose()

    @provide
    async def generations(self, settings: Settings, write: WriteGeneration) -> AsyncIterator[Generations]:
        generations = InProcessGenerations(write, log_ttl_seconds=settings.generation_log_ttl)
        yield generations
        await generations.aclose()

    use_cases = provide_all(
        WriteGeneration,
        PersonalizeFile,
        WriteLesson,
        lessons.FollowGeneration,
        lessons.GetLesson,
        lessons.ListLessons,
        lessons.DeleteLesson,
    )
