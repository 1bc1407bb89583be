"""Registering, signing in and out, and the account itself."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, patch, post
from litestar.params import JSONBody
from msgspec import Meta

from learnx.application.erasure import EraseUser
from learnx.application.identity import (
    GetUser,
    Login,
    Refresh,
    Register,
    SignedIn,
    UpdateUser,
)
from learnx.application.sessions import Logout, LogoutEverywhere
from learnx.domain.identity import LONGEST_PASSWORD, SHORTEST_PASSWORD, TokenPair, User
from learnx.domain.values import VISIBLE
from learnx.entrypoints.http.auth import PUBLIC, Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.input import no_body, patched

_ADDRESS = r"[^@\s\x00-\x1f\x7f-\x9f\x22(),:;<>\[\]\\]"
Email = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=254,
        # Without what separates or quotes addresses in a mail's header.
        pattern=rf"^\s*{_ADDRESS}+@{_ADDRESS}+\.{_ADDRESS}+\s*$",
        examples=["ada@example.org"],
    ),
]
Password = Annotated[str, Meta(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD)]
FullName = Annotated[str, Meta(min_length=1, max_length=200, pattern=VISIBLE, examples=["Ada Lovelace"])]
Token = Annotated[str, Meta(min_length=1, max_length=512)]
Link = Annotated[str, Meta(max_length=2000, pattern=r"^https?://[^\s\x00-\x20\x7f-\x9f]+$")]

#: Public, yet refused to who can't prove who they are.
KNOWN_USERS = PUBLIC | {"refuses": (401,)}


class Registration(msgspec.Struct, frozen=True, rename="camel"):
    email: Email
    password: Password
    full_name: FullName


class Credentials(msgspec.Struct, frozen=True, rename="camel"):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]


class RefreshRequest(msgspec.Struct, frozen=True, rename="camel"):
    refresh_token: Token


class Refreshed(msgspec.Struct, frozen=True):
    tokens: TokenPair


class Profile(msgspec.Struct, frozen=True, rename="camel"):
    """What a user may change about themself."""

    full_name: FullName
    avatar_url: Link | None = None


@post("/auth/register", opt=PUBLIC | {"refuses": (409,), "zone": "register"}, summary="Register", tags=["Identity"])
@inject
async def register(
    request: Request[Any, Any, Any], data: JSONBody[Registration], use_case: FromDishka[Register]
) -> SignedIn:
    return await use_case(data.email, data.password, data.full_name, user_agent=request.headers.get("user-agent"))


@post("/auth/login", status_code=200, opt=KNOWN_USERS | {"zone": "login"}, summary="Sign in", tags=["Identity"])
@inject
async def login(request: Request[Any, Any, Any], data: JSONBody[Credentials], use_case: FromDishka[Login]) -> SignedIn:
    return await use_case(data.email, data.password, user_agent=request.headers.get("user-agent"))


@post(
    "/auth/refresh",
    status_code=200,
    opt=KNOWN_USERS | {"zone": "refresh"},
    summary="Trade a refresh token for new tokens",
    tags=["Identity"],
)
@inject
async def refresh(
    request: Request[Any, Any, Any], data: JSONBody[RefreshRequest], use_case: FromDishka[Refresh]
) -> Refreshed:
    return Refreshed(await use_case(data.refresh_token, user_agent=request.headers.get("user-agent")))


@post(
    "/auth/logout", status_code=204, opt=PUBLIC | {"zone": "refresh"}, summary="Sign this device out", tags=["Identity"]
)
@inject
async def logout(data: JSONBody[RefreshRequest], use_case: FromDishka[Logout]) -> None:
    await use_case(data.refresh_token)


@post(
    "/auth/logout-everywhere",
    status_code=204,
    opt={"refuses": (400, 413)},
    summary="Sign all devices out",
    tags=["Identity"],
)
@inject
async def logout_everywhere(
    request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[LogoutEverywhere]
) -> None:
    await no_body(request)
    await use_case(principal)


@get("/me", summary="Who I am", tags=["Identity"])
@inject
async def get_me(request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[GetUser]) -> Response[User]:
    return tagged(request, await use_case(principal))


@patch("/me", opt={"patches": Profile}, summary="Change my name or picture", tags=["Identity"])
@inject
async def patch_me(
    request: Request[Any, Any, Any],
    principal: Caller,
    data: JSONBody[dict[str, Any]],
    use_case: FromDishka[UpdateUser],
) -> Response[User]:
    check = if_match(request)

    def change(user: User) -> User:
        check(user)
        return patched(user, Profile, data)

    return tagged(request, await use_case(principal, change))


@delete("/me", summary="Erase my account and all of my data", tags=["Identity"])
@inject
async def delete_me(request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[EraseUser]) -> None:
    await use_case(principal, if_match(request))


HANDLERS = [get_me, patch_me, delete_me]
#: Where another provider signs users in there are none of these.
LOCAL_HANDLERS = [register, login, refresh, logout, logout_everywhere]
