"""The versions of a persona, which are added and never changed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from learnx.adapters.postgres.keyset import number
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.personas import personas
from learnx.application.ports.paging import Page
from learnx.domain.errors import Conflict
from learnx.domain.personas import Persona, PersonaVersion


@dataclass(frozen=True, slots=True)
class PostgresPersonas:
    session: OwnedSession
    owner: UUID

    async def current(self) -> PersonaVersion | None:
        return next(iter(await self.history(Page(limit=1))), None)

    async def append(self, version: PersonaVersion) -> None:
        added = await self.session.execute(
            insert(personas)
            .values(
                owner_id=self.owner,
                version=version.version,
                updated_at=version.updated_at,
                persona=version.persona,
            )
            .on_conflict_do_nothing()
        )
        if not added.rowcount:
            raise Conflict("The persona was changed at the same time. Read it again, then change it.")

    async def history(self, page: Page) -> list[PersonaVersion]:
        question = select(personas).where(personas.c.owner_id == self.owner)
        if page.after is not None:
            question = question.where(personas.c.version < number(page.after))
        rows = await self.session.execute(question.order_by(personas.c.version.desc()).limit(page.limit))
        return [_to_value(row) for row in rows]


def _to_value(row: Row[Any]) -> PersonaVersion:
    return PersonaVersion(version=row.version, updated_at=row.updated_at, persona=msgspec.convert(row.persona, Persona))
