"""Every operation, with every id that it takes, by somebody else, by nobody, and by who is not any more."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import Learner, app, client, container, served, settings, sign_up
from tests.fakes.model_server import Script, model_server
from tests.security.isolation_cases import CASES, LESSON_STREAM, PUBLIC, Asked
from tests.security.whole_library import Library, running_generation, signed_in_again, whole_library
from uuid_utils.compat import uuid7

from learnx.adapters.tokens import JwtAccessTokens
from learnx.domain.identity import Principal
from learnx.entrypoints.http.app import PREFIX, create_app
from learnx.entrypoints.http.openapi import complete
from learnx.settings import Settings, signing_key

__all__ = ["app", "client", "container", "settings"]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(180)]

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
#: What differs from one reply to the next, whoever asks for what.
PASSING = {"x-request-id", "date", "content-length", "ratelimit", "retry-after"}
#: What its owner gets anew with each reading: a link, and a replay with an id of its own.
NEW_EACH_TIME = {"GET /files/{fileId}/download", "GET /me/export", LESSON_STREAM}


@dataclass(frozen=True)
class Reply:
    """What can be told apart."""

    status: int
    headers: frozenset[tuple[str, str]]
    body: str


@pytest.fixture
async def http(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Of a real server, which streams."""
    async with served(app) as running, httpx.AsyncClient(base_url=running.address, timeout=30) as http:
        yield http


@asynccontextmanager
async def being_written(settings: Settings, *libraries: Library) -> AsyncIterator[None]:
    """Each of them has a lesson in the making, on another server, which asks another model."""
    async with model_server(Script(hang="middle")) as model:
        elsewhere = msgspec.structs.replace(
            settings, llm_model="openai/x", llm_api_base=model.api_base, llm_token_timeout=150
        )
        another = create_app(elsewhere)
        async with another.lifespan(), served(another) as running, AsyncExitStack() as stack:
            for library in libraries:
                await stack.enter_async_context(running_generation(library, running.address))
            yield


async def send(http: httpx.AsyncClient, request: Mapping[str, Any], token: str | None) -> Reply:
    """Of a stream that goes on, only its beginning is read."""
    headers = dict(request.get("headers", {})) | ({"Authorization": f"Bearer {token}"} if token else {})
    async with http.stream(**{**request, "headers": headers}) as reply:
        if reply.headers.get("content-type", "").startswith("text/event-stream"):
            body = (await anext(reply.aiter_bytes())).decode()
        else:
            body = (await reply.aread()).decode("utf-8", "replace")
    request_id = reply.headers["x-request-id"]
    shown = frozenset((name, value) for name, value in reply.headers.items() if name not in PASSING)
    return Reply(reply.status_code, shown, body.replace(request_id, "(request)"))


