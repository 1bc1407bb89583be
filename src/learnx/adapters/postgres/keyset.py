"""Reads the sort key that a page begins after, which comes from outside and is checked before it meets SQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Integer, Tuple, Uuid, literal, tuple_

from learnx.domain.errors import InvalidInput

_LARGEST = 2**31 - 1


def moment_and_id(after: tuple[str, ...]) -> Tuple:
    try:
        moment, row = after
        read = datetime.fromisoformat(moment)
        if read.tzinfo is None:
            raise _not_of_this_list()
        return tuple_(literal(read, DateTime(timezone=True)), literal(UUID(row), Uuid))
    except ValueError as error:
        raise _not_of_this_list() from error


def number(after: tuple[str, ...]) -> int:
    try:
        (value,) = after
        return _bounded(value)
    except ValueError as error:
        raise _not_of_this_list() from error


def number_and_id(after: tuple[str, ...]) -> Tuple:
    try:
        value, row = after
        return tuple_(literal(_bounded(value), Integer), literal(UUID(row), Uuid))
    except ValueError as error:
        raise _not_of_this_list() from error


def _bounded(text: str) -> int:
    value = int(text)
    if not 0 <= value <= _LARGEST:
        raise ValueError("out of range")
    return value


def _not_of_this_list() -> InvalidInput:
    return InvalidInput("The cursor is not one of this list.", [("cursor", "is not one of this list")])
