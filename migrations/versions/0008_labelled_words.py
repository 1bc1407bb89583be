"""A file's words carry how rare they are in it, so that a question of one file reads each of its chunks once."""

from alembic import op
from sqlalchemy import text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Each lexeme of a file's chunks gets one of the four labels that Postgres has for lexemes: A where at most one of 150
# chunks has it, B one of 20, C one of 4.5, and D where more do. 5, 3 and 1.5 are the natural logarithms of that, and so
# steps of the weight that find_chunks counts for each question. In files of fewer than 150 chunks, where most words
# would be common, the limits come closer as the logarithm of their number falls.
#
# It is within a file that words are counted. A course asks find_chunks, which counts them there: the topic of a short
# file is a common word in it and a rare one beside. With a file for each of the 105 sections of a textbook, labels find
# less than no weights do, 0.80 instead of 0.84 (nDCG@10; 0.85 is what find_chunks finds).
LABELS = "label_words(tsvector[])"
LABEL_WORDS = """
CREATE FUNCTION label_words(passages tsvector[]) RETURNS tsvector[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    WITH p AS MATERIALIZED (
        SELECT number, passage, ln(1.0::float8 + cardinality(passages)) AS rarest
        FROM unnest(passages) WITH ORDINALITY p (passage, number)
    ),
    rarities AS (
        SELECT u.lexeme, width_bucket(
            (p.rarest - ln(count(*) + 0.5::float8)) / least(1, p.rarest / 5), ARRAY[1.5, 3, 5]::float8[]
        ) AS rarity
        FROM p CROSS JOIN LATERAL unnest(p.passage) u GROUP BY u.lexeme, p.rarest
    ),
    labels AS (
        SELECT p.number,
            array_agg(u.lexeme) FILTER (WHERE r.rarity = 1) AS c,
            array_agg(u.lexeme) FILTER (WHERE r.rarity = 2) AS b,
            array_agg(u.lexeme) FILTER (WHERE r.rarity = 3) AS a
        FROM p CROSS JOIN LATERAL unnest(p.passage) u JOIN rarities r ON r.lexeme = u.lexeme
        GROUP BY p.number
    )
    SELECT coalesce(array_agg(
        setweight(setweight(setweight(setweight(
            p.passage, 'D'), 'C', coalesce(l.c, '{}')), 'B', coalesce(l.b, '{}')), 'A', coalesce(l.a, '{}'))
        ORDER BY p.number
    ), '{}')
    FROM p LEFT JOIN labels l ON l.number = p.number
$$
"""
LABEL_FILE = """
    WITH f AS MATERIALIZED (
        SELECT array_agg(c.id ORDER BY c.index) AS ids, label_words(array_agg(c.search ORDER BY c.index)) AS searches
        FROM chunks c WHERE c.owner_id = :owner AND c.file_id = :file
    )
    UPDATE chunks c SET search = l.search FROM f CROSS JOIN LATERAL unnest(f.ids, f.searches) l (id, search)
    WHERE c.owner_id = :owner AND c.id = l.id
"""

SEARCH = "find_passages(uuid, text, uuid, text, halfvec, text, integer)"

# It takes the place of find_chunks, which it asks where a module or a course is searched, or a file that a server of
# the release before has stored without labels. What is said there of owners, of distances and of OR holds here too.
# There it takes a third of the time to count the chunks that have each word, and a call of ts_rank for each word; here
# one call sums them up. So sixteen words of a question are looked up, the longest; more of them gain nothing.
#
# What the labels count for was chosen, with the limits above, on even-numbered questions of evaluation/retrieval.py.
# For each chunk ts_rank sorts the words of the query, which it reads from last to first: they come sorted, which saves
# a tenth of the time.
FIND_PASSAGES = r"""
CREATE FUNCTION find_passages(
    owner uuid, kind text, place uuid, question text, vector halfvec, model text, candidates integer,
    OUT id uuid, OUT file_id uuid, OUT index integer, OUT token_count integer,
    OUT text_score double precision, OUT similarity double precision
) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    words tsquery;
BEGIN
    PERFORM set_config('app.owner_id', find_passages.owner::text, true);
    IF find_passages.kind = 'file' THEN
        words := (
            SELECT (
                SELECT coalesce(string_agg(
                    '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | '
                    ORDER BY lexeme COLLATE "C" DESC
                ), '')::tsquery
                FROM (
                    SELECT lexeme FROM unnest(to_tsvector(c.text_config::regconfig, find_passages.question))
                    ORDER BY length(lexeme) DESC, lexeme LIMIT 16
                ) longest
            )
            FROM chunks c
            WHERE c.owner_id = find_passages.owner AND c.file_id = find_passages.place
                AND ts_filter(c.search, '{a,b,c}') <> ''
            LIMIT 1
        );
    END IF;
    IF words IS NULL THEN
        RETURN QUERY
        SELECT f.* FROM find_chunks(
            find_passages.owner, find_passages.kind, find_passages.place, find_passages.question,
            find_passages.vector, find_passages.model, find_passages.candidates
        ) f;
        RETURN;
    END IF;
    RETURN QUERY
    WITH scored AS MATERIALIZED (
        SELECT c.id, c.file_id, c.index, c.token_count,
            ts_rank('{0.15, 0.4, 0.7, 1}', c.search, words, 0)::float8 AS text_score,
            -(find_passages.vector <#> CASE find_passages.model
                WHEN c.embedding_model THEN c.embedding
                WHEN c.next_embedding_model THEN c.next_embedding
            END) AS similarity
        FROM chunks c WHERE c.owner_id = find_passages.owner AND c.file_id = find_passages.place
    )
    (SELECT s.* FROM scored s WHERE s.text_score > 0 ORDER BY s.text_score DESC, s.id LIMIT find_passages.candidates)
    UNION
    (SELECT s.* FROM scored s WHERE s.similarity > 0 ORDER BY s.similarity DESC, s.id LIMIT find_passages.candidates);
END $$
"""

# Whatever ranked words before there were labels goes on ranking them alike, as Postgres does those without a label.
LABELS_COUNT, LABELS_DO_NOT = "ts_rank(c.search", "ts_rank('{0.1, 0.1, 0.1, 0.1}', c.search"
RANKED_ALIKE = ("search_chunks", "find_chunks", "search_library")


def upgrade() -> None:
    op.execute(LABEL_WORDS)
    op.execute(FIND_PASSAGES)
    for signature, roles in ((LABELS, "learnx_app, learnx_worker"), (SEARCH, "learnx_app")):
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {roles}")
    for function in RANKED_ALIKE:
        _rewrite(function, LABELS_COUNT, LABELS_DO_NOT)
    connection = op.get_bind()
    for owner, file in connection.execute(text("SELECT DISTINCT owner_id, file_id FROM chunks")).all():
        connection.execute(text(LABEL_FILE), {"owner": owner, "file": file})


def downgrade() -> None:
    op.execute("UPDATE chunks SET search = setweight(search, 'D')")
    for function in RANKED_ALIKE:
        _rewrite(function, LABELS_DO_NOT, LABELS_COUNT)
    for signature in (SEARCH, LABELS):
        op.execute(f"DROP FUNCTION {signature}")


def _rewrite(function: str, old: str, new: str) -> None:
    connection = op.get_bind()
    defined = text("SELECT pg_get_functiondef(CAST(:name AS regproc))")
    definition: str = connection.execute(defined, {"name": function}).scalar_one()
    if old not in definition:
        raise LookupError(f"{function} has no {old}")
    connection.exec_driver_sql(definition.replace(old, new))
