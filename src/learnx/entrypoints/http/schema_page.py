"""The API as a page to read, made of its OpenAPI document on the server: it needs no script and no other site."""

from collections.abc import Iterator
from html import escape
from typing import Any

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#fff}
h2{margin-top:2.5rem;border-bottom:1px solid #cfd6e1}
details{border:1px solid #cfd6e1;border-radius:.4rem;margin:.5rem 0}
summary{padding:.5rem .8rem;cursor:pointer}summary b{display:inline-block;min-width:4.5rem}code{font:.9em ui-monospace,
monospace}details>div{padding:0 1rem 1rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem
.6rem .2rem 0;vertical-align:top;border-top:1px solid #e6eaf1}pre{background:#f4f6fa;padding:.8rem;overflow:auto}
@media(prefers-color-scheme:dark){body{color:#e3e8f0;background:#12161d}pre{background:#1b212b}}
"""


def page(document: dict[str, Any]) -> str:
    info = document["info"]
    body = "".join([*_operations(document), *_schemas(document)])
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(info['title'])}</title><style>{STYLE}</style>"
        f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>"
        f"<p>{escape(info.get('description', ''))}</p>"
        "<p>To generate a client from: <a href=/schema/openapi.json>openapi.json</a></p>"
        f"{body}</html>"
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                tag = operation.get("tags", ["Other"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    for tag, operations in by_tag.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(operations)}"


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    parameters = [
        (f"{one['name']} ({one['in']})", _shape(one.get("schema", {})), one.get("description", ""))
        for one in operation.get("parameters", ())
    ]
    body = [
        (media_type, _shape(content["schema"]), "body")
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
    ]
    replies = [
        (
            status,
            ", ".join(
                f"{kind}: {_shape(content.get('schema', {}))}" for kind, content in reply.get("content", {}).items()
            ),
            reply["description"],
        )
        for status, reply in sorted(operation["responses"].items())
    ]
    return (
        f"<details><summary><b>{method.upper()}</b> <code>{escape(path)}</code> {escape(operation.get('summary', ''))}"
        f"</summary><div><p>{escape(operation.get('description', ''))}</p>"
        f"{_table('Takes', parameters + body)}{_table('Answers', replies)}</div></details>"
    )


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    cells = "".join(f"<tr><td><code>{escape(name)}</code><td>{shape}<td>{escape(words)}" for name, shape, words in rows)
    return f"<h4>{title}</h4><table>{cells}</table>"


def _schemas(document: dict[str, Any]) -> Iterator[str]:
    yield "<h2>Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        required = set(schema.get("required", ()))
        rows = [
            (field + ("" if field in required else "?"), _shape(shape), _limits(shape))
            for field, shape in schema.get("properties", {}).items()
        ]
        words = escape(schema.get("description", ""))
        opening = f"<details id='{escape(name)}'><summary>{escape(name)}</summary>"
        yield f"{opening}<div><p>{words}</p>{_table('Fields', rows)}</div></details>"


def _shape(schema: dict[str, Any]) -> str:
    """A schema in a few words of HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    for union in ("oneOf", "anyOf", "allOf"):
        if union in schema:
            return " | ".join(_shape(option) for option in schema[union])
    if "enum" in schema:
        return " | ".join(escape(str(value)) for value in schema["enum"])
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{_shape(schema['items'])}]" if isinstance(schema.get("items"), dict) else "[…]"
    return escape(kind if isinstance(kind, str) else " | ".join(kind)) + (
        f" ({escape(schema['format'])})" if "format" in schema else ""
    )


def _limits(schema: dict[str, Any]) -> str:
    shown = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "default")
    return ", ".join(f"{name} {schema[name]}" for name in shown if name in schema)
