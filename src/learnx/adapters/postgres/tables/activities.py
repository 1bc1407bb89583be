"""What an owner did, and when."""

from sqlalchemy import Column, Index, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

activities = Table(
    "activities",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    moment("at"),
    Column("file_id", Uuid),
    Column("lesson_id", Uuid),
    belongs_to(*USERS),
    Index(None, "owner_id", "at", "id"),
)
