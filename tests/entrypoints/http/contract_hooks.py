"""What schemathesis can't know of the contract from its schema, and a check of events that it has no words for."""

import json
from typing import Any
from unicodedata import normalize
from uuid import uuid4

import jsonschema_rs
import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response

#: Of these at most one is given; parameters can't say so.
PLACES = ("fileId", "moduleId", "courseId")
STREAM = "text/event-stream"


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """A cursor is opaque, and valid only if a page returned it; a sentence's id, if the lesson has it. What was made up
    is neither. A key is good for one request. Two texts of a list that look alike are one to a reader."""
    if case.meta is not None and not case.meta.generation.mode.is_positive:
        return
    if case.query:
        case.query.pop("cursor", None)
        if case.operation.path.endswith("/ai/conversations"):
            for place in [name for name in PLACES if name in case.query][1:]:
                case.query.pop(place)
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = uuid4().hex
    if isinstance(case.body, dict):
        case.body.pop("sentenceId", None)
        if case.operation.path.endswith("/persona"):
            case.body = _with_each_once(case.body)


@schemathesis.hook
def filter_case(context: HookContext, case: Case) -> bool:
    """A form is texts and files: a number is written as its digits and an empty list as nothing, which are no mistakes
    on the wire."""
    return not (isinstance(case.body, dict) and (case.media_type or "").startswith("multipart/")) or not any(
        value is None or isinstance(value, bool | int | float) or (isinstance(value, list | dict) and not value)
        for value in case.body.values()
    )


def _with_each_once(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_each_once(inner) for name, inner in value.items()}
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return list({" ".join(normalize("NFKC", entry).casefold().split()): entry for entry in value}.values())
    return value


@schemathesis.check
def events_conform(context: CheckContext, response: Response, case: Case) -> None:
    """Each ``data:`` line of a stream is one of the operation's events, and each line has its place in the format."""
    if not any(value.startswith(STREAM) for value in response.headers.get("content-type", [])):
        return
    document = case.operation.schema.raw_schema
    schema: dict[str, Any] = {
        "oneOf": document["paths"][case.operation.path][case.method.lower()]["responses"]["200"]["content"][STREAM][
            "schema"
        ]["oneOf"],
        "components": document["components"],
    }
    validator = jsonschema_rs.Draft202012Validator(schema)
    for line in response.content.decode().splitlines():
        name, _, value = line.partition(": ")
        assert name in {"data", "id", ""}, f"no line of an event: {line}"
        if name == "data":
            assert validator.is_valid(json.loads(value)), f"none of the operation's events: {value}"
