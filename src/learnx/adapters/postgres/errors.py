"""The one table from what Postgres and its driver report to the errors of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import asyncpg
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from learnx.domain.errors import Conflict, InvalidInput, LearnXError, NotAllowed, NotFound, Unavailable

_UNAVAILABLE = "The database can't be reached at the moment. Try again in a little while."
_BUSY = "The database is too busy at the moment. Try again in a little while."

#: By SQLSTATE, or by its class (the first two characters).
_TABLE: dict[str, tuple[type[LearnXError], str]] = {
    "22003": (InvalidInput, "A number is too large to be kept."),
    "22021": (InvalidInput, "A text has a character in it that can't be kept."),
    "22P05": (InvalidInput, "A text has a character in it that can't be kept."),
    "23505": (Conflict, "This exists already."),
    "23503": (NotFound, "resource"),
    "40001": (Conflict, "This was changed by someone else at the same time. Try again."),
    "40P01": (Conflict, "This was changed by someone else at the same time. Try again."),
    "42501": (NotAllowed, "This is not allowed."),
    "53": (Unavailable, _BUSY),
    "55P03": (Unavailable, _BUSY),
    "57014": (Unavailable, _BUSY),
    "57P": (Unavailable, _UNAVAILABLE),
    "08": (Unavailable, _UNAVAILABLE),
    "28": (Unavailable, _UNAVAILABLE),
    "3D000": (Unavailable, _UNAVAILABLE),
    "58": (Unavailable, _UNAVAILABLE),
}


@contextmanager
def translated() -> Iterator[None]:
    """Database errors raised inside leave as errors of the domain; what the table does not know leaves as it is."""
    try:
        yield
    except DBAPIError as error:
        lost = error.connection_invalidated or isinstance(error, InterfaceError)
        _raise_meaning(error, getattr(error.orig, "sqlstate", None), lost=lost)
    except asyncpg.PostgresError as error:
        # The driver's own, where a connection is refused or a question is asked alone.
        error.detail = None
        _raise_meaning(error, error.sqlstate, lost=False)
    except (PoolTimeout, OSError) as error:
        raise Unavailable(_UNAVAILABLE) from error


def forget_values(context: ExceptionContext) -> None:
    """The detail of an error quotes the row that was refused, and a traceback would carry it into the log."""
    cause = context.original_exception.__cause__
    detail = getattr(cause, "detail", None)
    if cause is None or not detail:
        return
    cause.detail = None  # type: ignore[attr-defined]
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(str(words).replace(f"\nDETAIL:  {detail}", "") for words in error.args)


def _raise_meaning(error: Exception, sqlstate: str | None, *, lost: bool) -> NoReturn:
    for length in (5, 3, 2):
        if sqlstate is not None and sqlstate[:length] in _TABLE:
            kind, words = _TABLE[sqlstate[:length]]
            raise kind(words) from error
    if sqlstate is None and lost:
        raise Unavailable(_UNAVAILABLE) from error
    raise error
