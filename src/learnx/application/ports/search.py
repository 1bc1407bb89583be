"""The search of all that an owner has."""

from collections.abc import Collection, Mapping
from typing import Protocol

from learnx.application.ports.embeddings import Vector
from learnx.domain.search import Hit, HitType, LibraryScope, PlaceInResults, SearchedWord
from learnx.domain.search_query import SearchQuery


class LibrarySearch(Protocol):
    """Questions to all files of the owner but those of archived courses."""

    async def words(self, scope: LibraryScope, query: SearchQuery) -> list[SearchedWord]:
        """The lexemes of a question in each configuration of what is in scope; none where nothing is. Those of words
        that stand nowhere come a second time, with words that look like them."""
        ...

    async def hits(
        self,
        scope: LibraryScope,
        query: SearchQuery,
        lexemes: Mapping[str, Collection[str]],
        vector: Vector | None,
        *,
        embedding_model: str,
        kind: HitType | None,
        limit: int,
        after: PlaceInResults | None,
    ) -> list[Hit]:
        """Best first, by score and id. ``lexemes``: those looked for, any of them, in each configuration; chunks of
        other configurations are left out. Each phrase of the query must occur. Without a vector, words decide."""
        ...

    async def lexemes(self, words: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Collection[str]]:
        """Of each (configuration, word)."""
        ...
