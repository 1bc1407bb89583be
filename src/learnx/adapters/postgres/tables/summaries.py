"""Summaries, whole, and which files they quote."""

from sqlalchemy import ARRAY, Column, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner, place
from learnx.adapters.postgres.tables.metadata import metadata

summaries = Table(
    "summaries",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("generation_id", Uuid, nullable=False),
    *place(),
    Column("key", Text, nullable=False),
    Column("cited_files", ARRAY(Uuid), nullable=False),
    Column("body", JSONB, nullable=False),
    moment("created_at"),
    belongs_to(*USERS),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "key", "created_at", "id"),
)
