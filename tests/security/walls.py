"""Takes one wall away and looks at the other: owner conditions by rewriting statements, policies by the role."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.security.foreign_rows import Names
from tests.security.wall_cases import CASES

from learnx.adapters.postgres.database import PostgresTransaction
from learnx.adapters.postgres.session import OwnedSession

_CONDITION = re.compile(r"(?:\w+\.)?\bowner_id = (\$\d+)(?:::UUID)?")
ALL = -1

ROWS = """
    SELECT relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'owner_id'
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""


@dataclass(eq=False)
class Conditions:
    """Leaves out the ``without``-th owner condition of all statements that are sent, or all of them, and counts."""

    without: int | None = None
    seen: int = 0

    def __call__(self, _: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: Any) -> tuple[str, Any]:
        if not re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b", statement):
            return statement, parameters
        return _CONDITION.sub(self._kept, statement), parameters

    def _kept(self, found: re.Match[str]) -> str:
        number, self.seen = self.seen, self.seen + 1
        # The parameter is still told, since the driver sends it.
        return f"({found[1]}::uuid IS NOT NULL)" if self.without in (number, ALL) else found[0]


@dataclass
class Probe:
    """Calls of one owner, each in a transaction that is rolled back; ``engine`` is a superuser's."""

    engine: AsyncEngine
    acting: UUID
    tables: list[str] = field(default_factory=list)

    async def outcome(
        self,
        case: str,
        of: Names,
        *,
        owner: UUID | None = None,
        bypassing: bool = False,
        conditions: Conditions | None = None,
        prepared: str = "",
    ) -> tuple[str, str]:
        """What is told, with the names of things in place of their ids, and which rows of ``of`` there are then.

        ``owner`` is who the repositories are told it is, where that is not who the transaction acts for. ``prepared``
        is executed before, as the superuser.
        """
        told, rows = "", ""
        async with self._transaction(owner or self.acting, bypassing, prepared) as (session, transaction):
            if conditions is not None:
                event.listen(self.engine.sync_engine, "before_cursor_execute", conditions, retval=True)
            try:
                told = f"returned {await CASES[case](transaction, of)!r}"
            except Exception as error:  # whatever it is: it is compared with what an unknown id gets
                return f"raised {_named(repr(error), of)}", ""
            finally:
                if conditions is not None:
                    event.remove(self.engine.sync_engine, "before_cursor_execute", conditions)
            rows = await self._rows(session, of.owner)
        return _named(told, of), rows

    async def rows(self, owner: UUID) -> str:
        async with self._transaction(self.acting, True, "") as (session, _):
            return await self._rows(session, owner)

    @asynccontextmanager
    async def _transaction(
        self, owner: UUID, bypassing: bool, prepared: str
    ) -> AsyncIterator[tuple[OwnedSession, PostgresTransaction]]:
        async with OwnedSession(self.engine, self.acting) as session:
            if prepared:
                await session.execute(text(prepared.replace(":", "\\:")))
            if not bypassing:
                await session.execute(text("SET LOCAL ROLE learnx_app"))
            else:
                await session.execute(text("SELECT 1"))
            yield session, PostgresTransaction(session, owner)

    async def _rows(self, session: OwnedSession, owner: UUID) -> str:
        await session.execute(text("SET LOCAL ROLE postgres"))
        if not self.tables:
            self.tables += [row.name for row in await session.execute(text(ROWS))]
        each = " UNION ALL ".join(
            f"SELECT '{table}: ' || coalesce(string_agg(t::text, '; ' ORDER BY t::text), '') AS rows"
            f" FROM {table} t WHERE t.owner_id = '{owner}'"
            for table in self.tables
        )
        return "\n".join((await session.execute(text(each.replace("::text", "\\:\\:text")))).scalars())


def _named(said: str, of: Names) -> str:
    for value, name in of.told():
        said = said.replace(value, name)
    return re.sub(r"\[SQL: .*", "", said, flags=re.DOTALL)
