"""Who a request acts for: every route asks for a bearer token unless it says that it is public."""

from typing import Any

import structlog
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler

from learnx.application.identity import Authenticate, CheckAccount
from learnx.application.ports.database import Database
from learnx.domain.errors import NotAuthenticated
from learnx.domain.identity import Principal
from learnx.entrypoints.http.ticket_query import ticket_holder

#: The option of a handler that needs no bearer: ``@get(…, opt=PUBLIC)``.
PUBLIC: dict[str, Any] = {"public": True}

#: The option of a handler whose use case sees to it that the account of the bearer still exists.
CHECKS_ACCOUNT: dict[str, Any] = {"checks_account": True}


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard, so that it runs before anything of the request is looked at."""
    if handler.opt.get("public"):
        return
    authorization = connection.headers.get("authorization", "")
    if not authorization and (holder := await ticket_holder(connection, handler)) is not None:
        connection.scope["auth"] = holder
        structlog.contextvars.bind_contextvars(user=str(holder.user_id))
        return
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send `Authorization: Bearer <accessToken>`, as POST /api/v1/auth/login returns it.")
    authenticate = await connection.app.state.dishka_container.get(Authenticate)
    principal = await authenticate(token.strip(), unchecked=True)
    connection.scope["auth"] = principal
    structlog.contextvars.bind_contextvars(user=str(principal.user_id))


async def account_stands(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """After ``signed_in``: what a token says is not asked of Postgres before its user's limits are."""
    if "checks_account" not in handler.opt:
        await CheckAccount(await connection.app.state.dishka_container.get(Database))(connection.scope["auth"])


def current_principal(request: Request[Any, Any, Any]) -> Principal:
    """The dependency ``principal`` of all handlers behind ``signed_in``."""
    principal: Principal = request.auth
    return principal


Caller = NamedDependency[Principal]
"""What a handler calls ``principal``: who acts."""
