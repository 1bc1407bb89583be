"""What turns a file's passages into a lesson for its reader."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import zip_longest

from dishka import Provider, Scope, provide, provide_all
from redis.asyncio import Redis

from learnx.adapters.generations import RedisGenerations
from learnx.adapters.llm.failover import FailoverLanguageModel
from learnx.application import feedback, lessons
from learnx.application.generation_writing import WriteGeneration
from learnx.application.generations import GetGeneration, ListGenerations, StopGeneration
from learnx.application.lesson_author import LessonAuthor
from learnx.application.one_generation import OneGeneration
from learnx.application.personalization import PersonalizeFile, WriteLesson
from learnx.application.ports.generations import Generations
from learnx.application.ports.llm import LanguageModel
from learnx.bootstrap.providers import OFFLINE, patience, revealed, token_prices
from learnx.bootstrap.transport import REDIS_TIMEOUT, open_redis
from learnx.settings import Secret, Settings


class Lessons(Provider):
    scope = Scope.APP

    @provide
    async def language_model(self, settings: Settings) -> AsyncIterator[LanguageModel]:
        async with AsyncExitStack() as closing:
            models = [await closing.enter_async_context(model) for model in configured_models(settings)]
            yield models[0] if len(models) == 1 else FailoverLanguageModel(models)

    @provide
    async def generations(self, settings: Settings, redis: Redis, write: WriteGeneration) -> AsyncIterator[Generations]:
        # A client of its own: a blocking read ends by itself before the client gives it up.
        async with open_redis(settings, timeout=REDIS_TIMEOUT + 1.0) as blocking_redis:
            generations = RedisGenerations(
                redis,
                blocking_redis,
                write,
                log_ttl_seconds=settings.generation_log_ttl,
                grace_seconds=settings.generation_grace,
                orphans=settings.generation_orphans,
            )
            await generations.start()  # what a dead server left is taken over before anybody asks for it
            yield generations
            await generations.aclose()

    use_cases = provide_all(
        LessonAuthor,
        WriteGeneration,
        OneGeneration,
        PersonalizeFile,
        WriteLesson,
        lessons.FollowGeneration,
        lessons.GetLesson,
        lessons.ListLessons,
        lessons.DeleteLesson,
        feedback.GiveFeedback,
        feedback.ListFeedback,
        feedback.DeleteFeedback,
        ListGenerations,
        GetGeneration,
        StopGeneration,
    )


def configured_models(settings: Settings) -> list[AbstractAsyncContextManager[LanguageModel]]:
    """The main model, then its fallbacks; each is closed when its context is left.

    The main model's address and key also serve fallbacks of the same provider that have none of their own.
    """
    prefix = settings.llm_model.partition("/")[0]
    named = [(settings.llm_model, settings.llm_api_base, settings.llm_api_key)]
    for name, base, key in zip_longest(
        settings.llm_fallback_models, settings.llm_fallback_api_bases, settings.llm_fallback_api_keys
    ):
        shared = name.partition("/")[0] == prefix
        own_base = base or (settings.llm_api_base if shared else None)
        own_key = key if revealed(key) else (settings.llm_api_key if shared and not base else None)
        named.append((name, own_base, own_key))
    return [_model(settings, name, base, key) for name, base, key in named]


@asynccontextmanager
async def _model(
    settings: Settings, name: str, api_base: str | None, api_key: Secret | None
) -> AsyncIterator[LanguageModel]:
    if name == OFFLINE:
        from learnx.adapters.llm.offline import OfflineLanguageModel

        yield OfflineLanguageModel()
        return
    from learnx.adapters.llm.litellm import LiteLlmLanguageModel

    model = LiteLlmLanguageModel(
        name,
        api_base=api_base,
        api_key=revealed(api_key),
        context_tokens=settings.llm_context_tokens if name == settings.llm_model else None,
        prices=token_prices(settings, name),
        patience=patience(settings),
    )
    yield model
    await model.aclose()
