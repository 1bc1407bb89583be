"""Runs migrations on the connection that ``learnx.adapters.postgres.migration`` hands over, one transaction each.

That session's ``lock_timeout`` and ``statement_timeout`` are set already, so that no migration can forget them: one
that would have to wait behind a long query fails, and is run again, rather than stopping all who queue behind it.
"""

from alembic import context
from sqlalchemy import Connection

from learnx.adapters.postgres.tables.schema import schema

connection: Connection = context.config.attributes["connection"]

context.configure(
    connection=connection,
    target_metadata=schema,
    transaction_per_migration=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
