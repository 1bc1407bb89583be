"""Puts the HTTP application together: routes, who may use them, and how it is described and closed."""

import asyncio
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec
from dishka import AsyncContainer
from dishka.integrations.litestar import setup_dishka
from litestar import Litestar, Request, Router
from litestar.config.cors import CORSConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ControllerRouterHandler

from learnx.application.ports.generations import Generations
from learnx.application.ports.llm import LanguageModel
from learnx.bootstrap import make_container
from learnx.entrypoints.http import (
    chunks,
    conversations,
    courses,
    downloads,
    export,
    feedback,
    files,
    generations,
    health,
    identity,
    lessons,
    passwords,
    personas,
    questions,
    search,
    sessions,
    stream_tickets,
    summaries,
    usage,
)
from learnx.entrypoints.http.admission import admitted
from learnx.entrypoints.http.auth import current_principal
from learnx.entrypoints.http.context import RequestContext
from learnx.entrypoints.http.errors import problem_response
from learnx.entrypoints.http.input import MAX_JSON_BYTES, StrictRequest
from learnx.entrypoints.http.methods import Methods
from learnx.entrypoints.http.openapi import complete
from learnx.entrypoints.http.rate_limits import ToldLimits
from learnx.entrypoints.http.schema_page import page
from learnx.entrypoints.http.security_headers import ReplyHeaders
from learnx.entrypoints.http.short_cut import CachedLessons
from learnx.settings import Settings

PREFIX = "/api/v1"
SCHEMA_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
}
#: What a page of an allowed origin may send, and what it may read, beside what every page may.
READ_ACROSS_ORIGINS = [
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Range",
    "X-Request-ID",
    "traceparent",
]
TOLD_ACROSS_ORIGINS = [
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
]
NOUNS = (
    identity,
    export,
    personas,
    courses,
    files,
    chunks,
    downloads,
    lessons,
    feedback,
    questions,
    conversations,
    summaries,
    generations,
    stream_tickets,
    search,
    usage,
)
#: What another provider does where one is configured: then there is none of it here.
SIGNING_IN = (identity, sessions, passwords)


def create_app(settings: Settings, container: AsyncContainer | None = None) -> Litestar:
    """The application and, closed with it, the container it takes its use cases from.

    ``app.state.draining`` is an ``asyncio.Event``: once it is set, open streams end with a retryable event.
    """
    handlers: list[ControllerRouterHandler] = [handler for noun in NOUNS for handler in noun.HANDLERS]
    if settings.auth_provider == "local":
        handlers += [handler for noun in SIGNING_IN for handler in noun.LOCAL_HANDLERS]
    api = Router(
        PREFIX,
        route_handlers=handlers,
        guards=[admitted],
        dependencies={"principal": Provide(current_principal, sync_to_thread=False)},
        opt={"api": True},
    )
    app = Litestar(
        [api, *health.HANDLERS],
        request_class=StrictRequest,
        request_max_body_size=MAX_JSON_BYTES,
        exception_handlers={Exception: problem_response},
        cors_config=_cors(settings.cors_origins),
        openapi_config=_openapi(),
        state=State({"draining": asyncio.Event()}),
        logging_config=None,
        on_startup=[_warm_up],
        on_shutdown=[_close],
    )
    container = container or make_container(settings)
    setup_dishka(container, app)
    inner = ToldLimits(Methods(app), app)
    known = CachedLessons(inner, container, f"{PREFIX}/lessons/", f"{PREFIX}/lessons/{{lessonId}}")
    app.asgi_handler = RequestContext(known, ReplyHeaders(settings))
    return app


class CompleteJson(JsonRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return msgspec.json.encode(complete(request.app))


class ReadablePage(OpenAPIRenderPlugin):
    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return page(complete(request.app)).encode()


async def _warm_up(app: Litestar) -> None:
    """A provider's library takes seconds to load: the model begins with it now, in a thread, and is not waited for.
    What a dead server has left is taken over before anybody asks."""
    await app.state.dishka_container.get(LanguageModel)
    await app.state.dishka_container.get(Generations)


async def _close(app: Litestar) -> None:
    await app.state.dishka_container.close()


def _cors(origins: Sequence[str]) -> CORSConfig | None:
    """Without cookies: a page of another origin has the tokens that it was given, and nothing else."""
    if not origins:
        return None
    return CORSConfig(
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=READ_ACROSS_ORIGINS,
        expose_headers=TOLD_ACROSS_ORIGINS,
    )


def _openapi() -> OpenAPIConfig:
    bearer = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT", description="An access token.")
    return OpenAPIConfig(
        title="LearnX",
        version=version("learnx"),
        description="Explanations of your own documents, written for you, every fact traceable to a page. Errors are "
        "application/problem+json; act on their `code`.",
        components=Components(security_schemes={"bearer": bearer}),
        use_handler_docstrings=True,
        operation_id_creator=lambda handler, method, path: handler.handler_name,
        openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, response_headers=SCHEMA_HEADERS),
        render_plugins=[ReadablePage(path="/"), CompleteJson()],
    )
