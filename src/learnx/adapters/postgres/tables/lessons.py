"""Lessons, whole, and the keys by which their sections are found again."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

lessons = Table(
    "lessons",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("generation_id", Uuid, nullable=False),
    Column("file_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    moment("created_at"),
    belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "key", "created_at", "id"),
    Index(None, "owner_id", "file_id", "created_at", "id"),
)

lesson_sections = Table(
    "lesson_sections",
    metadata,
    owner(),
    Column("lesson_id", Uuid, primary_key=True),
    Column("section_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    belongs_to("lessons", ["owner_id", "lesson_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "key"),
)
