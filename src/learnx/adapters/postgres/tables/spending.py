"""What generations have reserved and spent, and what the service as a whole spends a day."""

from sqlalchemy import Column, Date, Index, Table, Uuid, text

from learnx.adapters.postgres.tables.columns import USD, USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

charges = Table(
    "charges",
    metadata,
    owner(),
    Column("generation_id", Uuid, primary_key=True),
    moment("at"),
    Column("reserved_usd", USD, nullable=False),
    moment("expires_at"),
    Column("spent_usd", USD),
    belongs_to(*USERS),
    Index(None, "owner_id", "at"),
    Index("charges_open_idx", "expires_at", postgresql_where=text("spent_usd IS NULL")),
)

# The one table without an owner; no role but the owner of the tables reaches it.
service_spending = Table(
    "service_spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("usd", USD, nullable=False),
)
