"""What is to be done with a file, and which worker is at it."""

from sqlalchemy import Column, Index, Integer, Table, Text, Uuid, text

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

jobs = Table(
    "jobs",
    metadata,
    owner(),
    Column("file_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("password", Text),
    Column("worker", Text),
    moment("due_at"),
    moment("heartbeat_at", nullable=True),
    belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    Index("jobs_unfinished_idx", "due_at", postgresql_where=text("status <> 'finished'")),
)
