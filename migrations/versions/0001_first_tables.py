"""Tables, each with its owner, forced row-level security and keys that begin with the owner."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Children after their parents.
TABLES = """
CREATE TABLE users (
    owner_id uuid PRIMARY KEY,
    email text NOT NULL,
    full_name text NOT NULL,
    avatar_url text,
    subscription_tier text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE credentials (
    email_key text PRIMARY KEY,
    owner_id uuid NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE,
    password_hash text NOT NULL
);

CREATE TABLE refresh_tokens (
    owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    token_hash bytea NOT NULL,
    family uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    PRIMARY KEY (owner_id, token_hash)
);
CREATE INDEX refresh_tokens_owner_id_family_idx ON refresh_tokens (owner_id, family);
CREATE INDEX refresh_tokens_token_hash_idx ON refresh_tokens (token_hash);

CREATE TABLE personas (
    owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    version integer NOT NULL CHECK (version >= 1),
    updated_at timestamptz NOT NULL,
    persona jsonb NOT NULL,
    PRIMARY KEY (owner_id, version)
);

CREATE TABLE courses (
    owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    color text,
    icon text,
    archived boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX courses_owner_id_archived_created_at_id_idx ON courses (owner_id, archived, created_at, id);

CREATE TABLE modules (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    course_id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    position integer NOT NULL,
    inbox boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, id),
    FOREIGN KEY (owner_id, course_id) REFERENCES courses (owner_id, id) ON DELETE CASCADE
);
CREATE INDEX modules_owner_id_course_id_position_id_idx ON modules (owner_id, course_id, position, id);
CREATE UNIQUE INDEX modules_inbox_key ON modules (owner_id) WHERE inbox;

CREATE TABLE files (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    module_id uuid NOT NULL,
    filename text NOT NULL,
    media_type text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
    ready boolean NOT NULL,
    step text,
    progress smallint NOT NULL CHECK (progress BETWEEN 0 AND 100),
    pages_done integer,
    pages_total integer,
    attempt integer NOT NULL,
    error jsonb,
    title text,
    page_count integer,
    word_count integer,
    chunk_count integer,
    language text,
    created_at timestamptz NOT NULL,
    processed_at timestamptz,
    PRIMARY KEY (owner_id, id),
    FOREIGN KEY (owner_id, module_id) REFERENCES modules (owner_id, id) ON DELETE CASCADE
);
CREATE INDEX files_owner_id_module_id_created_at_id_idx ON files (owner_id, module_id, created_at, id);
CREATE INDEX files_owner_id_created_at_id_idx ON files (owner_id, created_at, id);

CREATE TABLE jobs (
    owner_id uuid NOT NULL,
    file_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('due', 'running', 'finished')),
    attempt integer NOT NULL,
    tries integer NOT NULL,
    password text,
    worker text,
    due_at timestamptz NOT NULL,
    heartbeat_at timestamptz,
    PRIMARY KEY (owner_id, file_id),
    FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE,
    CHECK (status <> 'running' OR heartbeat_at IS NOT NULL),
    CHECK (status <> 'finished' OR password IS NULL)
);
CREATE INDEX jobs_unfinished_idx ON jobs (due_at) WHERE status <> 'finished';

CREATE TABLE chunks (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    file_id uuid NOT NULL,
    index integer NOT NULL,
    text text NOT NULL,
    page_marks jsonb NOT NULL,
    heading_path text[] NOT NULL,
    token_count integer NOT NULL,
    content_hash text NOT NULL,
    page_start integer,
    page_end integer,
    page_label text,
    embedding halfvec NOT NULL,
    embedding_model text NOT NULL,
    search tsvector NOT NULL,
    text_config text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, id),
    FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX chunks_owner_id_file_id_index_idx ON chunks (owner_id, file_id, index);
-- Every search reads vector and lexemes of each chunk of its scope: they stay in the row, as they are, while it fits a
-- page; the text, which a search does not read, makes room for them. So 500 chunks are on 166 pages instead of 305.
ALTER TABLE chunks ALTER COLUMN text SET STORAGE EXTERNAL;
ALTER TABLE chunks ALTER COLUMN embedding SET STORAGE MAIN;
ALTER TABLE chunks ALTER COLUMN search SET STORAGE MAIN;
ALTER TABLE chunks SET (toast_tuple_target = 3200);

CREATE TABLE lessons (
    owner_id uuid NOT NULL,
    id uuid NOT NULL,
    generation_id uuid NOT NULL,
    file_id uuid NOT NULL,
    key text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, id),
    UNIQUE (owner_id, generation_id),
    FOREIGN KEY (owner_id, file_id) REFERENCES files (owner_id, id) ON DELETE CASCADE
);
CREATE INDEX lessons_owner_id_key_created_at_id_idx ON lessons (owner_id, key, created_at, id);
CREATE INDEX lessons_owner_id_file_id_created_at_id_idx ON lessons (owner_id, file_id, created_at, id);

