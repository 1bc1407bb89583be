"""The usage ledger, a row for each call of a model."""

from sqlalchemy import BigInteger, Boolean, Column, Identity, Index, Integer, Table, Text, Uuid

from learnx.adapters.postgres.tables.columns import USD, USERS, belongs_to, moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

model_calls = Table(
    "model_calls",
    metadata,
    owner(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    moment("at"),
    Column("kind", Text, nullable=False),
    Column("generation_id", Uuid),
    Column("model", Text, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("cached_prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cost_usd", USD),
    Column("counted", Boolean, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("first_token_ms", Integer),
    belongs_to(*USERS),
    Index(None, "owner_id", "at"),
)