def with_one_of_another(asked: Asked, own: Mapping[str, str], others: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """The ids for ``asked``, each time with one that is not the caller's own; a reader who resumes is placed by the id
    of an event alone."""
    names = asked.names()
    for name in sorted(names & {"Last-Event-ID"} or names):
        yield {**own, name: others[name]}


def unknown(ids: Mapping[str, str]) -> dict[str, str]:
    """Ids of the same form that nobody has."""
    return {name: _ID.sub(lambda _: str(uuid7()), value) for name, value in ids.items()}


def operations(app: Litestar) -> dict[str, dict[str, Any]]:
    """By method and path, as the served document has them."""
    paths = complete(app)["paths"]
    return {
        f"{method.upper()} {path.removeprefix(PREFIX)}": operation
        for path, methods in paths.items()
        if path.startswith(PREFIX)
        for method, operation in methods.items()
        if method in {"get", "post", "put", "patch", "delete"}
    }


def places(operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Where an operation takes ids."""
    found = {
        (parameter["in"], parameter["name"])
        for parameter in operation.get("parameters", ())
        if parameter["name"].endswith("Id") or parameter["name"] == "Last-Event-ID" or parameter["in"] == "path"
    }
    content = (operation.get("requestBody") or {}).get("content", {})
    for body in content.values():
        found |= {("body", name) for name in _fields(body["schema"], schemas) if name.endswith("Id")}
    return found - {("body", "sentenceId")}  # it names a place in a lesson: s2.7


def _fields(schema: Any, schemas: Mapping[str, Any]) -> Iterator[str]:
    match schema:
        case {"$ref": str(reference)}:
            yield from _fields(schemas[reference.rpartition("/")[2]], schemas)
        case dict():
            yield from schema.get("properties", {})
            for value in schema.values():
                yield from _fields(value, schemas)
        case list():
            for item in schema:
                yield from _fields(item, schemas)


async def test_every_operation_has_a_case_for_every_id_that_it_takes(app: Litestar) -> None:
    schemas = complete(app)["components"]["schemas"]
    served_now = operations(app)
    assert {asked.operation for asked in CASES} | set(PUBLIC) == set(served_now)
    for name, operation in served_now.items():
        if name in PUBLIC:
            assert operation["security"] == [], name
            continue
        assert operation["security"], name
        covered = set().union(*(asked.places() for asked in CASES if asked.operation == name))
        assert places(operation, schemas) <= covered, name


async def test_an_id_of_somebody_else_is_answered_byte_for_byte_as_an_unknown_one(
    client: httpx.AsyncClient, http: httpx.AsyncClient, settings: Settings, container: AsyncContainer
) -> None:
    ada, eve = await sign_up(client), await sign_up(client)
    hers, own = await whole_library(ada, container), await whole_library(eve, container)
    token = eve.tokens["accessToken"]
    async with being_written(settings, hers, own):
        before = await everything(http, hers)
        for asked in CASES:
            for ids, nobodys in zip(
                with_one_of_another(asked, own.ids, hers.ids),
                with_one_of_another(asked, own.ids, unknown(hers.ids)),
                strict=True,
            ):
                foreign = await send(http, asked.filled(ids), token)
                assert foreign == await send(http, asked.filled(nobodys), token), asked
                assert foreign.status == 404, (asked, foreign)
        for asked in (one for one in CASES if one.method == "GET"):
            reply = await send(http, asked.filled(own.ids), token)
            assert reply.status < 300, (asked, reply)
            leaked = [name for name, value in hers.ids.items() if value in reply.body]
            assert not leaked, (asked, leaked)
            assert ada.email not in reply.body
        assert await everything(http, hers) == before
        await does_all(http, hers)


async def everything(http: httpx.AsyncClient, library: Library) -> list[Reply]:
    """All that its owner can read."""
    token = library.learner.tokens["accessToken"]
    return [
        await send(http, asked.filled(library.ids), token)
        for asked in CASES
        if asked.method == "GET" and asked.operation not in NEW_EACH_TIME
    ]


async def does_all(http: httpx.AsyncClient, library: Library) -> None:
    """The cases are no proof of anything unless their owner gets through with them."""
    token = library.learner.tokens["accessToken"]
    for asked in CASES:
        reply = await send(http, asked.filled(library.ids), token)
        assert reply.status < 300, (asked, reply)
        if asked.operation == "POST /auth/logout-everywhere":  # this device, too
            token = await signed_in_again(library.learner)


async def test_who_is_not_signed_in_learns_nothing_of_any_id(
    client: httpx.AsyncClient, http: httpx.AsyncClient, settings: Settings, container: AsyncContainer
) -> None:
    ada = await sign_up(client)
    hers = await whole_library(ada, container)
    async with being_written(settings, hers):
        strangers = {
            "nobody": None,
            "nonsense": "nonsense",
            "expired": expired_token(settings, ada),
            "erased": await token_of_an_erased_account(client),
        }
        nobodys = unknown(hers.ids)
        for asked in CASES:
            for who, token in strangers.items():
                reply = await send(http, asked.filled(hers.ids), token)
                assert reply.status == 401, (asked, who, reply)
                if asked.names():
                    assert reply == await send(http, asked.filled(nobodys), token), (asked, who)
        await does_all(http, hers)


def expired_token(settings: Settings, learner: Learner) -> str:
    """A second ago it was good."""
    tokens = JwtAccessTokens(
        signing_key(settings).reveal(), lambda: datetime.now(UTC) - timedelta(seconds=61), lifetime_seconds=60
    )
    return tokens.issue(Principal(user_id=UUID(learner.user["id"])))


async def token_of_an_erased_account(client: httpx.AsyncClient) -> str:
    learner = await sign_up(client)
    assert (await learner("DELETE", "/me")).status_code == 204
    return str(learner.tokens["accessToken"])


async def test_a_probe_without_isolation_would_be_noticed(
    client: httpx.AsyncClient, http: httpx.AsyncClient, container: AsyncContainer, database_urls: DatabaseUrls
) -> None:
    """The same comparison, made with an owner's own id, tells the two apart."""
    ada = await sign_up(client)
    hers = await whole_library(ada, container)
    token = ada.tokens["accessToken"]
    asked = next(one for one in CASES if one.operation == "GET /files/{fileId}")
    known = await send(http, asked.filled(hers.ids), token)
    assert known != await send(http, asked.filled(unknown(hers.ids)), token)
