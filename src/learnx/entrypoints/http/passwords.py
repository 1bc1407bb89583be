"""New passwords, and whose an e-mail address is."""

from typing import Annotated, Any

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, post
from litestar.params import JSONBody
from msgspec import Meta

from learnx.application.email_verification import RequestVerification, VerifyEmail
from learnx.application.passwords import ChangePassword, RequestPasswordReset, ResetPassword
from learnx.domain.identity import LONGEST_PASSWORD
from learnx.entrypoints.http.auth import PUBLIC, Caller
from learnx.entrypoints.http.identity import KNOWN_USERS, Email, Password, Token
from learnx.entrypoints.http.input import no_body


class PasswordChange(msgspec.Struct, frozen=True, rename="camel"):
    current_password: Annotated[str, Meta(max_length=LONGEST_PASSWORD)]
    new_password: Password


class ResetRequest(msgspec.Struct, frozen=True):
    email: Email


class PasswordReset(msgspec.Struct, frozen=True):
    """``token`` is what the mail's link ends in."""

    token: Token
    password: Password


class Verification(msgspec.Struct, frozen=True):
    """``token`` is what the mail's link ends in."""

    token: Token


class UnderWay(msgspec.Struct, frozen=True):
    """What happens next, for people."""

    detail: str


@post(
    "/me/password",
    status_code=204,
    opt={"refuses": (403, 409), "zone": "login"},
    summary="Change my password",
    description="All other devices are signed out.",
    tags=["Identity"],
)
@inject
async def change_password(
    principal: Caller, data: JSONBody[PasswordChange], use_case: FromDishka[ChangePassword]
) -> None:
    await use_case(principal, data.current_password, data.new_password)


@post(
    "/me/verification-mail",
    status_code=202,
    opt={"refuses": (400, 409, 413, 429)},
    summary="Mail me a link that verifies my e-mail address",
    tags=["Identity"],
)
@inject
async def request_verification(
    request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[RequestVerification]
) -> UnderWay:
    await no_body(request)
    await use_case(principal)
    return UnderWay("A mail is on its way to you.")


@post(
    "/auth/verify-email",
    status_code=204,
    opt=KNOWN_USERS | {"zone": "verification"},
    summary="Verify an e-mail address",
    tags=["Identity"],
)
@inject
async def verify_email(data: JSONBody[Verification], use_case: FromDishka[VerifyEmail]) -> None:
    await use_case(data.token)


@post(
    "/auth/password-reset",
    status_code=202,
    opt=PUBLIC | {"zone": "password-reset"},
    summary="Ask for a link to choose a new password",
    description="The answer is the same whether there is an account with that address or not.",
    tags=["Identity"],
)
@inject
async def request_password_reset(data: JSONBody[ResetRequest], use_case: FromDishka[RequestPasswordReset]) -> UnderWay:
    await use_case(data.email)
    return UnderWay("If there is an account with this address, a mail is on its way to it.")


@post(
    "/auth/password-reset/confirm",
    status_code=204,
    opt=KNOWN_USERS | {"zone": "password-reset"},
    summary="Choose a new password",
    description="All devices are signed out.",
    tags=["Identity"],
)
@inject
async def reset_password(data: JSONBody[PasswordReset], use_case: FromDishka[ResetPassword]) -> None:
    await use_case(data.token, data.password)


LOCAL_HANDLERS = [change_password, request_verification, verify_email, request_password_reset, reset_password]
