"""Search of an owner's library, each question one round trip to a function of the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from learnx.adapters.postgres.session import OwnedSession
from learnx.application.ports.embeddings import Vector
from learnx.domain.documents import PageMark
from learnx.domain.search import Hit, HitType, LibraryScope, PlaceInResults, SearchedWord
from learnx.domain.search_query import SearchQuery, phrase_pattern
from learnx.domain.search_terms import phrase_terms, search_terms

_WORDS = "SELECT config, lexeme, typed, alike, alike_lexemes FROM search_words($1, $2, $3, $4, $5)"
_HITS = (
    "SELECT kind, id, file_id, filename, title, score, config, text, page_marks"
    " FROM search_library($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
)
_LEXEMES = "SELECT config, word, lexemes FROM lexemes_of($1, $2)"


@dataclass(frozen=True, slots=True)
class PostgresLibrarySearch:
    session: OwnedSession
    owner: UUID

    async def words(self, scope: LibraryScope, query: SearchQuery) -> list[SearchedWord]:
        rows = await self.session.ask_alone(
            _WORDS, self.owner, scope.course_id, scope.file_id, search_terms(query.text), list(query.words)
        )
        return [
            SearchedWord(
                config=config,
                lexeme=lexeme,
                typed=typed or "",
                alike=tuple(zip(alike or (), alike_lexemes or (), strict=True)),
            )
            for config, lexeme, typed, alike, alike_lexemes in rows
        ]

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
        rows = await self.session.ask_alone(
            _HITS,
            self.owner,
            scope.course_id,
            scope.file_id,
            kind,
            list(lexemes),
            [" | ".join(map(_quoted, words)) for words in lexemes.values()],
            vector,
            embedding_model,
            query.formula,
            [phrase_pattern(phrase) for phrase in query.phrases],
            [phrase_terms(phrase) for phrase in query.phrases],
            list(query.words),
            after.score if after else None,
            after.id if after else None,
            limit,
        )
        return list(map(_hit, rows))

    async def lexemes(self, words: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Collection[str]]:
        asked = list(words)
        if not asked:
            return {}
        rows = await self.session.ask_alone(_LEXEMES, [config for config, _ in asked], [word for _, word in asked])
        return {(config, word): lexemes for config, word, lexemes in rows}


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _hit(row: Sequence[object]) -> Hit:
    kind, found, file, filename, title, score, config, text, marks = row
    # The driver itself hands JSON over as text; within a transaction of SQLAlchemy's it may be read already.
    read = msgspec.json.decode(marks) if isinstance(marks, str | bytes) else marks
    return msgspec.convert(
        {
            "type": kind,
            "id": found,
            "fileId": file,
            "filename": filename,
            "title": title,
            "score": score,
            **(
                {"text": text, "config": config, "pageMarks": msgspec.convert(read, tuple[PageMark, ...])}
                if text is not None
                else {}
            ),
        },
        Hit,
    )
