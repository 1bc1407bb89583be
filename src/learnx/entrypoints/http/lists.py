"""Lists in pages: an opaque cursor says where the next page begins, and is good for its own list alone."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from litestar.params import QueryParameter

from learnx.application.ports.paging import Page
from learnx.domain.errors import InvalidInput

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=100, description="How many items a page has at most.")]
Cursor = Annotated[str | None, QueryParameter(min_length=1, description="`nextCursor` of the page before.")]
Ordinal = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
#: The sort keys that lists have.
BY_TIME = tuple[datetime, UUID]
BY_POSITION = tuple[Ordinal, UUID]
BY_ORDINAL = tuple[Ordinal]


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True, rename="camel"):
    items: tuple[T, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Paging(Generic[T]):
    """One list: ``name`` binds its cursors to it, ``key`` is the sort key of an item, of the types ``shape``."""

    name: str
    shape: Any
    key: Callable[[T], tuple[object, ...]]

    def page(self, limit: int, cursor: str | None, *scope: object) -> Page:
        """One item more than is asked for, so that it is known whether more follow. ``scope`` narrows the list."""
        return Page(limit=limit + 1, after=self._opened(cursor, scope) if cursor is not None else None)

    def cut(self, items: Sequence[T], limit: int, *scope: object) -> tuple[tuple[T, ...], str | None]:
        shown = tuple(items[:limit])
        return shown, self._sealed(shown[-1], scope) if len(items) > limit else None

    def _sealed(self, last: T, scope: tuple[object, ...]) -> str:
        parts = [self.name, [str(part) for part in scope], self.key(last)]
        return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")

    def _opened(self, cursor: str, scope: tuple[object, ...]) -> tuple[str, ...]:
        try:
            packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            name, of, parts = msgspec.json.decode(packed, type=tuple[str, list[str], list[Any]])
            key: tuple[object, ...] = msgspec.convert(parts, self.shape)
        except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError) as error:
            raise _refused() from error
        if name != self.name or of != [str(part) for part in scope]:
            raise _refused()
        return tuple(part.isoformat() if isinstance(part, datetime) else str(part) for part in key)


def _refused() -> InvalidInput:
    return InvalidInput("The cursor is not one of this list: begin without one.", [("cursor", "is not of this list")])
