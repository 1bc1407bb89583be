"""Which stored lesson holds the section of a key."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE lesson_sections (
    owner_id uuid NOT NULL,
    lesson_id uuid NOT NULL,
    section_id text NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (owner_id, lesson_id, section_id),
    FOREIGN KEY (owner_id, lesson_id) REFERENCES lessons (owner_id, id) ON DELETE CASCADE
)
"""
OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX lesson_sections_owner_id_key_idx ON lesson_sections (owner_id, key)")
    op.execute("ALTER TABLE lesson_sections ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE lesson_sections FORCE ROW LEVEL SECURITY")
    op.execute("CREATE POLICY table_owner ON lesson_sections TO learnx_owner USING (true) WITH CHECK (true)")
    op.execute(
        "CREATE POLICY own_rows ON lesson_sections TO learnx_app, learnx_worker"
        f" USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
    )
    op.execute("GRANT SELECT, INSERT ON lesson_sections TO learnx_app")


def downgrade() -> None:
    op.execute("DROP TABLE lesson_sections")
