"""Modules within courses; one of an owner's is the inbox."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text, Uuid, text

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

modules = Table(
    "modules",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("course_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("inbox", Boolean, nullable=False, server_default=text("false")),
    moment("created_at"),
    moment("updated_at"),
    belongs_to("courses", ["owner_id", "course_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "course_id", "position", "id"),
    Index("modules_inbox_key", "owner_id", unique=True, postgresql_where=text("inbox")),
)
