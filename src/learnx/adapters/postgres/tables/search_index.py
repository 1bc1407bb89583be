"""What the search of a library reads beside the chunks."""

from sqlalchemy import ARRAY, Column, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import belongs_to, owner
from learnx.adapters.postgres.tables.metadata import metadata

file_words = Table(
    "file_words",
    metadata,
    owner(),
    Column("file_id", Uuid, primary_key=True),
    Column("ends", Text, primary_key=True),
    Column("words", ARRAY(Text), nullable=False),
    belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
)

chunk_formulas = Table(
    "chunk_formulas",
    metadata,
    owner(),
    Column("chunk_id", Uuid, primary_key=True),
    Column("forms", Text, nullable=False),
    belongs_to("chunks", ["owner_id", "chunk_id"], ["owner_id", "id"]),
)
