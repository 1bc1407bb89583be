"""Courses, the outermost places of a library."""

from sqlalchemy import Boolean, Column, Index, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

courses = Table(
    "courses",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("color", Text),
    Column("icon", Text),
    Column("archived", Boolean, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    belongs_to(*USERS),
    Index(None, "owner_id", "archived", "created_at", "id"),
)
