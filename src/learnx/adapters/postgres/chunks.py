"""Chunks, and the one question that finds those that may answer a learner's."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, delete, insert, select, text

from learnx.adapters.postgres.keyset import number
from learnx.adapters.postgres.search_index import different_words, formulas_by_chunk, store_search_index
from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.chunks import chunks as _table
from learnx.application.ports.embeddings import Vector
from learnx.application.ports.paging import Page
from learnx.application.ports.search_index import SearchIndex
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

CHUNK_COLUMNS = [column for column in _table.c if column.name in Chunk.__struct_fields__]

_KINDS = {"file_id": "file", "module_id": "module", "course_id": "course"}
_SEARCH = (
    "SELECT id, file_id, index, token_count, text_score, similarity FROM find_passages($1, $2, $3, $4, $5, $6, $7)"
)

_LABELLED = text("""
    SELECT CAST(label_words(ARRAY(
        SELECT to_tsvector(CAST(CAST(:configuration AS text) AS regconfig), t.terms)
        FROM unnest(CAST(:terms AS text[])) WITH ORDINALITY t (terms, number) ORDER BY t.number
    )) AS text[])
""")


@dataclass(frozen=True, slots=True)
class PostgresChunks:
    session: OwnedSession
    owner: UUID

    async def index(self, chunks: Sequence[Chunk], *, language: str | None) -> SearchIndex:
        configuration = _CONFIGURATIONS.get((language or "").partition("-")[0].lower(), "simple")
        # One is the work of Postgres, the others are ours.
        lexemes, (words, formulas) = await asyncio.gather(
            self._lexemes(configuration, chunks),
            asyncio.to_thread(lambda: (different_words(chunks), formulas_by_chunk(chunks))),
        )
        return SearchIndex(configuration, lexemes, words, formulas)

    async def replace(
        self,
        file: UUID,
        chunks: Sequence[Chunk],
        vectors: Sequence[Vector],
        *,
        embedding_model: str,
        language: str | None,
        index: SearchIndex | None = None,
    ) -> None:
        index = index or await self.index(chunks, language=language)
        await self.session.execute(delete(_table).where(_table.c.owner_id == self.owner, _table.c.file_id == file))
        same = {
            "owner_id": self.owner,
            "file_id": file,
            "embedding_model": embedding_model,
            "text_config": index.configuration,
        }
        rows = [
            {
                **same,
                **{column.name: getattr(chunk, column.name) for column in CHUNK_COLUMNS if column.name != "file_id"},
                "embedding": vector,
                "search": lexemes,
            }
            for chunk, vector, lexemes in zip(chunks, vectors, index.lexemes, strict=True)
        ]
        if rows:
            await self.session.execute(insert(_table), rows)
        await store_search_index(self.session, self.owner, file, index)

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
            select(*CHUNK_COLUMNS).where(_table.c.owner_id == self.owner, _table.c.id.in_(set(chunks)))
        )
        found = {row.id: to_chunk(row) for row in rows}
        return [found[chunk] for chunk in chunks if chunk in found]

    async def page(self, file: UUID, page: Page) -> list[Chunk]:
        question = select(*CHUNK_COLUMNS).where(*self._of(file)).order_by(_table.c.index).limit(page.limit)
        if page.after is not None:
            question = question.where(_table.c.index > number(page.after))
        return [to_chunk(row) for row in await self.session.execute(question)]

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
        [(kind, place)] = [
            (kind, place) for name, kind in _KINDS.items() if (place := getattr(scope, name)) is not None
        ]
        rows = await self.session.ask_alone(
            _SEARCH,
            self.owner,
            kind,
            place,
            search_terms(question),
            vector,
            embedding_model,
            limit,
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

    async def _lexemes(self, configuration: str, chunks: Sequence[Chunk]) -> list[str]:
        """Of each chunk of a file its lexemes, labelled by how rare they are among all of them."""
        terms = [search_terms("\n".join((*chunk.heading_path, chunk.text))) for chunk in chunks]
        found: list[str] = await self.session.scalar(_LABELLED, {"configuration": configuration, "terms": terms})
        return found

    def _of(self, file: UUID) -> tuple[Any, Any]:
        return _table.c.owner_id == self.owner, _table.c.file_id == file


def to_chunk(row: Row[Any]) -> Chunk:
    return Chunk(
        **{
            **row._asdict(),
            "heading_path": tuple(row.heading_path),
            "page_marks": msgspec.convert(row.page_marks, tuple[PageMark, ...]),
        }
    )
