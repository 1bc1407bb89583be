"""The vectors of all owners' chunks, as a worker may see and change them: file by file, for the file's owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, null, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from learnx.adapters.postgres.chunks import CHUNK_COLUMNS, to_chunk
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.chunks import chunks as _table
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.stored_vectors import FileToMove
from learnx.domain.documents import Chunk

_FILES = text("SELECT owner_id, file_id, chunks FROM files_to_embed(:model, :owner, :file, :limit)")
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class PostgresStoredVectors:
    """``engine`` connects as ``learnx_worker``."""

    engine: AsyncEngine

    async def files_without(self, model: str, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        return await self._files(model, after, limit)

    async def files_with_two(self, *, after: FileToMove | None, limit: int) -> list[FileToMove]:
        return await self._files(None, after, limit)

    async def chunks_without(self, place: FileToMove, model: str, *, after: Chunk | None, limit: int) -> list[Chunk]:
        question = (
            select(*CHUNK_COLUMNS)
            .where(
                *_of(place),
                _table.c.index > (-1 if after is None else after.index),
                _table.c.embedding_model != model,
                _table.c.next_embedding_model.is_distinct_from(model),
            )
            .order_by(_table.c.index)
            .limit(limit)
        )
        async with OwnedSession(self.engine, place.owner) as session:
            return [to_chunk(row) for row in await session.execute(question)]

    async def add(self, place: FileToMove, chunks: Sequence[Chunk], vectors: Sequence[Vector], *, model: str) -> None:
        change = (
            update(_table)
            .where(
                *_of(place),
                _table.c.id == bindparam("chunk"),
                _table.c.content_hash == bindparam("hash"),
                _table.c.embedding_model != model,
            )
            .values(next_embedding=bindparam("vector"), next_embedding_model=model)
        )
        rows = [
            {"chunk": chunk.id, "hash": chunk.content_hash, "vector": vector}
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        async with OwnedSession(self.engine, place.owner) as session:
            await session.execute(change, rows)
            await session.commit()

    async def keep_only(self, place: FileToMove, model: str) -> int:
        moved = _table.c.next_embedding_model == model
        change = (
            update(_table)
            .where(*_of(place), _table.c.next_embedding_model.is_not(None), moved | (_table.c.embedding_model == model))
            .values(
                embedding=case((moved, _table.c.next_embedding), else_=_table.c.embedding),
                embedding_model=model,
                next_embedding=null(),
                next_embedding_model=null(),
            )
        )
        async with OwnedSession(self.engine, place.owner) as session:
            result = await session.execute(change)
            await session.commit()
            return int(result.rowcount)

    async def _files(self, model: str | None, after: FileToMove | None, limit: int) -> list[FileToMove]:
        last = {"owner": after.owner if after else _FIRST, "file": after.file if after else _FIRST}
        async with OwnedSession(self.engine, None) as session:
            rows = await session.execute(_FILES, {"model": model, "limit": limit, **last})
            return [FileToMove(owner=row.owner_id, file=row.file_id, chunks=row.chunks) for row in rows]


def _of(place: FileToMove) -> tuple[Any, Any]:
    return _table.c.owner_id == place.owner, _table.c.file_id == place.file
