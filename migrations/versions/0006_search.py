"""What a search of the whole library needs: words for spelling, formulas in one form, and the question as functions."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A file's distinct words, under their first two letters ("<eb") and under their last two ("us>"): a word that is
# misspelled at one end is found at the other. Two rows hold some ten words each, so a word is compared with some
# hundreds of a library's fifty thousand. Formulas are written by the application, in its comparable form.
TABLES = {
    "file_words": """
        owner_id uuid NOT NULL,
        file_id uuid NOT NULL,
        ends text NOT NULL,
        words text[] NOT NULL,
        PRIMARY KEY (owner_id, file_id, ends),
        FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE
    """,
    "chunk_formulas": """
        owner_id uuid NOT NULL,
        chunk_id uuid NOT NULL,
        forms text NOT NULL,
        PRIMARY KEY (owner_id, chunk_id),
        FOREIGN KEY (owner_id, chunk_id) REFERENCES chunks (owner_id, id) ON DELETE CASCADE
    """,
}
# Of what is there already the stems, until its files are processed again.
FILL = """
    SELECT index_words(c.owner_id, c.file_id, array_agg(DISTINCT u.lexeme))
    FROM chunks c CROSS JOIN LATERAL unnest(c.search) u GROUP BY c.owner_id, c.file_id
