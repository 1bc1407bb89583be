"""Chunks, and the one statement that finds those that may answer a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, bindparam, cast, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import REGCONFIG

from learnx.adapters.postgres.keyset import number
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables import chunks as _table
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.repositories import Page
from learnx.domain.documents import Chunk, PageMark
from learnx.domain.errors import NotFound
from learnx.domain.retrieval import Candidate, ChunkOutline, Scope
from learnx.domain.search_terms import search_terms

#: The text search configuration of a language, by its primary tag; every other language has ``simple``: no stemming.
_CONFIGURATIONS = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}

#: Of a long question the longest words are looked up, which tend to be the rarest: more cost time and find nothing more
#: (nDCG@10 of every set in ``benchmarks/retrieval_quality.py`` is within 0.005 of that without a bound).
LEXEMES = 16

_VALUE = [column for column in _table.c if column.name in Chunk.__struct_fields__]

_IN_SCOPE = {
    "file_id": "f.id = :place",
    "module_id": "f.module_id = :place",
    "course_id": "f.module_id IN (SELECT m.id FROM modules m WHERE m.owner_id = :owner AND m.course_id = :place)",
}

# The distance is exact, over all chunks of the scope: an approximate index loses most of what an owner's filter then
# leaves. For the same reason there is no GIN index: under row-level security it could not be used. A question's
# lexemes are joined by OR, since few passages hold all of them, and stemmed by the configuration of what is searched.
# Vectors have unit length, so the inner product is the cosine, and 0 for a text without words, where the cosine is NaN.
_CANDIDATES = """
WITH files_in_scope AS MATERIALIZED (
    SELECT f.id FROM files f WHERE f.owner_id = :owner AND {in_scope}
),
questions AS MATERIALIZED (
    SELECT config, (
        SELECT coalesce(string_agg(
            '''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | '
        ), '')::tsquery
        FROM (
            SELECT lexeme FROM unnest(to_tsvector(config::regconfig, :question))
            ORDER BY length(lexeme) DESC, lexeme LIMIT :lexemes
        ) longest
    ) AS lexemes
    FROM (
        SELECT DISTINCT one.config FROM files_in_scope f CROSS JOIN LATERAL (
            SELECT c.text_config AS config FROM chunks c WHERE c.owner_id = :owner AND c.file_id = f.id LIMIT 1
        ) one
    ) configurations
),
scored AS MATERIALIZED (
    SELECT c.id, c.file_id, c.index, c.token_count,
        ts_rank(c.search, q.lexemes, 0)::float8 AS text_score,
        -(c.embedding <#> CAST(:vector AS halfvec)) AS similarity
    FROM files_in_scope f
    JOIN chunks c ON c.owner_id = :owner AND c.file_id = f.id
    JOIN questions q ON q.config = c.text_config
    WHERE c.embedding_model = :model
)
(SELECT * FROM scored WHERE text_score > 0 ORDER BY text_score DESC, id LIMIT :limit)
UNION
(SELECT * FROM scored WHERE similarity > 0 ORDER BY similarity DESC, id LIMIT :limit)
"""
_STATEMENTS = {kind: text(_CANDIDATES.format(in_scope=condition)) for kind, condition in _IN_SCOPE.items()}


@dataclass(frozen=True, slots=True)
class PostgresChunks:
    session: OwnedSession
    owner: UUID

    async def replace(
        self,
        file: UUID,
        chunks: Sequence[Chunk],
        vectors: Sequence[Vector],
        *,
        embedding_model: str,
        language: str | None,
    ) -> None:
        await self.session.execute(delete(_table).where(_table.c.owner_id == self.owner, _table.c.file_id == file))
        configuration = _CONFIGURATIONS.get((language or "").partition("-")[0].lower(), "simple")
        same = {
            "owner_id": self.owner,
            "file_id": file,
            "embedding_model": embedding_model,
            "text_config": configuration,
        }
        rows = [
            {
                **same,
                **{column.name: getattr(chunk, column.name) for column in _VALUE if column.name != "file_id"},
                "embedding": vector,
                "terms": search_terms("\n".join((*chunk.heading_path, chunk.text))),
            }
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        if rows:
            search = func.to_tsvector(cast(configuration, REGCONFIG), bindparam("terms"))
            await self.session.execute(insert(_table).values(search=search), rows)

    async def hashes(self, file: UUID) -> Mapping[str, UUID]:
        rows = await self.session.execute(
            select(_table.c.content_hash, _table.c.id).where(*self._of(file)),
        )
        return {row.content_hash: row.id for row in rows}

    async def get(self, chunk: UUID) -> Chunk:
        found = await self.get_many([chunk])
        if not found:
            raise NotFound("chunk")
        return found[0]

    async def get_many(self, chunks: Sequence[UUID]) -> list[Chunk]:
        rows = await self.session.execute(
            select(*_VALUE).where(_table.c.owner_id == self.owner, _table.c.id.in_(set(chunks)))
        )
        found = {row.id: _to_value(row) for row in rows}
        return [found[chunk] for chunk in chunks if chunk in found]

    async def page(self, file: UUID, page: Page) -> list[Chunk]:
        question = select(*_VALUE).where(*self._of(file)).order_by(_table.c.index).limit(page.limit)
        if page.after is not None:
            question = question.where(_table.c.index > number(page.after))
        return [_to_value(row) for row in await self.session.execute(question)]

    async def outline(self, file: UUID) -> list[ChunkOutline]:
        rows = await self.session.execute(
            select(*(_table.c[name] for name in ChunkOutline.__struct_fields__))
            .where(*self._of(file))
            .order_by(_table.c.index)
        )
        return [
            ChunkOutline(
                id=row.id,
                index=row.index,
                heading_path=tuple(row.heading_path),
                token_count=row.token_count,
                content_hash=row.content_hash,
            )
            for row in rows
        ]

    async def candidates(
        self, scope: Scope, question: str, vector: Vector, *, embedding_model: str, limit: int
    ) -> list[Candidate]:
        [(kind, place)] = [(name, place) for name in _IN_SCOPE if (place := getattr(scope, name)) is not None]
        rows = await self.session.execute(
            _STATEMENTS[kind],
            {
                "owner": self.owner,
                "place": place,
                "question": search_terms(question),
                "vector": vector,
                "model": embedding_model,
                "limit": limit,
                "lexemes": LEXEMES,
            },
        )
        return [
            Candidate(
                chunk_id=chunk,
                file_id=file,
                index=index,
                token_count=tokens,
                text_score=text_score,
                similarity=similarity,
            )
            for chunk, file, index, tokens, text_score, similarity in rows
        ]

    def _of(self, file: UUID) -> tuple[Any, Any]:
        return _table.c.owner_id == self.owner, _table.c.file_id == file


def _to_value(row: Row[Any]) -> Chunk:
    return Chunk(
        **{
            **row._asdict(),
            "heading_path": tuple(row.heading_path),
            "page_marks": msgspec.convert(row.page_marks, tuple[PageMark, ...]),
        }
    )
