"""Which users are being erased."""

from sqlalchemy import Table

from learnx.adapters.postgres.tables.columns import moment, owner
from learnx.adapters.postgres.tables.metadata import metadata

# The one table of an owner that outlives the user: it says that the rest of what was theirs is still to be erased.
erasures = Table(
    "erasures",
    metadata,
    owner(),
    moment("requested_at"),
)
