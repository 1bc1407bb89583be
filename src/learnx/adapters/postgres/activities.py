"""What the owner did; rows are added and read, and nothing else is granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, tuple_
from sqlalchemy.dialects import postgresql

from learnx.adapters.postgres.keyset import moment_and_id
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.activities import activities
from learnx.application.ports.paging import Page
from learnx.domain.activity import Activity


@dataclass(frozen=True, slots=True)
class PostgresActivities:
    session: OwnedSession
    owner: UUID

    async def add(self, activity: Activity) -> None:
        await self.session.execute(insert(activities).values(_row(self.owner, activity)))

    async def add_all(self, added: Sequence[Activity]) -> None:
        await self.session.execute(
            postgresql.insert(activities).on_conflict_do_nothing(), [_row(self.owner, activity) for activity in added]
        )

    async def page(self, page: Page) -> list[Activity]:
        question = select(activities).where(activities.c.owner_id == self.owner)
        if page.after is not None:
            question = question.where(tuple_(activities.c.at, activities.c.id) < moment_and_id(page.after))
        rows = await self.session.execute(
            question.order_by(activities.c.at.desc(), activities.c.id.desc()).limit(page.limit)
        )
        return [_to_value(row) for row in rows]


def _row(owner: UUID, activity: Activity) -> dict[str, Any]:
    return {
        "owner_id": owner,
        "id": activity.id,
        "kind": activity.kind,
        "at": activity.at,
        "file_id": activity.file_id,
        "lesson_id": activity.lesson_id,
    }


def _to_value(row: Row[Any]) -> Activity:
    return Activity(id=row.id, kind=row.kind, at=row.at, file_id=row.file_id, lesson_id=row.lesson_id)
