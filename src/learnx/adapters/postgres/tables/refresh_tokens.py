"""Sessions, as families of refresh tokens, of which only hashes are kept."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    owner(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("family", Uuid, nullable=False),
    moment("created_at"),
    moment("expires_at"),
    moment("spent_at", nullable=True),
    moment("started_at", nullable=True),
    Column("user_agent", Text),
    belongs_to(*USERS),
    Index(None, "owner_id", "family"),
    Index(None, "token_hash"),
)
