"""Answers, whole, and which files they quote."""

from sqlalchemy import ARRAY, Column, Index, Table, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

answers = Table(
    "answers",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("generation_id", Uuid, nullable=False),
    Column("cited_files", ARRAY(Uuid), nullable=False),
    Column("body", JSONB, nullable=False),
    moment("created_at"),
    belongs_to("conversations", ["owner_id", "conversation_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "conversation_id", "created_at", "id"),
)
