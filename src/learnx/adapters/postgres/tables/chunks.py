"""Chunks of files, with their vectors and what full text search reads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, DateTime, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import UserDefinedType

from learnx.adapters.postgres.tables.columns import belongs_to, owner
from learnx.adapters.postgres.tables.metadata import metadata


class Halfvec(UserDefinedType[Sequence[float]]):
    """pgvector's half-precision vector, of any length, handed to the driver as it is: the codec writes it in binary.

    ``pgvector.sqlalchemy.HALFVEC`` would make text of it, which that codec refuses.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "HALFVEC"


chunks = Table(
    "chunks",
    metadata,
    owner(),
    Column("id", Uuid, primary_key=True),
    Column("file_id", Uuid, nullable=False),
    Column("index", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("page_marks", JSONB, nullable=False),
    Column("heading_path", ARRAY(Text), nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("page_start", Integer),
    Column("page_end", Integer),
    Column("page_label", Text),
    Column("embedding", Halfvec, nullable=False),
    Column("embedding_model", Text, nullable=False),
    Column("next_embedding", Halfvec),
    Column("next_embedding_model", Text),
    Column("search", TSVECTOR, nullable=False),
    Column("text_config", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "file_id", "index", unique=True),
)
