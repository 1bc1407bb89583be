"""What an owner may take along, read from the tables as they are: so no table is forgotten, and none is told twice."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.activities import activities
from learnx.adapters.postgres.tables.answers import answers
from learnx.adapters.postgres.tables.chunks import chunks
from learnx.adapters.postgres.tables.conversations import conversations
from learnx.adapters.postgres.tables.courses import courses
from learnx.adapters.postgres.tables.feedback import lesson_feedback
from learnx.adapters.postgres.tables.files import files
from learnx.adapters.postgres.tables.lessons import lessons
from learnx.adapters.postgres.tables.model_calls import model_calls
from learnx.adapters.postgres.tables.modules import modules
from learnx.adapters.postgres.tables.personas import personas
from learnx.adapters.postgres.tables.refresh_tokens import refresh_tokens
from learnx.adapters.postgres.tables.spending import charges
from learnx.adapters.postgres.tables.summaries import summaries
from learnx.adapters.postgres.tables.users import users

#: Rows that are read, and held, at a time.
AT_ONCE = 100

#: By the name that an archive has for them, in reading order.
TAKEN: Mapping[str, Table] = {
    "user": users,
    "sessions": refresh_tokens,
    "personas": personas,
    "courses": courses,
    "modules": modules,
    "files": files,
    "chunks": chunks,
    "lessons": lessons,
    "feedback": lesson_feedback,
    "conversations": conversations,
    "answers": answers,
    "summaries": summaries,
    "activities": activities,
    "usage": model_calls,
    "charges": charges,
}

#: Columns that say nothing to their owner: what text is searched and compared by, which can be made of it again, and
#: the hash of what somebody signs in with.
DERIVED = frozenset(
    {
        "chunks.embedding",
        "chunks.embedding_model",
        "chunks.next_embedding",
        "chunks.next_embedding_model",
        "chunks.search",
        "chunks.text_config",
        "chunks.content_hash",
        "lessons.key",
        "refresh_tokens.token_hash",
        "summaries.key",
    }
)


@dataclass(frozen=True, slots=True)
class PostgresOwnRows:
    engine: AsyncEngine

    @property
    def names(self) -> Sequence[str]:
        return tuple(TAKEN)

    async def read(self, owner: UUID, name: str) -> AsyncGenerator[Mapping[str, object], None]:
        table = TAKEN[name]
        taken = [
            column for column in table.c if column.name != "owner_id" and f"{table.name}.{column.name}" not in DERIVED
        ]
        key = [column for column in table.primary_key.columns if column.name != "owner_id"]
        last: tuple[Any, ...] | None = None
        while True:
            async with OwnedSession(self.engine, owner) as session:
                rows = (await session.execute(_page(table, [*taken, *key], key, owner, last))).all()
            for row in rows:
                yield {_camel(column.name): value for column, value in zip(taken, row, strict=False)}
            if len(rows) < AT_ONCE or not key:
                return
            last = tuple(rows[-1][len(taken) :])


def _page(
    table: Table, read: list[Column[Any]], key: list[Column[Any]], owner: UUID, last: tuple[Any, ...] | None
) -> Select[Any]:
    question = select(*read).where(table.c.owner_id == owner).order_by(*key).limit(AT_ONCE)
    return question if last is None else question.where(tuple_(*key) > tuple_(*last))


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
