"""Settings, time and ids, which the inner layers take as arguments."""

from collections.abc import Callable
from datetime import UTC, datetime
from secrets import token_urlsafe
from uuid import UUID

from dishka import Provider, Scope, from_context, provide
from uuid_utils.compat import uuid7

from learnx.settings import Settings


class Sources(Provider):
    scope = Scope.APP
    settings = from_context(Settings)

    @provide
    def clock(self) -> Callable[[], datetime]:
        return lambda: datetime.now(UTC)

    @provide
    def new_id(self) -> Callable[[], UUID]:
        return uuid7

    @provide
    def new_token(self) -> Callable[[], str]:
        """256 bits of the system's randomness."""
        return lambda: token_urlsafe(32)
