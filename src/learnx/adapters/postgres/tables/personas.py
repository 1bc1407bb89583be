"""Personas, a row for each version."""

from sqlalchemy import Column, Integer, Table
from sqlalchemy.dialects.postgresql import JSONB

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

personas = Table(
    "personas",
    metadata,
    owner(),
    Column("version", Integer, primary_key=True),
    moment("updated_at"),
    Column("persona", JSONB, nullable=False),
    belongs_to(*USERS),
)
