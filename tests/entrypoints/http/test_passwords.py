"""New passwords and verified addresses, over the wire."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import PASSWORD, Learner

from learnx.application.outbox import Outbox
from learnx.application.ports.mailer import Mailer
from learnx.bootstrap import make_container
from learnx.entrypoints.http.app import create_app
from learnx.settings import Secret, Settings

pytestmark = pytest.mark.anyio

NEW = "another password"


class Mailbox:
    def __init__(self, container: AsyncContainer, folder: Path) -> None:
        self._container, self._folder = container, folder / "mails"

    async def mails(self, kind: str) -> list[tuple[str, str]]:
        """Address and token of each, oldest first."""
        outbox = await self._container.get(Outbox)
        await asyncio.gather(*outbox._under_way)
        found = []
        for path in sorted(self._folder.glob(f"*-{kind}-*.eml"), key=lambda path: path.stat().st_mtime_ns):
            message: Any = message_from_bytes(path.read_bytes(), policy=policy.default)
            link = re.search(r"http://127.0.0.1:8000/[a-z-]+#token=(\S+)", message.get_content())
            assert link is not None
            found.append((message["to"], link[1]))
        return found

    async def token(self, kind: str) -> str:
        return (await self.mails(kind))[-1][1]


@pytest.fixture
def mailbox(container: AsyncContainer, tmp_path: Path) -> Mailbox:
    return Mailbox(container, tmp_path)


async def login(client: httpx.AsyncClient, ada: Learner, password: str, **headers: str) -> httpx.Response:
    body = {"email": ada.email, "password": password}
    return await client.post("/api/v1/auth/login", json=body, headers=headers)


async def another_device(client: httpx.AsyncClient, ada: Learner, agent: str = "") -> Learner:
    reply = await login(client, ada, PASSWORD, **{"User-Agent": agent})
    return Learner(client, ada.email, reply.json()["tokens"], reply.json()["user"])


async def reset(client: httpx.AsyncClient, email: str, **headers: str) -> httpx.Response:
    return await client.post("/api/v1/auth/password-reset", json={"email": email}, headers=headers)


async def confirm(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.post("/api/v1/auth/password-reset/confirm", json={"token": token, "password": password})


async def test_a_password_is_changed_by_who_knows_it_and_the_others_are_signed_out(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox
) -> None:
    phone = await another_device(client, ada)
    await reset(client, ada.email)
    mailed = await mailbox.token("password_reset")
    wrong = await ada("POST", "/me/password", json={"currentPassword": NEW, "newPassword": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "AUTHORIZATION_ERROR")
    short = await ada("POST", "/me/password", json={"currentPassword": PASSWORD, "newPassword": "short"})
    assert short.status_code == 422 and short.json()["errors"][0]["pointer"] == "/newPassword"
    assert (await phone("GET", "/me")).status_code == 200
    assert (
        await ada("POST", "/me/password", json={"currentPassword": PASSWORD, "newPassword": NEW})
    ).status_code == 204
    assert (await ada("GET", "/me")).status_code == 200
    assert (await phone("GET", "/me")).status_code == 401
    assert (await login(client, ada, PASSWORD)).status_code == 401
    assert (await login(client, ada, NEW)).status_code == 200
    assert (await confirm(client, mailed)).status_code == 401


async def test_a_forgotten_password_is_chosen_anew_by_mail(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox
) -> None:
    known, unknown = await reset(client, ada.email), await reset(client, "nobody@example.org")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.status_code == 202
    ((address, token),) = await mailbox.mails("password_reset")
    assert address == ada.email
    assert (await confirm(client, token, "short")).status_code == 422
    assert (await confirm(client, "x" * 43)).status_code == 401
    assert (await confirm(client, token)).status_code == 204
    assert (await confirm(client, token)).status_code == 401
    assert (await ada("GET", "/me")).status_code == 401
    assert (await login(client, ada, PASSWORD)).status_code == 401
    signed_in = await login(client, ada, NEW)
    assert signed_in.status_code == 200 and signed_in.json()["user"]["emailVerified"]


async def test_of_many_who_use_a_mailed_token_at_once_one_does(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox
) -> None:
    await reset(client, ada.email)
    token = await mailbox.token("password_reset")
    replies = await asyncio.gather(*(confirm(client, token, f"{NEW} {number}") for number in range(10)))
    assert Counter(reply.status_code for reply in replies) == {204: 1, 401: 9}


async def test_a_mail_goes_to_the_address_of_the_account_and_its_link_to_ours(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox
) -> None:
    typed = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in ada.email.upper())
    assert typed != ada.email and typed.casefold() != ada.email
    await reset(client, typed, Host="evil.example", **{"X-Forwarded-Host": "evil.example"})
    ((address, _),) = await mailbox.mails("password_reset")
    assert address == ada.email


async def test_one_account_gets_so_many_mails_an_hour(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox, database_urls: DatabaseUrls
) -> None:
    await mailbox.mails("email_verification")
    for _ in range(4):
        assert (await ada("POST", "/me/verification-mail")).status_code == 202
        await mailbox.mails("email_verification")
    refused = await ada("POST", "/me/verification-mail")
    assert (refused.status_code, refused.json()["code"]) == (429, "RATE_LIMIT_ERROR")
    assert refused.headers["retry-after"] == "3600"
    assert len(await mailbox.mails("email_verification")) == 5
    await aged(database_urls, timedelta(hours=1))
    assert (await ada("POST", "/me/verification-mail")).status_code == 202


async def test_an_address_is_verified_by_what_was_mailed_to_it(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox
) -> None:
    assert not ada.user["emailVerified"]
    ((address, first),) = await mailbox.mails("email_verification")
    assert address == ada.email
    assert (await ada("POST", "/me/verification-mail")).status_code == 202
    second = await mailbox.token("email_verification")

    async def verified(token: str) -> int:
        return (await client.post("/api/v1/auth/verify-email", json={"token": token})).status_code

    await reset(client, ada.email)
    assert await verified("x" * 43) == await verified(await mailbox.token("password_reset")) == 401
    assert not (await ada.made("GET", "/me"))["emailVerified"]
    assert [await verified(token) for token in (first, first, second)] == [204, 204, 204]
    assert (await ada.made("GET", "/me"))["emailVerified"]
    assert (await confirm(client, first)).status_code == 401
    assert (await ada("POST", "/me/verification-mail")).status_code == 409


@pytest.mark.parametrize(("kind", "lifetime"), [("password_reset", 60), ("email_verification", 24 * 60)])
async def test_a_mailed_token_expires(
    client: httpx.AsyncClient, ada: Learner, mailbox: Mailbox, database_urls: DatabaseUrls, kind: str, lifetime: int
) -> None:
    await reset(client, ada.email)
    token = await mailbox.token(kind)
    used = {"password_reset": "password-reset/confirm", "email_verification": "verify-email"}[kind]
    body = {"token": token} | ({"password": NEW} if kind == "password_reset" else {})
    await aged(database_urls, timedelta(minutes=lifetime))
    assert (await client.post(f"/api/v1/auth/{used}", json=body)).status_code == 401
    await aged(database_urls, timedelta(minutes=-1))
    assert (await client.post(f"/api/v1/auth/{used}", json=body)).status_code == 204


async def test_tokens_are_kept_as_hashes_and_in_no_log(
    client: httpx.AsyncClient,
    ada: Learner,
    mailbox: Mailbox,
    database_urls: DatabaseUrls,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await reset(client, ada.email)
    secrets = [await mailbox.token("password_reset"), await mailbox.token("email_verification")]
    secrets += [ada.tokens["refreshToken"], ada.tokens["accessToken"], PASSWORD]
    connection = await asyncpg.connect(database_urls.admin)
    tables = ("mail_tokens", "refresh_tokens", "credentials", "users")
    rows = str([await connection.fetch(f"SELECT t::text FROM {table} t") for table in tables])
    await connection.close()
    logged = "".join(capsys.readouterr())
    assert "mail.written" in logged and "argon2id" in rows
    for secret in secrets:
        assert secret not in rows and secret.encode().hex() not in rows
        assert secret not in logged


async def test_a_server_without_mails_says_so_to_everybody(settings: Settings) -> None:
    production = msgspec.structs.replace(settings, environment="production")
    container = make_container(production)
    app = create_app(production, container)
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        body = {"email": "ada@example.org", "password": PASSWORD, "fullName": "Ada"}
        assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
        replies = [await reset(client, email) for email in ("ada@example.org", "nobody@example.org")]
        assert [reply.status_code for reply in replies] == [503, 503]
        assert not (await container.get(Mailer)).sends


async def test_a_registration_does_not_depend_on_a_mail_server(settings: Settings) -> None:
    changed = msgspec.structs.replace(settings, smtp_url=Secret("smtp://127.0.0.1:1"))
    app = create_app(changed, make_container(changed))
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        body = {"email": "ada@example.org", "password": PASSWORD, "fullName": "Ada"}
        assert (await client.post("/api/v1/auth/register", json=body)).status_code == 201
        assert (await reset(client, "ada@example.org")).status_code == 202


async def aged(urls: DatabaseUrls, by: timedelta) -> None:
    connection = await asyncpg.connect(urls.admin)
    await connection.execute(
        "UPDATE mail_tokens SET created_at = created_at - $1::interval, expires_at = expires_at - $1::interval", by
    )
    await connection.close()
