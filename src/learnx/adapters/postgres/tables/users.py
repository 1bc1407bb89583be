"""Who has an account."""

from sqlalchemy import Column, Table, Text

from learnx.adapters.postgres.tables.columns import moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

users = Table(
    "users",
    metadata,
    owner(),
    Column("email", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("avatar_url", Text),
    Column("subscription_tier", Text, nullable=False),
    moment("created_at"),
    moment("email_verified_at", nullable=True),
)
