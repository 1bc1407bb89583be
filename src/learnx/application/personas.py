"""A learner describes themself: each change makes a new version, and none is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from learnx.application.ports.cache import Cache, persona_tag
from learnx.application.ports.database import Database
from learnx.application.ports.paging import Page
from learnx.domain.errors import NotFound
from learnx.domain.identity import Principal
from learnx.domain.personas import Persona, PersonaVersion, check_distinct


class NoPersona(NotFound):
    def __init__(self) -> None:
        super().__init__("persona")
        self.detail = "You have no persona yet: describe yourself with PUT /api/v1/persona."


@dataclass(frozen=True, slots=True)
class GetPersona:
    database: Database

    async def __call__(self, principal: Principal) -> PersonaVersion:
        async with self.database.transaction(principal.user_id) as tx:
            return _existing(await tx.personas.current())


@dataclass(frozen=True, slots=True)
class PutPersona:
    """``change`` makes the new persona of the current version (None before the first), and may refuse by raising.

    A write that changes nothing makes no new version; one that names something twice is ``InvalidInput``.
    Two writers at once: the second gets ``Conflict``.
    """

    database: Database
    cache: Cache
    clock: Callable[[], datetime]

    async def __call__(
        self, principal: Principal, change: Callable[[PersonaVersion | None], Persona]
    ) -> PersonaVersion:
        async with self.database.transaction(principal.user_id) as tx:
            current = await tx.personas.current()
            persona = change(current)
            if current is not None and persona == current.persona:
                return current
            check_distinct(persona)
            version = PersonaVersion(
                version=current.version + 1 if current else 1, updated_at=self.clock(), persona=persona
            )
            await tx.personas.append(version)
            async with self.cache.changing(persona_tag(principal.user_id)):
                await tx.commit()
            return version


@dataclass(frozen=True, slots=True)
class PatchPersona:
    """As ``PutPersona``, for a persona that exists: else ``NotFound``."""

    put: PutPersona

    async def __call__(self, principal: Principal, change: Callable[[PersonaVersion], Persona]) -> PersonaVersion:
        return await self.put(principal, lambda current: change(_existing(current)))


@dataclass(frozen=True, slots=True)
class PersonaHistory:
    """All versions, newest first."""

    database: Database

    async def __call__(self, principal: Principal, page: Page) -> list[PersonaVersion]:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.personas.history(page)


def _existing(version: PersonaVersion | None) -> PersonaVersion:
    if version is None:
        raise NoPersona
    return version
