"""Completes the OpenAPI document: exact bodies, merge patches, uploads, event streams and every refusal."""

from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from learnx.entrypoints.http.errors import CODES, PROBLEM_JSON, Problem, make_problem
from learnx.entrypoints.http.openapi_constraints import comma_list, exactly_one, merge_patch, once
from learnx.entrypoints.http.sse import MEDIA_TYPE

Json = dict[str, Any]
SCHEMAS = "#/components/schemas/{name}"
#: Which refusals an operation can answer with, by what it takes; a handler adds its own as ``opt["refuses"]``. Any
#: query parameter that is not known is a 422.
ALWAYS, API, SIGNED, BODY, PATH = (500, 503), (406, 422, 429), (401,), (400, 408, 413, 415), (404,)
#: On every reply of an operation whose caller has limits.
LIMITS: Json = {
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "Each quota that counts here: its amount, and its seconds. Missing where nothing is limited.",
        "examples": {"lesson": {"value": '"requests";q=600;w=60, "generations";q=5;w=3600'}},
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "Of each, what is left now, and the seconds until it is more.",
        "examples": {"lesson": {"value": '"requests";r=599;t=1, "generations";r=4;t=3600'}},
    },
}
#: Refusals that may pass.
PASSING = {402, 429}
TAKES_ID = {"fileId", "lessonId"}
EXAMPLE_ID = "0199a2f4-0000-7000-8000-000000000000"


@lru_cache(1)
def complete(app: Litestar) -> Json:
    """The document as it is served. Computed once an application."""
    document: Json = deepcopy(app.openapi_schema.to_schema())
    schemas = document["components"]["schemas"]
    operations = list(_operations(app, document))
    schemas.update(_components([kind for handler, _ in operations for kind in _types(handler)]))
    schemas["Problem"]["examples"] = [msgspec.to_builtins(_problem(404))]
    for handler, operation in operations:
        _complete_body(handler, operation, schemas)
        _complete_replies(handler, operation, schemas)
    for name in _reachable([operation.get("requestBody") for _, operation in operations], schemas):
        if schemas[name].get("type") == "object":
            schemas[name]["additionalProperties"] = False
    return document


def _operations(app: Litestar, document: Json) -> Iterator[tuple[HTTPRouteHandler, Json]]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler in route.route_handlers:
            for method in handler.http_methods:
                operation = document["paths"].get(route.path_format or "/", {}).get(method.lower())
                if operation is not None and isinstance(handler, HTTPRouteHandler):
                    yield handler, operation


def _types(handler: HTTPRouteHandler) -> Iterator[Any]:
    """The domain's and the handlers' own values that an operation takes or returns; msgspec knows their schemas."""
    yield Problem
    for name in ("patches", "returns"):
        if name in handler.opt:
            yield handler.opt[name]
    yield from get_args(handler.opt.get("events"))
    fields = [handler.parsed_data_field, handler.parsed_return_field]
    for field in fields:
        for kind in (field.annotation, *get_args(field.annotation)) if field else ():
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield kind


def _components(types: list[Any]) -> Json:
    _, components = msgspec.json.schema_components(list(dict.fromkeys(types)), ref_template=SCHEMAS)
    return components


def _complete_body(handler: HTTPRouteHandler, operation: Json, schemas: Json) -> None:
    if "patches" in handler.opt:
        name = _patch_of(handler.opt["patches"].__name__, schemas)
        schema: Json = {"$ref": SCHEMAS.format(name=name)}
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}, "application/merge-patch+json": {"schema": schema}},
        }
    elif "upload" in handler.opt:
        properties = {
            "file": {"type": "string", "format": "binary", "minLength": 1, "description": "The document."},
            "password": {"type": "string", "description": "Of an encrypted document."},
        }
        schema = {"type": "object", "required": ["file"], "properties": properties, "additionalProperties": False}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    elif "exactly_one" in handler.opt:
        reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        exactly_one(schemas[reference.rpartition("/")[2]], handler.opt["exactly_one"])
    for name, items in handler.opt.get("comma_lists", {}).items():
        comma_list(operation["parameters"], name, items)


def _patch_of(name: str, schemas: Json) -> str:
    """The schema of a merge patch; of structures, all the way down."""
    patch = f"{name}Patch"
    if patch not in schemas:
        schema = deepcopy(schemas[name]) | {"title": patch}
        schemas[patch] = schema
        for field, shape in schema["properties"].items():
            reference = shape.get("$ref") or next(
                (one["$ref"] for one in shape.get("allOf", ()) if "$ref" in one), None
            )
            if reference and schemas[reference.rpartition("/")[2]].get("type") == "object":
                shape = {"$ref": SCHEMAS.format(name=_patch_of(reference.rpartition("/")[2], schemas))}
            schema["properties"][field] = shape
        merge_patch(schema)
    return patch


