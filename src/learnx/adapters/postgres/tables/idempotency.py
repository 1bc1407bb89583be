"""What is kept of requests that carried an Idempotency-Key."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    owner(),
    Column("operation", Text, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("reply", JSONB(none_as_null=True)),
    Column("generation_id", Uuid),
    moment("created_at"),
    moment("expires_at"),
    belongs_to(*USERS),
    Index(None, "owner_id", "expires_at"),
)
