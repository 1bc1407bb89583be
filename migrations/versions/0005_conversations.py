"""What learners say of lessons, what they ask, and what is summarized for them."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A conversation, and a summary, is of one file, module or course: it goes with it. Answers and summaries of a module or
# course name the files they cite, so that they can be deleted with one of these.
TABLES = {
    "lesson_feedback": """
        owner_id uuid NOT NULL,
        id uuid NOT NULL,
        lesson_id uuid NOT NULL,
        sentence_id text NOT NULL,
        rating text NOT NULL,
        comment text,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (owner_id, id),
        UNIQUE (owner_id, lesson_id, sentence_id),
        FOREIGN KEY (owner_id, lesson_id) REFERENCES lessons (owner_id, id) ON DELETE CASCADE
    """,
    "conversations": """
        owner_id uuid NOT NULL,
        id uuid NOT NULL,
        file_id uuid,
        module_id uuid,
        course_id uuid,
        title text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (owner_id, id),
        CHECK (num_nonnulls(file_id, module_id, course_id) = 1),
        FOREIGN KEY (owner_id) REFERENCES users (owner_id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, module_id) REFERENCES modules (owner_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, course_id) REFERENCES courses (owner_id, id) ON DELETE CASCADE
    """,
    "answers": """
        owner_id uuid NOT NULL,
        id uuid NOT NULL,
        conversation_id uuid NOT NULL,
        generation_id uuid NOT NULL,
        cited_files uuid[] NOT NULL,
        body jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (owner_id, id),
        UNIQUE (owner_id, generation_id),
        FOREIGN KEY (owner_id, conversation_id) REFERENCES conversations (owner_id, id) ON DELETE CASCADE
    """,
    "summaries": """
        owner_id uuid NOT NULL,
        id uuid NOT NULL,
        generation_id uuid NOT NULL,
        file_id uuid,
        module_id uuid,
        course_id uuid,
        key text NOT NULL,
        cited_files uuid[] NOT NULL,
        body jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (owner_id, id),
        UNIQUE (owner_id, generation_id),
        CHECK (num_nonnulls(file_id, module_id, course_id) = 1),
        FOREIGN KEY (owner_id) REFERENCES users (owner_id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, module_id) REFERENCES modules (owner_id, id) ON DELETE CASCADE,
        FOREIGN KEY (owner_id, course_id) REFERENCES courses (owner_id, id) ON DELETE CASCADE
    """,
}
INDEXES = (
    "conversations_owner_id_updated_at_id_idx ON conversations (owner_id, updated_at, id)",
    "conversations_owner_id_file_id_idx ON conversations (owner_id, file_id)",
    "conversations_owner_id_module_id_idx ON conversations (owner_id, module_id)",
    "conversations_owner_id_course_id_idx ON conversations (owner_id, course_id)",
    "answers_owner_id_conversation_id_created_at_id_idx ON answers (owner_id, conversation_id, created_at, id)",
    "summaries_owner_id_key_created_at_id_idx ON summaries (owner_id, key, created_at, id)",
    "summaries_owner_id_file_id_idx ON summaries (owner_id, file_id)",
    "summaries_owner_id_module_id_idx ON summaries (owner_id, module_id)",
    "summaries_owner_id_course_id_idx ON summaries (owner_id, course_id)",
)
OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    for table, columns in TABLES.items():
        op.execute(f"CREATE TABLE {table} ({columns})")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY table_owner ON {table} TO learnx_owner USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
        )
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO learnx_app")
    for index in INDEXES:
        op.execute(f"CREATE INDEX {index}")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
