"""What a search of the library needs beside a file's chunks: the words it has, and its formulas in one form."""

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, text

from learnx.adapters.postgres.session import OwnedSession
from learnx.adapters.postgres.tables import chunk_formulas
from learnx.domain.documents import Chunk
from learnx.domain.search_query import searchable_formulas

_INDEX_WORDS = text("SELECT index_words(:owner, :file, :words)")
_WORD = re.compile(r"[^\W\d_]{4,40}")


async def index_for_search(session: OwnedSession, owner: UUID, file: UUID, chunks: Sequence[Chunk]) -> None:
    """Of a file whose chunks were just replaced by these; about 0.4 ms a chunk."""
    words = {word for chunk in chunks for word in _WORD.findall(" ".join((*chunk.heading_path, chunk.text)).lower())}
    await session.execute(_INDEX_WORDS, {"owner": owner, "file": file, "words": sorted(words)})
    forms = [
        {"owner_id": owner, "chunk_id": chunk.id, "forms": found}
        for chunk in chunks
        if (found := searchable_formulas(chunk.text))
    ]
    if forms:
        await session.execute(insert(chunk_formulas), forms)
