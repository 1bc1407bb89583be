"""Counts whose vectors are stored, since a search leaves out what another model than the configured one embedded."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.errors import translated

_EXISTS = text("SELECT to_regclass('chunks') IS NOT NULL")
_COUNTS = text("SELECT embedding_model AS model, count(*) AS chunks FROM chunks GROUP BY embedding_model")


async def stored_embedding_models(engine: AsyncEngine) -> dict[str, int]:
    """Chunks of all learners by the model that embedded them; none before the first migration.

    The engine's role is the owner, who alone sees them.
    """
    with translated():
        async with engine.connect() as connection:
            if not await connection.scalar(_EXISTS):
                return {}
            return {row.model: row.chunks for row in await connection.execute(_COUNTS)}