"""
OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"

# All run as their caller. The first is asked within a transaction that acts for the owner; the others tell row-level
# security the owner that their caller tells them, as search_chunks does, so that they can be asked in one round trip.
FUNCTIONS = {
    # Of several words of one file, those of four letters and more; numbers and codes are not spelled.
    "index_words(uuid, uuid, text[])": r"""
        CREATE FUNCTION index_words(owner uuid, file uuid, words text[])
        RETURNS void LANGUAGE sql VOLATILE SECURITY INVOKER AS $$
            DELETE FROM file_words w WHERE w.owner_id = index_words.owner AND w.file_id = index_words.file;
            INSERT INTO file_words (owner_id, file_id, ends, words)
            SELECT index_words.owner, index_words.file, e.ends, array_agg(l.word ORDER BY l.word)
            FROM (SELECT DISTINCT u.word FROM unnest(index_words.words) u (word)) l
            CROSS JOIN LATERAL (VALUES ('<' || left(l.word, 2)), (right(l.word, 2) || '>')) e (ends)
            WHERE length(l.word) BETWEEN 4 AND 40 AND l.word ~ '^[[:alpha:]]+$'
            GROUP BY e.ends
        $$
    """,
    # Each lexeme of the question, by the configuration of what is searched, and null for a configuration that finds
    # none in it; and for those of ``words`` that stand nowhere in the scope, in no form, the words there that look like
    # them, with a lexeme of each.
    "search_words(uuid, uuid, uuid, text, text[])": r"""
        CREATE FUNCTION search_words(
            owner uuid, course uuid, file uuid, question text, words text[],
            OUT config text, OUT lexeme text, OUT typed text, OUT alike text[], OUT alike_lexemes text[]
        ) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            scope uuid[];
        BEGIN
            PERFORM set_config('app.owner_id', search_words.owner::text, true);
            scope := ARRAY(
                SELECT f.id FROM files f
                JOIN modules m ON m.owner_id = search_words.owner AND m.id = f.module_id
                JOIN courses c ON c.owner_id = search_words.owner AND c.id = m.course_id AND NOT c.archived
                WHERE f.owner_id = search_words.owner
                    AND (search_words.course IS NULL OR c.id = search_words.course)
                    AND (search_words.file IS NULL OR f.id = search_words.file)
            );
            RETURN QUERY
            WITH configurations AS MATERIALIZED (
                SELECT DISTINCT one.config FROM unnest(scope) f (id) CROSS JOIN LATERAL (
                    SELECT c.text_config AS config FROM chunks c
                    WHERE c.owner_id = search_words.owner AND c.file_id = f.id LIMIT 1
                ) one
            ),
            unknown AS MATERIALIZED (
                SELECT t.word FROM unnest(search_words.words) t (word)
                WHERE length(t.word) BETWEEN 4 AND 40 AND t.word ~ '^[[:alpha:]]+$'
                    AND NOT EXISTS (
                        SELECT FROM unnest(scope) f (id)
                        JOIN file_words w ON w.owner_id = search_words.owner AND w.file_id = f.id
                            AND w.ends = '<' || left(t.word, 2)
                        WHERE t.word = ANY (w.words)
                    )
                ORDER BY t.word LIMIT 8
            ),
            near AS MATERIALIZED (
                SELECT k.word AS typed, n.word, n.place
                FROM unknown k CROSS JOIN LATERAL (
                    SELECT o.word, row_number() OVER (ORDER BY similarity(o.word, k.word) DESC, o.word) AS place
                    FROM (
                        SELECT DISTINCT o.word FROM unnest(scope) f (id)
                        JOIN file_words w ON w.owner_id = search_words.owner AND w.file_id = f.id
                            AND w.ends IN ('<' || left(k.word, 2), right(k.word, 2) || '>')
                        CROSS JOIN LATERAL unnest(w.words) o (word)
                        WHERE abs(length(o.word) - length(k.word)) <= 2
                    ) o
                    WHERE similarity(o.word, k.word) > 0.2
                    ORDER BY place LIMIT 30
                ) n
            ),
            spelled AS (
                SELECT g.config, n.typed, own.lexeme, n.word, n.place, (
                    SELECT u.lexeme FROM unnest(to_tsvector(g.config::regconfig, n.word)) u LIMIT 1
                ) AS meant
                FROM configurations g CROSS JOIN near n
                JOIN LATERAL unnest(to_tsvector(g.config::regconfig, n.typed)) own ON true
            )
            SELECT g.config, u.lexeme, NULL, NULL::text[], NULL::text[]
            FROM configurations g
            LEFT JOIN LATERAL unnest(to_tsvector(g.config::regconfig, search_words.question)) u ON true
            UNION ALL
            SELECT s.config, s.lexeme, s.typed, array_agg(s.word ORDER BY s.place), array_agg(s.meant ORDER BY s.place)
            FROM spelled s WHERE s.meant IS NOT NULL
            GROUP BY s.config, s.lexeme, s.typed HAVING NOT bool_or(s.meant = s.lexeme);
        END $$
    """,
    # Best first. A score is that of a row and a question alone, so that pages don't shift while other rows come and go:
    # of a chunk 0.65 for its words and 0.35 for its meaning (see benchmarks and evaluation of search); of a file the
    # share of the words that its name or title has. ``queries`` is a tsquery for each of ``configs``; every one of
    # ``phrases``, regular expressions, must match, of which ``phrase_terms`` are the words.
    "search_library(uuid, uuid, uuid, text, text[], text[], halfvec, text, text, text[], text[], text[],"
    " double precision, uuid, integer)": r"""
        CREATE FUNCTION search_library(
            owner uuid, course uuid, file uuid, wanted text, configs text[], queries text[], vector halfvec, model text,
            formula text, phrases text[], phrase_terms text[], names text[], after_score double precision,
            after_id uuid, how_many integer,
            OUT kind text, OUT id uuid, OUT file_id uuid, OUT filename text, OUT title text,
            OUT score double precision, OUT config text, OUT text text, OUT page_marks jsonb
        ) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET plan_cache_mode = force_generic_plan AS $$
        #variable_conflict use_column
        DECLARE
            scope uuid[];
            with_formula uuid[] := '{}';
        BEGIN
            PERFORM set_config('app.owner_id', search_library.owner::text, true);
            scope := ARRAY(
                SELECT f.id FROM files f
                JOIN modules m ON m.owner_id = search_library.owner AND m.id = f.module_id
                JOIN courses c ON c.owner_id = search_library.owner AND c.id = m.course_id AND NOT c.archived
                WHERE f.owner_id = search_library.owner
                    AND (search_library.course IS NULL OR c.id = search_library.course)
                    AND (search_library.file IS NULL OR f.id = search_library.file)
            );
            IF search_library.formula <> '' THEN
                with_formula := ARRAY(
                    SELECT f.chunk_id FROM chunk_formulas f
                    WHERE f.owner_id = search_library.owner AND strpos(f.forms, search_library.formula) > 0
                );
            END IF;
            RETURN QUERY
            WITH asked AS MATERIALIZED (
                SELECT a.config, a.query::tsquery AS query, (
                    SELECT string_agg('(' || p.query::text || ')', ' & ')::tsquery
                    FROM (
                        SELECT phraseto_tsquery(a.config::regconfig, t.terms) AS query
                        FROM unnest(search_library.phrase_terms) t (terms)
                    ) p WHERE numnode(p.query) > 0
                ) AS must
                FROM unnest(search_library.configs, search_library.queries) a (config, query)
            ),
            -- File by file, by the index: a planner that knows no array's length joins otherwise, and copies vectors
            -- and words of all chunks to disk. OFFSET 0 has a row ranked once, where its score is used three times.
            scored AS (
                SELECT r.* FROM unnest(scope) f (id) CROSS JOIN LATERAL (
                    SELECT c.id, c.file_id,
                        CASE WHEN c.id IN (SELECT unnest(with_formula)) THEN 1
                            WHEN cardinality(search_library.phrases) = 0
                            THEN least(1, ts_rank(c.search, a.query, 0)::float8 * 10)
                            ELSE 0.5 + least(1, ts_rank(c.search, a.query, 0)::float8 * 10) / 2 END AS lexical,
                        CASE search_library.model
                            WHEN c.embedding_model THEN greatest(0, -(c.embedding <#> search_library.vector))
                            WHEN c.next_embedding_model THEN greatest(0, -(c.next_embedding <#> search_library.vector))
                            ELSE 0 END AS similarity
                    FROM chunks c JOIN asked a ON a.config = c.text_config
                    WHERE search_library.wanted IS DISTINCT FROM 'file'
                        AND c.owner_id = search_library.owner AND c.file_id = f.id
                        AND (a.must IS NULL OR c.search @@ a.must)
                    OFFSET 0
                ) r
            ),
            hits AS (
                SELECT 'chunk' AS kind, s.id, s.file_id, round(6500 * s.lexical + 3500 * s.similarity) / 10000 AS score
                FROM scored s
                WHERE cardinality(search_library.phrases) > 0 OR (
                    0.65 * s.lexical + 0.35 * s.similarity >= 0.12 AND (s.lexical > 0 OR s.similarity > 0.4)
                )
                UNION ALL
                SELECT 'file', n.id, n.id, round(10000 * n.score) / 10000
                FROM (
                    SELECT f.id, (
                        SELECT sum(CASE WHEN w.alike > 0.55 THEN length(w.word) * w.alike ELSE 0 END)
                            / sum(length(w.word))
                        FROM (
                            -- Scripts without spaces have three bytes a character, and no use for trigrams.
                            SELECT n.word, CASE WHEN octet_length(n.word) > 2 * length(n.word)
                                THEN (strpos(o.name, n.word) > 0)::int ELSE word_similarity(n.word, o.name) END AS alike
                            FROM unnest(search_library.names) n (word)
                        ) w
                    ) AS score
                    FROM unnest(scope) s (id) JOIN files f ON f.owner_id = search_library.owner AND f.id = s.id
                    CROSS JOIN LATERAL (
                        SELECT lower(translate(f.filename, '_-.', '   ') || ' ' || coalesce(f.title, '')) AS name
                    ) o
                    WHERE search_library.wanted IS DISTINCT FROM 'chunk'
                    OFFSET 0
                ) n WHERE n.score >= 0.55
            ),
            ordered AS (
                SELECT h.* FROM hits h
                WHERE search_library.after_id IS NULL OR h.score < search_library.after_score
                    OR (h.score = search_library.after_score AND h.id > search_library.after_id)
                ORDER BY h.score DESC, h.id
                LIMIT CASE WHEN cardinality(search_library.phrases) = 0 THEN search_library.how_many END
            )
            SELECT o.kind, o.id, o.file_id, f.filename, f.title, o.score, c.text_config, c.text, c.page_marks
            FROM ordered o
            JOIN files f ON f.owner_id = search_library.owner AND f.id = o.file_id
            LEFT JOIN chunks c ON o.kind = 'chunk' AND c.owner_id = search_library.owner AND c.id = o.id
            WHERE NOT EXISTS (SELECT FROM unnest(search_library.phrases) p (pattern)
                WHERE coalesce(c.text, f.filename || ' ' || coalesce(f.title, '')) !~* p.pattern)
            ORDER BY o.score DESC, o.id LIMIT search_library.how_many;
        END $$
    """,
    # The lexemes of single words, each in the configuration beside it.
    "lexemes_of(text[], text[])": """
        CREATE FUNCTION lexemes_of(configs text[], words text[], OUT config text, OUT word text, OUT lexemes text[])
        RETURNS SETOF record LANGUAGE sql STABLE SECURITY INVOKER AS $$
            SELECT a.config, a.word, tsvector_to_array(to_tsvector(a.config::regconfig, a.word))
            FROM unnest(lexemes_of.configs, lexemes_of.words) a (config, word)
        $$
    """,
}

# While a library moves, a chunk has the vectors of two models; a search takes the one of the model it asks with.
SECOND_VECTORS = """
ALTER TABLE chunks
    ADD COLUMN next_embedding halfvec,
    ADD COLUMN next_embedding_model text,
    ADD CONSTRAINT chunks_next_embedding_check
        CHECK ((next_embedding IS NULL) = (next_embedding_model IS NULL)) NOT VALID
"""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(SECOND_VECTORS)
    op.execute("ALTER TABLE chunks ALTER COLUMN next_embedding SET STORAGE MAIN")
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY table_owner ON {table} TO learnx_owner USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO learnx_app, learnx_worker")
    for signature, definition in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO learnx_app")
    op.execute("GRANT EXECUTE ON FUNCTION index_words(uuid, uuid, text[]) TO learnx_worker")
    op.execute(FILL)


def downgrade() -> None:
    """The extension stays: it may be another's, as ``vector`` does."""
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE chunks DROP COLUMN next_embedding, DROP COLUMN next_embedding_model")
