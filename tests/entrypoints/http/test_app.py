"""The application as a whole: what is described, what is logged, what every reply carries."""

from typing import Any

import httpx
import msgspec
import pytest
import structlog
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from tests.conftest import NewDatabase
from tests.entrypoints.http.conftest import PASSWORD, Learner

from learnx.entrypoints.http.app import NOUNS, SIGNING_IN, create_app
from learnx.settings import Secret, Settings

pytestmark = pytest.mark.anyio


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    return [
        (route.path_format, handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if isinstance(handler, HTTPRouteHandler)
    ]


async def test_no_handler_forgot_inject(app: Litestar) -> None:
    """A forgotten one registers silently, and then asks its callers for a use case."""
    checked = [
        handler for path, handler in handlers(app) if path.startswith("/api/") and "OPTIONS" not in handler.http_methods
    ]
    every = [*(noun.HANDLERS for noun in NOUNS), *(noun.LOCAL_HANDLERS for noun in SIGNING_IN)]
    assert len(checked) == sum(map(len, every))
    assert [handler for handler in checked if not hasattr(handler.fn, "__dishka_injected__")] == []


async def test_openapi_lists_every_route_with_its_refusals(app: Litestar, client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    for path, handler in handlers(app):
        if handler.resolve_include_in_schema():
            for method in handler.http_methods:
                assert (path, str(method)) in described
    for path, item in document["paths"].items():
        for method, operation in item.items():
            replies = operation["responses"]
            assert "500" in replies, (path, method)
            for status, reply in replies.items():
                if status >= "400" and path.startswith("/api/"):
                    schema = reply["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}
            if path.startswith("/api/") and operation["security"]:
                assert "401" in replies
            if "{" in path:
                assert "404" in replies, (path, method)
            if "requestBody" in operation:
                assert {"400", "413", "415", "422"} <= set(replies), (path, method)


#: What operations refuse beyond what their shape tells.
REFUSALS = [
    ("post", "/auth/register", {"409"}),
    ("post", "/auth/login", {"401"}),
    ("post", "/auth/refresh", {"401"}),
    ("get", "/persona", {"404"}),
    ("put", "/persona", {"409"}),
    ("patch", "/persona", {"404", "409"}),
    ("post", "/files", {"409"}),
    ("post", "/modules/{moduleId}/files", {"404", "409"}),
    ("patch", "/files/{fileId}", {"404", "409"}),
    ("post", "/files/{fileId}/reprocess", {"400", "409", "413"}),
    ("get", "/ai/personalize/stream", {"402", "404", "409", "429", "502"}),
    ("post", "/ai/personalize", {"204", "402", "404", "409", "429", "502"}),
    ("get", "/blobs/{token}", {"404", "416"}),
]


async def test_openapi_lists_what_each_operation_alone_refuses(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/schema/openapi.json")).json()["paths"]
    for method, path, statuses in REFUSALS:
        assert statuses <= set(paths["/api/v1" + path][method]["responses"]), (method, path)
    for path, item in paths.items():
        for method, operation in item.items():
            if path.startswith("/api/"):
                assert {"406", "422", "500", "503"} <= set(operation["responses"]), (method, path)


def references(node: Any) -> list[str]:
    match node:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [found for value in node.values() for found in references(value)]
        case list():
            return [found for value in node for found in references(value)]
    return []


async def test_openapi_is_exact_enough_to_generate_a_client_from(client: httpx.AsyncClient) -> None:
    document = (await client.get("/schema/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert {reference.rpartition("/")[2] for reference in references(document)} <= set(schemas)
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for name in ("Persona", "Interests", "PersonaPatch", "NewCourse", "CourseFieldsPatch", "LessonRequest"):
        assert schemas[name]["additionalProperties"] is False, name
    assert schemas["Interests"]["required"] == ["primary"]
    assert "required" not in schemas["InterestsPatch"]
    stream = document["paths"]["/api/v1/ai/personalize/stream"]["get"]["responses"]["200"]["content"]
    events = [one["$ref"].rpartition("/")[2] for one in stream["text/event-stream"]["schema"]["oneOf"]]
    assert [schemas[name]["properties"]["type"]["enum"] for name in events] == [
        ["start"],
        ["section"],
        ["delta"],
        ["sentence"],
        ["retract"],
        ["restart"],
        ["usage"],
        ["error"],
        ["complete"],
    ]
    operations = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(operations) == len(set(operations))


async def test_the_schema_has_a_page_that_needs_no_other_site(client: httpx.AsyncClient) -> None:
    root = await client.get("/")
    assert root.headers["location"] == "/schema"
    page = await client.get("/schema")
    assert page.headers["content-type"].startswith("text/html")
    assert "/api/v1/ai/personalize/stream" in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text


async def test_every_reply_has_a_request_id_and_a_sane_one_is_kept(client: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nowhere", "/api/v1/me"):
        kept = await client.get(path, headers={"X-Request-ID": "trace-1.2_3"})
        assert kept.headers["x-request-id"] == "trace-1.2_3"
        for odd in ("a b", "x" * 200, 'x"y'):
            fresh = await client.get(path, headers={"X-Request-ID": odd})
            assert fresh.headers["x-request-id"] not in ("", odd)


async def test_one_line_a_request_without_query_or_secrets(client: httpx.AsyncClient, ada: Learner) -> None:
    with structlog.testing.capture_logs() as lines:
        await client.post("/api/v1/auth/login?debug=secret-query", json={"email": ada.email, "password": PASSWORD})
        await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
        await client.get("/api/v1/blobs/secret-token")
        await client.get("/nowhere/secret-path")
    access = [line for line in lines if line["event"] == "http.request"]
    assert [(line["route"], line["status"]) for line in access] == [
        ("/api/v1/auth/login", 422),
        ("/api/v1/auth/login", 200),
        ("/api/v1/blobs/{token}", 404),
        ("unmatched", 404),
    ]
    assert "secret" not in str(lines)
    assert PASSWORD not in str(lines)


async def readiness(settings: Settings) -> tuple[int, dict[str, Any]]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
    async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://learnx.test") as client:
        reply = await client.get("/health/ready")
        return reply.status_code, reply.json()


async def test_readiness_names_what_is_missing(settings: Settings, new_empty_database: NewDatabase) -> None:
    assert await readiness(settings) == (200, {"ready": True, "degraded": [], "missing": []})
    nowhere = Secret("redis://127.0.0.1:1")
    without_redis = msgspec.structs.replace(settings, redis_url=nowhere)
    assert await readiness(without_redis) == (200, {"ready": True, "degraded": ["redis"], "missing": []})
    with new_empty_database() as urls:
        older = msgspec.structs.replace(settings, database_url=Secret(urls.app))
        assert await readiness(older) == (503, {"ready": False, "degraded": [], "missing": ["postgres"]})
    gone = msgspec.structs.replace(settings, database_url=Secret("postgresql://nobody@127.0.0.1:1/none"))
    assert await readiness(gone) == (503, {"ready": False, "degraded": [], "missing": ["postgres"]})


async def test_alive_without_anything(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
