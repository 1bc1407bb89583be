"""Opens the pool of connections, each speaking pgvector's types in binary and unable to run a query for ever."""

from typing import Any

import msgspec
from pgvector.asyncpg import register_vector
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from learnx.adapters.postgres.errors import forget_values

CONNECT_TIMEOUT_SECONDS = 5.0
#: In a crowd a reply that takes long is worth more than none; most proxies wait half a minute.
POOL_TIMEOUT_SECONDS = 20.0
STATEMENT_TIMEOUT_SECONDS = 30.0
IDLE_IN_TRANSACTION_SECONDS = 60.0


def open_engine(
    url: str,
    *,
    role: str | None = None,
    pool_size: int = 10,
    statement_timeout_seconds: float = STATEMENT_TIMEOUT_SECONDS,
    vectors: bool = True,
) -> AsyncEngine:
    """An engine for ``postgresql://…``; nothing is connected before the first use, and ``dispose()`` closes it.

    ``role`` is taken on by every connection, for log-ins that are members of it. ``vectors`` off leaves out pgvector's
    types, which a database has only once it is prepared.
    """
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT_SECONDS,
        hide_parameters=True,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args={
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "server_settings": {
                "application_name": "learnx",
                "timezone": "UTC",
                "jit": "off",
                "statement_timeout": _milliseconds(statement_timeout_seconds),
                "idle_in_transaction_session_timeout": _milliseconds(IDLE_IN_TRANSACTION_SECONDS),
                **({"role": role} if role else {}),
            },
        },
    )
    event.listen(engine.sync_engine, "handle_error", forget_values)
    if vectors:
        event.listen(engine.sync_engine, "connect", _speak_vectors)
    return engine


def _speak_vectors(connection: Any, _: Any) -> None:
    connection.run_async(register_vector)


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))
