"""What readers say of lessons and of sentences in them."""

from sqlalchemy import Column, Table, Text, UniqueConstraint, Uuid

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

lesson_feedback = Table(
    "lesson_feedback",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("lesson_id", Uuid, nullable=False),
    Column("sentence_id", Text, nullable=False),
    Column("rating", Text, nullable=False),
    Column("comment", Text),
    moment("created_at"),
    belongs_to("lessons", ["owner_id", "lesson_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "lesson_id", "sentence_id"),
)