-- A record outlives the file and lesson it names: only its owner is a reference.
CREATE TABLE activities (
    owner_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    file_id uuid,
    lesson_id uuid,
    PRIMARY KEY (owner_id, id)
);
CREATE INDEX activities_owner_id_at_id_idx ON activities (owner_id, at, id);
"""

# What the application and the worker may do with rows of the owner they act for.
GRANTS = {
    "users": ("SELECT, UPDATE, DELETE", None),
    "credentials": (None, None),
    "refresh_tokens": ("SELECT, INSERT, UPDATE, DELETE", None),
    "personas": ("SELECT, INSERT", None),
    "courses": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "modules": ("SELECT, INSERT, UPDATE, DELETE", "SELECT"),
    "files": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, UPDATE"),
    "jobs": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, UPDATE"),
    "chunks": ("SELECT, INSERT, UPDATE, DELETE", "SELECT, INSERT, UPDATE, DELETE"),
    "lessons": ("SELECT, INSERT, DELETE", None),
    "activities": ("SELECT, INSERT", "SELECT, INSERT"),
}

# Questions that come before an owner is known. They run as the owner of the tables, so each returns no more than its
# caller needs, and finds nothing but what is named in full.
FUNCTIONS = {
    "register_user(uuid, text, text, text, text, text, timestamptz, text)": (
        "learnx_app",
        """
        CREATE FUNCTION register_user(
            owner uuid, email_key text, email text, full_name text, avatar_url text, subscription_tier text,
            created_at timestamptz, password_hash text
        ) RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            INSERT INTO public.users (owner_id, email, full_name, avatar_url, subscription_tier, created_at)
            VALUES ($1, $3, $4, $5, $6, $7);
            INSERT INTO public.credentials (owner_id, email_key, password_hash) VALUES ($1, $2, $8);
        $$
        """,
    ),
    "user_by_email(text)": (
        "learnx_app",
        """
        CREATE FUNCTION user_by_email(
            key text, OUT owner_id uuid, OUT email text, OUT full_name text, OUT avatar_url text,
            OUT subscription_tier text, OUT created_at timestamptz, OUT password_hash text
        ) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT u.owner_id, u.email, u.full_name, u.avatar_url, u.subscription_tier, u.created_at, c.password_hash
            FROM public.credentials c JOIN public.users u ON u.owner_id = c.owner_id
            WHERE c.email_key = $1;
        $$
        """,
    ),
    "owner_of_refresh_token(bytea)": (
        "learnx_app",
        """
        CREATE FUNCTION owner_of_refresh_token(hash bytea, OUT owner_id uuid, OUT family uuid)
        RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT t.owner_id, t.family FROM public.refresh_tokens t WHERE t.token_hash = $1 AND t.expires_at > now();
        $$
        """,
    ),
    "due_jobs(double precision, integer)": (
        "learnx_worker",
        """
        CREATE FUNCTION due_jobs(
            stale_after_seconds double precision, how_many integer, OUT owner_id uuid, OUT file_id uuid
        ) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
            SELECT j.owner_id, j.file_id FROM public.jobs j
            WHERE (j.status = 'due' AND j.due_at <= now())
               OR (j.status = 'running' AND j.heartbeat_at < now() - make_interval(secs => $1))
            ORDER BY j.due_at, j.file_id LIMIT $2;
        $$
        """,
    ),
}

OWN_ROWS = "owner_id = (SELECT nullif(current_setting('app.owner_id', true), ''))::uuid"


def upgrade() -> None:
    # Creating this extension takes a superuser; where an operator has done it, this does nothing.
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for table, (application, worker) in GRANTS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY table_owner ON {table} TO learnx_owner USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY own_rows ON {table} TO learnx_app, learnx_worker USING ({OWN_ROWS}) WITH CHECK ({OWN_ROWS})"
        )
        if application:
            op.execute(f"GRANT {application} ON {table} TO learnx_app")
        if worker:
            op.execute(f"GRANT {worker} ON {table} TO learnx_worker")
    for signature, (role, definition) in FUNCTIONS.items():
        op.execute(definition)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {role}")
    op.execute("GRANT SELECT ON alembic_version TO learnx_app, learnx_worker")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON alembic_version FROM learnx_app, learnx_worker")
    for signature in FUNCTIONS:
        op.execute(f"DROP FUNCTION {signature}")
    for table in reversed(GRANTS):
        op.execute(f"DROP TABLE {table}")
