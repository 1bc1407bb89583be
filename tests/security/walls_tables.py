"""SQL of one's own against every table: what a role could do to somebody else's rows if it were granted everything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

#: Who may do what: a table that is not here may be reached by nobody but the owner of the tables.
GRANTS = {
    "learnx_app": {
        "activities": {"SELECT", "INSERT"},
        "alembic_version": {"SELECT"},
        "answers": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "charges": {"SELECT"},
        "chunk_formulas": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "chunks": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "conversations": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "courses": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "erasures": {"SELECT", "INSERT", "DELETE"},
        "file_words": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "files": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "idempotency_keys": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "jobs": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "lesson_feedback": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "lesson_sections": {"SELECT", "INSERT"},
        "lessons": {"SELECT", "INSERT", "DELETE"},
        "mail_tokens": {"SELECT", "INSERT", "DELETE"},
        "model_calls": {"SELECT", "INSERT"},
        "modules": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "personas": {"SELECT", "INSERT"},
        "refresh_tokens": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "summaries": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "users": {"SELECT", "UPDATE", "DELETE"},
    },
    "learnx_worker": {
        "activities": {"SELECT", "INSERT"},
        "alembic_version": {"SELECT"},
        "chunk_formulas": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "chunks": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "courses": {"SELECT"},
        "erasures": {"SELECT", "DELETE"},
        "file_words": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "files": {"SELECT", "UPDATE"},
        "jobs": {"SELECT", "UPDATE"},
        "modules": {"SELECT"},
    },
}

OWNED = """
    SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'owner_id'
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
GRANTED = """
    SELECT r.rolname AS role, c.relname AS name, array_agg(a.privilege_type) AS privileges
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a JOIN pg_roles r ON r.oid = a.grantee
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relnamespace = 'public'::regnamespace
        AND r.rolname <> 'learnx_owner'
    GROUP BY 1, 2
"""
TO_PUBLIC = """
    SELECT c.relname FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = 0
    UNION ALL
    SELECT c.relname || '.' || t.attname FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND t.attacl IS NOT NULL
"""
REFERENCES = """
    SELECT k.conrelid::regclass::text AS name, k.confrelid::regclass::text AS parent,
        array(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (number, place)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place) AS columns,
        array(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (number, place)
            JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place) AS referred
    FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""

#: What a transaction without a learner may have as its setting.
NOBODYS = (None, "", "nonsense")


@dataclass(frozen=True)
class TableProbe:
    """``connection`` is a superuser's, in a transaction that is rolled back; it asks as ``role``, for Eve."""

    connection: asyncpg.Connection
    role: str
    ada: UUID
    eve: UUID

    async def leaks(self, table: str) -> set[str]:
        """What could be done to Ada's rows of it."""
        theirs = await self.connection.fetch(f'SELECT t::text AS row FROM "{table}" t WHERE owner_id = $1', self.ada)
        assert theirs, f"Ada has no row in {table}: nothing is proved of it"
        row, found = theirs[0]["row"], set()
        for setting in (str(self.eve), *NOBODYS):
            for verb, statement, arguments in self._statements(table, row):
                if await self._comes_through(setting, statement, arguments):
                    found.add(verb)
        return found

    async def takes(self, table: str, parent: str, columns: Sequence[str], referred: Sequence[str]) -> bool:
        """Whether a row of Eve's can be made to point to one of Ada's."""
        pairs = [(own, their) for own, their in zip(columns, referred, strict=True) if own != "owner_id"]
        others = [one for one in ("file_id", "module_id", "course_id") if one not in columns]
        known = {row[0] for row in await self.connection.fetch(_NULLABLE, table)}
        changes = [f"{own} = p.{their}" for own, their in pairs] + [f"{one} = NULL" for one in others if one in known]
        question = f"""
            WITH p AS (SELECT * FROM {parent} WHERE owner_id = $2 LIMIT 1)
            UPDATE {table} t SET {", ".join(changes)} FROM p
            WHERE t.ctid = (SELECT ctid FROM {table} WHERE owner_id = $1 LIMIT 1)
        """
        try:
            async with self.connection.transaction():
                return await self.connection.execute(question, self.eve, self.ada) != "UPDATE 0"
        except asyncpg.ForeignKeyViolationError:
            return False

    def _statements(self, table: str, row: str) -> Iterator[tuple[str, str, tuple[object, ...]]]:
        mine = f'FROM "{table}" t WHERE owner_id = $1'
        yield "SELECT", f"SELECT t::text {mine}", (self.ada,)
        yield "UPDATE", f'UPDATE "{table}" SET owner_id = owner_id WHERE owner_id = $1 RETURNING 1', (self.ada,)
        yield "DELETE", f'DELETE FROM "{table}" WHERE owner_id = $1 RETURNING 1', (self.ada,)
        yield "INSERT", f'INSERT INTO "{table}" OVERRIDING SYSTEM VALUE SELECT ($1::text::"{table}").*', (row,)
        yield "GIVE AWAY", f'UPDATE "{table}" SET owner_id = $1 RETURNING 1', (self.ada,)

    async def _comes_through(self, setting: str | None, statement: str, arguments: tuple[object, ...]) -> bool:
        savepoint = self.connection.transaction()
        await savepoint.start()
        try:
            await self.connection.execute(f"SET LOCAL ROLE {self.role}")
            if setting is None:
                await self.connection.execute("RESET app.owner_id")
            else:
                await self.connection.execute("SELECT set_config('app.owner_id', $1, true)", setting)
            return bool(await self.connection.fetch(statement, *arguments))
        except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidTextRepresentationError):
            return False
        except asyncpg.IntegrityConstraintViolationError:
            return True  # the policy has let it through; it is a key that says no
        finally:
            await savepoint.rollback()


_NULLABLE = (
    "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attnotnull"
)
