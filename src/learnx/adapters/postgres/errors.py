"""The one table from what Postgres and its driver report to the errors of the domain."""

from collections.abc import Iterator
from contextlib import contextmanager

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
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant from error
    except (PoolTimeout, OSError) as error:
        raise Unavailable(_UNAVAILABLE) from error


def sqlstate(error: DBAPIError) -> str | None:
    found = getattr(error.orig, "sqlstate", None)
    return found if isinstance(found, str) else None


def _meaning(error: DBAPIError) -> LearnXError | None:
    state = sqlstate(error)
    if state is None:
        lost = error.connection_invalidated or isinstance(error, InterfaceError)
        return Unavailable(_UNAVAILABLE) if lost else None
    for length in (5, 3, 2):
        if state[:length] in _TABLE:
            kind, words = _TABLE[state[:length]]
            return kind(words)
    return None
