"""What takes everything of a user out, and away."""

from dishka import Provider, Scope, provide, provide_all
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.erasures import PostgresUnfinishedErasures
from learnx.adapters.postgres.own_rows import PostgresOwnRows
from learnx.adapters.traces import RedisTraces
from learnx.application import erasure
from learnx.application.export import ExportAccount
from learnx.application.ports.erasures import UnfinishedErasures
from learnx.application.ports.own_rows import OwnRows
from learnx.application.ports.traces import Traces


class Leaving(Provider):
    scope = Scope.APP

    @provide
    def traces(self, redis: Redis) -> Traces:
        return RedisTraces(redis)

    @provide
    def unfinished_erasures(self, engine: AsyncEngine) -> UnfinishedErasures:
        return PostgresUnfinishedErasures(engine)

    @provide
    def own_rows(self, engine: AsyncEngine) -> OwnRows:
        return PostgresOwnRows(engine)

    use_cases = provide_all(erasure.FinishErasure, erasure.EraseUser, erasure.FinishErasures, ExportAccount)
