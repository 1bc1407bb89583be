"""What a search of the library needs beside a file's chunks: the words it has, and its formulas in one form."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, text

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables.search_index import chunk_formulas
from learnx.application.ports.search_index import SearchIndex
from learnx.domain.documents import Chunk
from learnx.domain.search_query import searchable_formulas

_INDEX_WORDS = text("SELECT index_words(:owner, :file, :words)")
_WORD = re.compile(r"[^\W\d_]{4,40}")


def different_words(chunks: Sequence[Chunk]) -> list[str]:
    """In lower case, sorted; those long enough to be taken for a word that was typed wrong."""
    return sorted(
        {word for chunk in chunks for word in _WORD.findall(" ".join((*chunk.heading_path, chunk.text)).lower())}
    )


def formulas_by_chunk(chunks: Sequence[Chunk]) -> dict[UUID, str]:
    return {chunk.id: found for chunk in chunks if (found := searchable_formulas(chunk.text))}


async def store_search_index(session: OwnedSession, owner: UUID, file: UUID, index: SearchIndex) -> None:
    """What isn't stored in the rows of the chunks, which were just replaced."""
    await session.execute(_INDEX_WORDS, {"owner": owner, "file": file, "words": index.words})
    if index.formulas:
        forms = [{"owner_id": owner, "chunk_id": chunk, "forms": found} for chunk, found in index.formulas.items()]
        await session.execute(insert(chunk_formulas), forms)
