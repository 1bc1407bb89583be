"""All tables together, for what compares them with a database: migrations, and tests that none may escape."""

# A table is in ``metadata`` once its module was imported, and a repository imports its own alone; so all modules are
# named here.
from learnx.adapters.postgres.tables import (  # noqa: F401
    accounts,
    activities,
    answers,
    chunks,
    conversations,
    courses,
    erasures,
    feedback,
    files,
    idempotency,
    jobs,
    lessons,
    mail_tokens,
    model_calls,
    modules,
    personas,
    refresh_tokens,
    search_index,
    spending,
    summaries,
    users,
)
from learnx.adapters.postgres.tables.metadata import metadata

schema = metadata
