"""Hashes of the tokens that were mailed, for as long as each counts."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

mail_tokens = Table(
    "mail_tokens",
    metadata,
    owner(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    moment("created_at"),
    moment("expires_at"),
    belongs_to(*USERS),
    Index(None, "token_hash"),
)
