"""Files within modules, how far their processing is, and what it has found out about them."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

files = Table(
    "files",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("module_id", Uuid, nullable=False),
    Column("filename", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("step", Text),
    Column("progress", SmallInteger, nullable=False),
    Column("pages_done", Integer),
    Column("pages_total", Integer),
    Column("attempt", Integer, nullable=False),
    Column("error", JSONB(none_as_null=True)),
    Column("title", Text),
    Column("page_count", Integer),
    Column("word_count", Integer),
    Column("chunk_count", Integer),
    Column("language", Text),
    moment("created_at"),
    moment("processed_at", nullable=True),
    belongs_to("modules", ["owner_id", "module_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "module_id", "created_at", "id"),
    Index(None, "owner_id", "created_at", "id"),
)
