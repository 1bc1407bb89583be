"""The hybrid query as a function: planned once a connection, and asked in one round trip."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SIGNATURE = "search_chunks(uuid, text, uuid, text, halfvec, text, integer, integer)"

# It runs as its caller and tells row-level security the owner that its caller tells it: the same trust as in a
# transaction that sets the owner itself. The setting ends with the statement's transaction.
#
# The distance is exact, over all chunks of the scope: an approximate index loses most of what an owner's filter then
# leaves. For the same reason there is no GIN index: under row-level security it could not be used. A question's
# lexemes are joined by OR, since few passages hold all of them, and stemmed by the configuration of what is searched.
# Vectors have unit length, so the inner product is the cosine, and 0 for a text without words, where the cosine is NaN.
DEFINITION = r"""
CREATE FUNCTION search_chunks(
    owner uuid, kind text, place uuid, question text, vector halfvec, model text, candidates integer, lexemes integer,
    OUT id uuid, OUT file_id uuid, OUT index integer, OUT token_count integer,
    OUT text_score double precision, OUT similarity double precision
) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    files_in_scope uuid[];
BEGIN
    PERFORM set_config('app.owner_id', search_chunks.owner::text, true);
    IF search_chunks.kind = 'file' THEN
        files_in_scope := ARRAY[search_chunks.place];
    ELSIF search_chunks.kind = 'module' THEN
        files_in_scope := ARRAY(
            SELECT f.id FROM files f WHERE f.owner_id = search_chunks.owner AND f.module_id = search_chunks.place
        );
    ELSE
        files_in_scope := ARRAY(
            SELECT f.id FROM files f JOIN modules m ON m.owner_id = search_chunks.owner AND m.id = f.module_id
            WHERE f.owner_id = search_chunks.owner AND m.course_id = search_chunks.place
        );
    END IF;
    RETURN QUERY
    WITH questions AS MATERIALIZED (
        SELECT config, (
            SELECT coalesce(string_agg(
                '''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''', ' | '
            ), '')::tsquery
            FROM (
                SELECT lexeme FROM unnest(to_tsvector(config::regconfig, search_chunks.question))
                ORDER BY length(lexeme) DESC, lexeme LIMIT search_chunks.lexemes
            ) longest
        ) AS query
        FROM (
            SELECT DISTINCT one.config FROM unnest(files_in_scope) f (id) CROSS JOIN LATERAL (
                SELECT c.text_config AS config FROM chunks c
                WHERE c.owner_id = search_chunks.owner AND c.file_id = f.id LIMIT 1
            ) one
        ) configurations
    ),
    scored AS MATERIALIZED (
        SELECT c.id, c.file_id, c.index, c.token_count,
            ts_rank(c.search, q.query, 0)::float8 AS text_score,
            -(c.embedding <#> search_chunks.vector) AS similarity
        FROM unnest(files_in_scope) f (id)
        JOIN chunks c ON c.owner_id = search_chunks.owner AND c.file_id = f.id
        JOIN questions q ON q.config = c.text_config
        WHERE c.embedding_model = search_chunks.model
    )
    (SELECT s.* FROM scored s WHERE s.text_score > 0 ORDER BY s.text_score DESC, s.id LIMIT search_chunks.candidates)
    UNION
    (SELECT s.* FROM scored s WHERE s.similarity > 0 ORDER BY s.similarity DESC, s.id LIMIT search_chunks.candidates);
END $$
"""


def upgrade() -> None:
    op.execute(DEFINITION)
    op.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO learnx_app")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {SIGNATURE}")
