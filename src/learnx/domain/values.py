"""The one way a value of the domain is declared, so that it is stored, cached, streamed and returned in one shape."""

from typing import Any, dataclass_transform

import msgspec

#: A character that can be seen: neither white space nor a control, a mark without width, or a filler.
VISIBLE = (
    r"[^\s\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
)


class ValueMeta(msgspec.StructMeta):
    """Makes every subclass frozen and keyword-only: msgspec does not inherit ``kw_only``."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        return super().__new__(mcls, name, bases, namespace, **{"frozen": True, "kw_only": True, **options})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Value(msgspec.Struct, metaclass=ValueMeta, frozen=True, kw_only=True, rename="camel"):
    """A frozen, keyword-only value whose JSON is camelCase.

    Unknown fields are tolerated when a value is read back (a row may come from the next release);
    what a client sends is held to its exact shape at the HTTP edge.
    """
