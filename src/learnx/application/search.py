"""Finds passages and files of a learner's whole library."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from learnx.application.ports.database import Database
from learnx.application.ports.embeddings import Embedder, Vector
from learnx.application.ports.search import LibrarySearch
from learnx.application.vectors import embedded
from learnx.domain.errors import ProviderError
from learnx.domain.identity import Principal
from learnx.domain.matches import (
    Match,
    find_patterns,
    find_words,
    formula_pattern,
    words_to_look_up,
)
from learnx.domain.search import (
    Hit,
    HitType,
    LibraryScope,
    PlaceInResults,
    SearchedWord,
    SearchResult,
    SearchResults,
    Spelling,
)
from learnx.domain.search_query import SearchQuery, parse_query, phrase_pattern
from learnx.domain.snippets import snippet
from learnx.domain.spelling import nearest

#: Of a long question the longest words are looked up, which tend to be the rarest; each costs 2 ms in 10,000 chunks.
LEXEMES = 10
#: So many seconds a search waits for an embedding model that others run; without it, it goes by words alone.
VECTOR_SECONDS = 3.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SearchLibrary:
    """Full text with stems, in the language of each file; words spelled wrong; meaning; phrases; formulas; names."""

    database: Database
    embedder: Embedder

    async def __call__(
        self,
        principal: Principal,
        typed: str,
        *,
        scope: LibraryScope,
        limit: int,
        kind: HitType | None = None,
        after: PlaceInResults | None = None,
    ) -> SearchResults:
        """Best first. A course or file that is unknown, or someone else's: ``NotFound``.

        Without the embedding model it goes by words alone, and so do its next pages. But a list that began with it
        can't go on without, since its order is another: ``ProviderError``.
        """
        query = parse_query(typed)
        vector = await self._vector(query.text, after)
        async with self.database.transaction(principal.user_id) as tx:
            if scope.course_id is not None:
                await tx.courses.get(scope.course_id)
            if scope.file_id is not None:
                await tx.files.get(scope.file_id)
            words = await tx.search.words(scope, query)
            spelling = after.spelling if after else _spelling(words)
            lexemes = _looked_for(words, spelling) if query.phrases or _says_something(query, words) else {}
            hits = await tx.search.hits(
                scope,
                query,
                lexemes,
                vector,
                embedding_model=self.embedder.model,
                kind=kind,
                limit=limit,
                after=after,
            )
            matches = await _matches(tx.search, query, lexemes, hits)
        return SearchResults(items=tuple(map(_result, hits, matches)), spelling=spelling, by_words_alone=vector is None)

    async def _vector(self, text: str, after: PlaceInResults | None) -> Vector | None:
        if after is not None and after.by_words_alone:
            return None
        try:
            async with asyncio.timeout(VECTOR_SECONDS):
                [vector] = await embedded(self.embedder, [text])
        except (ProviderError, TimeoutError) as error:
            if after is not None:
                raise ProviderError("The embedding model does not answer. Try again, or begin anew.") from error
            log.warning("search.by_words_alone", model=self.embedder.model, reason=str(error) or "no answer in time")
            return None
        return vector


def _says_something(query: SearchQuery, words: Sequence[SearchedWord]) -> bool:
    """Stop words alone have a vector, too, but one that means nothing."""
    return bool(query.formula) or any(word.lexeme is not None for word in words)


def _spelling(words: Sequence[SearchedWord]) -> Spelling:
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        lexemes = dict(word.alike)
        if word.lexeme is not None and (meant := nearest(word.typed, lexemes)):
            found[word.lexeme] = tuple(dict.fromkeys((*found.get(word.lexeme, ()), *(lexemes[one] for one in meant))))
    return found


def _looked_for(words: Sequence[SearchedWord], spelling: Spelling) -> dict[str, list[str]]:
    """The lexemes of each configuration: the longest, each with what was meant by it."""
    found: dict[str, list[str]] = {word.config: [] for word in words}
    for word in sorted(words, key=lambda one: (-len(one.lexeme or ""), one.lexeme or "")):
        if word.lexeme is not None and not word.typed and len(found[word.config]) < LEXEMES:
            found[word.config] += spelling.get(word.lexeme, (word.lexeme,))
    return found


async def _matches(
    search: LibrarySearch, query: SearchQuery, lexemes: Mapping[str, Sequence[str]], hits: Sequence[Hit]
) -> list[list[Match]]:
    texts = {config: "\n".join(hit.text for hit in hits if hit.config == config) for config in lexemes}
    known = await search.lexemes(
        {(config, word) for config, text in texts.items() for word in words_to_look_up(text, lexemes[config])}
    )
    forms: dict[str, dict[str, Collection[str]]] = {config: {} for config in texts}
    for (config, word), found in known.items():
        if meant := set(found) & set(lexemes[config]):
            forms[config][word] = meant
    patterns = [phrase_pattern(phrase) for phrase in query.phrases]
    if query.formula:
        patterns.append(formula_pattern(query.formula))
    return [
        _words_of_name(_name(hit), query.words) + find_patterns(_name(hit), patterns)
        if hit.type == "file"
        else find_patterns(hit.text, patterns)
        + find_words(hit.text, lexemes.get(hit.config, ()), forms.get(hit.config, {}))
        for hit in hits
    ]


def _words_of_name(name: str, words: Sequence[str]) -> list[Match]:
    """A name is matched by its words, by their beginnings, and by words spelled like them."""
    forms = {
        part: [word for word in words if part.startswith(word) or bool(nearest(word, [part]))]
        for part in words_to_look_up(name, {part[:1] for part in words} | set(words))
    }
    return find_words(name, words, forms)


def _name(hit: Hit) -> str:
    return hit.title or hit.filename


def _result(hit: Hit, matches: Sequence[Match]) -> SearchResult:
    shown = snippet(hit.text if hit.type == "chunk" else _name(hit), matches)
    page = next((mark.page for mark in reversed(hit.page_marks) if mark.offset <= shown.offset), None)
    return SearchResult(
        type=hit.type,
        id=hit.id,
        file_id=hit.file_id,
        filename=hit.filename,
        snippet=shown.text,
        highlights=shown.highlights,
        page_number=page,
        relevance_score=hit.score,
    )
