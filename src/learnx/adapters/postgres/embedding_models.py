"""Counts whose vectors are stored, since what has none of the configured model is found by its words alone."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.errors import translated

_EXISTS = text("SELECT to_regclass('chunks') IS NOT NULL")
_COUNTS = text("""
    SELECT CASE :model WHEN next_embedding_model THEN :model ELSE embedding_model END AS model, count(*) AS chunks
    FROM chunks GROUP BY 1
""")


async def stored_embedding_models(engine: AsyncEngine, model: str) -> dict[str, int]:
    """Chunks of all learners: those with a vector of ``model`` under its name, the others under that of theirs.

    None before the first migration. The engine's role is the owner, who alone sees them.
    """
    with translated():
        async with engine.connect() as connection:
            if not await connection.scalar(_EXISTS):
                return {}
            return {row.model: row.chunks for row in await connection.execute(_COUNTS, {"model": model})}
