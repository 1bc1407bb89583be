"""What an account is found by before its owner is known."""

from sqlalchemy import Column, LargeBinary, Table, Text, UniqueConstraint

from learnx.adapters.postgres.tables.columns import USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

# The one key that can't begin with an owner: whose address it is, is the question. No role but the owner of the tables
# reads it, through the functions of the first migration.
credentials = Table(
    "credentials",
    metadata,
    Column("email_key", Text, primary_key=True),
    owner(key=False),
    Column("password_hash", Text, nullable=False),
    belongs_to(*USERS),
    UniqueConstraint("owner_id"),
)

# Another directory: whose subject at another provider it is, is the question.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    owner(key=False),
    moment("vouched_at"),
    belongs_to(*USERS),
    UniqueConstraint("owner_id"),
)

# It names nobody, and only the functions of its migration reach it.
erased_identities = Table(
    "erased_identities",
    metadata,
    Column("identity_hash", LargeBinary, primary_key=True),
    moment("erased_at"),
)
