"""Which requests had their effect already, so that the same one again has none."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    # ``reply`` is what the request returned, or ``generation_id`` names what it began.
    op.execute("""
        CREATE TABLE idempotency_keys (
            owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
            operation text NOT NULL,
            key_hash bytea NOT NULL,
            body_hash bytea NOT NULL,
            reply jsonb,
            generation_id uuid,
            created_at timestamptz NOT NULL,
            expires_at timestamptz NOT NULL,
            PRIMARY KEY (owner_id, operation, key_hash),
            CHECK ((reply IS NULL) <> (generation_id IS NULL))
        )
    """)
    op.execute("CREATE INDEX idempotency_keys_owner_id_expires_at_idx ON idempotency_keys (owner_id, expires_at)")
    op.execute("ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY table_owner ON idempotency_keys TO learnx_owner USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own_rows ON idempotency_keys TO learnx_app, learnx_worker "
        f"USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_keys TO learnx_app")


def downgrade() -> None:
    op.execute("DROP TABLE idempotency_keys")