def _complete_replies(handler: HTTPRouteHandler, operation: Json, schemas: Json) -> None:
    replies = operation["responses"]
    replies.pop("400", None)
    if "events" in handler.opt:
        references = [{"$ref": SCHEMAS.format(name=kind.__name__)} for kind in get_args(handler.opt["events"])]
        content: Json = {MEDIA_TYPE: {"schema": {"oneOf": references, "discriminator": {"propertyName": "type"}}}}
        if "returns" in handler.opt:
            content["application/json"] = {"schema": {"$ref": SCHEMAS.format(name=handler.opt["returns"].__name__)}}
        replies["200"] = {"description": "One event a `data:` line, or the whole.", "content": content}
        if any(parameter["name"] == "Last-Event-ID" for parameter in operation.get("parameters", ())):
            replies["204"] = {"description": "Nothing follows the event that was named."}
    if "creates" in handler.opt:
        replies["201"] = deepcopy(replies["200"]) | {"description": "It is new."}
    if "archive" in handler.opt:
        content = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
        replies["200"] = {"description": "An archive.", "content": content}
    if "binary" in handler.opt:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        replies["200"] = {"description": "All bytes.", "content": content}
        replies["206"] = {"description": "The range that was asked for.", "content": content}
        replies["416"] = _refusal(416)
    _complete_versions(handler, operation, replies)
    if handler.opt.get("idempotent"):
        once(operation, replies)
        replies["409"] = _refusal(409)
    for status in _refusals(handler, operation):
        replies[str(status)] = _refusal(status)
    if handler.opt.get("api"):
        for reply in replies.values():
            reply["headers"] = reply.get("headers", {}) | LIMITS
    operation["security"] = [] if handler.opt.get("public") or not handler.opt.get("api") else [{"bearer": []}]


def _complete_versions(handler: HTTPRouteHandler, operation: Json, replies: Json) -> None:
    """ETags, where a reply carries one, and the conditions that can be put on them."""
    method = next(iter(handler.http_methods))
    parameters = operation.setdefault("parameters", [])
    if get_args(handler.parsed_return_field.annotation) not in ((), (Any,)) and handler.opt.get("api"):
        for status, reply in replies.items():
            if status.startswith("2"):
                reply.setdefault("headers", {})["ETag"] = {"schema": {"type": "string"}, "description": "Strong."}
        if method == "GET":
            parameters.append(_header("If-None-Match", "304 where the resource is still this one."))
            replies["304"] = {"description": "It is still the one that you have."}
    if method in {"PUT", "PATCH", "DELETE"}:
        parameters.append(_header("If-Match", "412 where the resource is not this one any more."))
        replies["412"] = _refusal(412)


def _header(name: str, description: str) -> Json:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


def _refusals(handler: HTTPRouteHandler, operation: Json) -> Iterator[int]:
    parameters = operation.get("parameters", [])
    yield from ALWAYS
    if not handler.opt.get("api"):
        return
    yield from API
    if not handler.opt.get("public"):
        yield from SIGNED
    if "requestBody" in operation:
        yield from BODY
    if any(parameter["in"] == "path" or parameter["name"] in TAKES_ID for parameter in parameters):
        yield from PATH
    yield from handler.opt.get("refuses", ())


def _refusal(status: int) -> Json:
    refusal: Json = {
        "description": CODES.get(status, "SERVER_ERROR"),
        "content": {
            PROBLEM_JSON: {
                "schema": {"$ref": SCHEMAS.format(name="Problem")},
                "examples": {"problem": {"value": msgspec.to_builtins(_problem(status))}},
            }
        },
    }
    if status in PASSING:
        words = "Seconds after which a retry is worth it; missing where waiting does not help."
        refusal["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}, "description": words}}
    return refusal


def _problem(status: int) -> Problem:
    return make_problem(
        EXAMPLE_ID, status, CODES.get(status, "SERVER_ERROR"), "What is wrong, and what to do about it."
    )


def _reachable(found: object, schemas: Json) -> set[str]:
    names: set[str] = set()
    waiting = [found]
    while waiting:
        match waiting.pop():
            case {"$ref": str(reference)} if (name := reference.rpartition("/")[2]) not in names:
                names.add(name)
                waiting.append(schemas.get(name))
            case dict() as mapping:
                waiting.extend(mapping.values())
            case list() as items:
                waiting.extend(items)
    return names
