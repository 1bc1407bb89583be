"""Conversations, each about one place in a library."""

from sqlalchemy import Column, Index, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner, place
from learnx.adapters.postgres.tables.metadata import metadata

conversations = Table(
    "conversations",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    *place(),
    Column("title", Text, nullable=False),
    moment("created_at"),
    moment("updated_at"),
    belongs_to(*USERS),
    Index(None, "owner_id", "updated_at", "id"),
)
