"""What a body or a parameter must be, where the type alone does not say it."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


def exactly_one(schema: Json, names: Sequence[str]) -> None:
    """Of these fields one is a text, and the others are absent or null."""
    schema["oneOf"] = [
        {
            "required": [given],
            "properties": {name: {"type": "string" if name == given else "null"} for name in names},
        }
        for given in names
    ]


def comma_list(parameters: Sequence[Json], name: str, items: Sequence[str]) -> None:
    """The query parameter ``name`` holds some of ``items``, each once, with commas between them."""
    parameter = next(one for one in parameters if one["name"] == name)
    parameter["schema"] = {
        "type": "array",
        "items": {"type": "string", "enum": list(items)},
        "minItems": 1,
        "uniqueItems": True,
    }
    parameter |= {"style": "form", "explode": False}


def merge_patch(schema: Json) -> None:
    """Nothing is required, and null resets what has a default."""
    needed = set(schema.pop("required", ()))
    properties = schema["properties"]
    for name in properties.keys() - needed:
        properties[name] = {"anyOf": [properties[name], {"type": "null"}]}


def once(operation: Json, replies: Json) -> None:
    """It takes an Idempotency-Key, and tells of the first reply that it is sent again."""
    operation.setdefault("parameters", []).append(
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
            "description": "The same request with the same key has one effect, for 24 hours: its first reply is sent "
            "again. 409 while the first is being served; 422 where the key was used with another body.",
        }
    )
    told = {
        "schema": {"type": "string", "enum": ["true"]},
        "description": "This is the reply to the same request, sent before.",
    }
    for status, reply in replies.items():
        if status.startswith("2"):
            reply.setdefault("headers", {})["Idempotency-Replayed"] = told
