"""Tells whether a role of the database could see more than it should, so that production can refuse to start on it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.errors import translated

_ROLE = text("""
    SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
        EXISTS (
            SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
                AND pg_has_role(r.oid, c.relowner, 'MEMBER')
        ) AS owns
    FROM pg_roles r WHERE r.rolname = session_user
""")


async def role_faults(engine: AsyncEngine) -> list[str]:
    """One sentence for each reason why row-level security would not hold this engine's log-in; empty where it does."""
    with translated():
        async with engine.connect() as connection:
            role = (await connection.execute(_ROLE)).one()
    faults = {
        "is a superuser": role.superuser,
        "has BYPASSRLS": role.bypasses,
        "owns a table, or may become its owner": role.owns,
    }
    return [f"The database role {role.name} {fault}." for fault, found in faults.items() if found]
