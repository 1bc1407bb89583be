"""A search that knows which words are rare, and what a worker has to ask to move libraries to another model."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SEARCH = "find_chunks(uuid, text, uuid, text, halfvec, text, integer)"

# So many lexemes of a question are looked up, the longest, which tend to be the rarest. Each has a column of its own
# below: so it costs half of what it does with a row of its own, some 0.15 ms for 500 chunks. Twelve instead of eight
# gain 0.003 to 0.007 of nDCG@10 on two of six question sets, and more in Chinese, whose words all have two characters.
LEXEMES = range(1, 9)
EACH_REPEATED = ",\n            ".join(f"ts_rank(c.search, a.query_{n}, 0) AS repeated_{n}" for n in LEXEMES)
EACH_QUERY = ",\n            ".join(f"queries[{n}] AS query_{n}" for n in LEXEMES)
EACH_RARITY = ",\n            ".join(
    f"ln((count(*) + 1) / (count(*) FILTER (WHERE repeated_{n} > 0) + 0.5::float8)) AS rarity_{n}" for n in LEXEMES
)
WEIGHED = "\n                + ".join(f"coalesce(repeated_{n} * rarity_{n}, 0)" for n in LEXEMES)

# It takes the place of search_chunks, which stays for servers of the release before. What is said there of owners, of
# exact distances and of OR holds here too. Differences:
#
# - Each lexeme of the question counts as much as it is rare among the chunks of its language in the scope
#   (Robertson's and Spärck Jones's weight, as BM25 has it) times what ts_rank gives for it alone, which grows with its
#   repetitions to at most 1.6 times as much. BM25's other half, the length of passages, is left out: they are of one
#   size. benchmarks/retrieval_quality.py measures it.
# - A chunk without a vector of the asked model is found by its words; its similarity is null.
FIND_CHUNKS = rf"""
CREATE FUNCTION find_chunks(
    owner uuid, kind text, place uuid, question text, vector halfvec, model text, candidates integer,
    OUT id uuid, OUT file_id uuid, OUT index integer, OUT token_count integer,
    OUT text_score double precision, OUT similarity double precision
) RETURNS SETOF record LANGUAGE plpgsql VOLATILE SECURITY INVOKER SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    files_in_scope uuid[];
BEGIN
    PERFORM set_config('app.owner_id', find_chunks.owner::text, true);
    IF find_chunks.kind = 'file' THEN
        files_in_scope := ARRAY[find_chunks.place];
    ELSIF find_chunks.kind = 'module' THEN
        files_in_scope := ARRAY(
            SELECT f.id FROM files f WHERE f.owner_id = find_chunks.owner AND f.module_id = find_chunks.place
        );
    ELSE
        files_in_scope := ARRAY(
            SELECT f.id FROM files f JOIN modules m ON m.owner_id = find_chunks.owner AND m.id = f.module_id
            WHERE f.owner_id = find_chunks.owner AND m.course_id = find_chunks.place
        );
    END IF;
    RETURN QUERY
    WITH longest AS MATERIALIZED (
        SELECT config, ARRAY(
            SELECT ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
            FROM unnest(to_tsvector(config::regconfig, find_chunks.question))
            ORDER BY length(lexeme) DESC, lexeme LIMIT {len(LEXEMES)}
        ) AS queries
        FROM (
            SELECT DISTINCT one.config FROM unnest(files_in_scope) f (id) CROSS JOIN LATERAL (
                SELECT c.text_config AS config FROM chunks c
                WHERE c.owner_id = find_chunks.owner AND c.file_id = f.id LIMIT 1
            ) one
        ) configurations
    ),
    asked AS MATERIALIZED (
        SELECT config, {EACH_QUERY} FROM longest
    ),
    found AS MATERIALIZED (
        SELECT c.id, c.file_id, c.index, c.token_count, a.config,
            {EACH_REPEATED},
            -(find_chunks.vector <#> CASE find_chunks.model
                WHEN c.embedding_model THEN c.embedding
                WHEN c.next_embedding_model THEN c.next_embedding
            END) AS similarity
        FROM unnest(files_in_scope) f (id)
        JOIN chunks c ON c.owner_id = find_chunks.owner AND c.file_id = f.id
        JOIN asked a ON a.config = c.text_config
    ),
    rarities AS MATERIALIZED (
        SELECT config,
            {EACH_RARITY}
        FROM found GROUP BY config
    ),
    scored AS MATERIALIZED (
        SELECT f.id, f.file_id, f.index, f.token_count,
            {WEIGHED}
                AS text_score,
            f.similarity
        FROM found f JOIN rarities r ON r.config = f.config
    )
    (SELECT s.* FROM scored s WHERE s.text_score > 0 ORDER BY s.text_score DESC, s.id LIMIT find_chunks.candidates)
    UNION
    (SELECT s.* FROM scored s WHERE s.similarity > 0 ORDER BY s.similarity DESC, s.id LIMIT find_chunks.candidates);
END $$
"""  # noqa: S608  nothing in it comes from outside

BACKLOG = "files_to_embed(text, uuid, uuid, integer)"

# What a worker may ask before it acts for an owner: whose files have chunks without a vector of a model, or, with the
# model null, chunks with vectors of two.
FILES_TO_EMBED = """
CREATE FUNCTION files_to_embed(
    model text, after_owner uuid, after_file uuid, how_many integer,
    OUT owner_id uuid, OUT file_id uuid, OUT chunks bigint
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT c.owner_id, c.file_id, count(*) FROM public.chunks c
    WHERE (c.owner_id, c.file_id) > ($2, $3)
      AND CASE WHEN $1 IS NULL THEN c.next_embedding_model IS NOT NULL
          ELSE c.embedding_model <> $1 AND c.next_embedding_model IS DISTINCT FROM $1 END
    GROUP BY c.owner_id, c.file_id ORDER BY c.owner_id, c.file_id LIMIT $4;
$$
"""


def upgrade() -> None:
    for signature, role, definition in (
        (SEARCH, "learnx_app", FIND_CHUNKS),
        (BACKLOG, "learnx_worker", FILES_TO_EMBED),
    ):
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {role}")


def downgrade() -> None:
    op.execute(f"DROP FUNCTION {BACKLOG}")
    op.execute(f"DROP FUNCTION {SEARCH}")
