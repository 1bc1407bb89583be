"""Erasures that are not finished yet, so that one that was interrupted is gone on with."""

from alembic import op

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    # It outlives the user whom it names, by the seconds in which all else that is theirs goes.
    op.execute("CREATE TABLE erasures (owner_id uuid PRIMARY KEY, requested_at timestamptz NOT NULL)")
    op.execute("ALTER TABLE erasures ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE erasures FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY table_owner ON erasures TO learnx_owner USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_rows ON erasures TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON erasures TO learnx_app")
    op.execute("GRANT SELECT, DELETE ON erasures TO learnx_worker")
    op.execute("""
        CREATE FUNCTION unfinished_erasures(older_than_seconds double precision, how_many integer)
        RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT e.owner_id FROM public.erasures e WHERE e.requested_at < now() - make_interval(secs => $1)
            ORDER BY e.requested_at LIMIT $2;
        $$
    """)
    op.execute("REVOKE ALL ON FUNCTION unfinished_erasures(double precision, integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION unfinished_erasures(double precision, integer) TO learnx_worker")


def downgrade() -> None:
    op.execute("DROP FUNCTION unfinished_erasures(double precision, integer)")
    op.execute("DROP TABLE erasures")
