"""Registering, signing in and out, refreshing and erasing, over the wire."""

import asyncio

import asyncpg
import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import PASSWORD, Learner

from learnx.adapters.password_hasher import Argon2PasswordHasher
from learnx.application.identity import StartSession
from learnx.application.ports.database import Database
from learnx.domain.errors import NotAuthenticated
from learnx.domain.identity import User

pytestmark = pytest.mark.anyio


async def test_registering_signs_in(client: httpx.AsyncClient) -> None:
    body = {"email": "Grace@Example.org", "password": PASSWORD, "fullName": "Grace Hopper"}
    reply = await client.post("/api/v1/auth/register", json=body)
    assert reply.status_code == 201
    assert set(reply.json()) == {"user", "tokens"}
    assert reply.json()["user"]["fullName"] == "Grace Hopper"
    assert reply.json()["tokens"]["tokenType"] == "Bearer"
    assert reply.json()["tokens"]["expiresIn"] <= 900
    assert PASSWORD not in reply.text


async def test_a_taken_email_is_a_conflict_in_any_case(client: httpx.AsyncClient, ada: Learner) -> None:
    body = {"email": ada.email.upper(), "password": PASSWORD, "fullName": "Imposter"}
    reply = await client.post("/api/v1/auth/register", json=body)
    assert (reply.status_code, reply.json()["code"]) == (409, "CONFLICT")


async def test_login_tells_nobody_which_half_was_wrong(client: httpx.AsyncClient, ada: Learner) -> None:
    async def refused(email: str, password: str) -> tuple[int, bytes, list[tuple[str, str]]]:
        headers = {"X-Request-ID": "the-same"}
        reply = await client.post("/api/v1/auth/login", json={"email": email, "password": password}, headers=headers)
        told = [(name, value) for name, value in reply.headers.items() if not name.startswith("ratelimit")]
        return reply.status_code, reply.content, told

    good = await client.post("/api/v1/auth/login", json={"email": ada.email.upper(), "password": PASSWORD})
    assert good.status_code == 200
    wrong = await refused(ada.email, "not this one")
    assert wrong == await refused("no@example.org", PASSWORD) == await refused("", "") == await refused("local", "x")
    assert wrong[0] == 401 and ("www-authenticate", "Bearer") in wrong[2]


async def test_a_hash_that_was_cheaper_is_made_anew_when_its_password_is_there(
    client: httpx.AsyncClient, ada: Learner, database_urls: DatabaseUrls
) -> None:
    cheap = Argon2PasswordHasher(memory_kib=1024, passes=1)
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("UPDATE credentials SET password_hash = $1", await cheap.hash(PASSWORD))
    costs = []
    for password, status in (("wrong", 401), (PASSWORD, 200), (PASSWORD, 200)):
        reply = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": password})
        assert reply.status_code == status
        costs.append(cheap.outdated(await connection.fetchval("SELECT password_hash FROM credentials")))
    assert costs == [False, True, True]
    await connection.close()
    cheap.close()


async def test_of_log_ins_at_once_that_make_a_hash_anew_all_get_in(
    client: httpx.AsyncClient, ada: Learner, database_urls: DatabaseUrls
) -> None:
    cheap = Argon2PasswordHasher(memory_kib=1024, passes=1)
    connection = await asyncpg.connect(database_urls.admin)
    await connection.execute("UPDATE credentials SET password_hash = $1", await cheap.hash(PASSWORD))
    await connection.close()
    cheap.close()
    body = {"email": ada.email, "password": PASSWORD}
    replies = await asyncio.gather(*(client.post("/api/v1/auth/login", json=body) for _ in range(5)))
    assert [reply.status_code for reply in replies] == [200] * 5


async def test_no_session_begins_with_a_password_that_was_replaced_meanwhile(
    ada: Learner, container: AsyncContainer, database_urls: DatabaseUrls
) -> None:
    start, database = await container.get(StartSession), await container.get(Database)
    user = msgspec.convert(ada.user, User)
    async with database.transaction(user.id) as tx:
        proven = await tx.passwords.get()
        assert proven is not None
        assert (await start(user, proven=proven)).user == user
        replacing = asyncio.create_task(replaced(database, user))
        await asyncio.sleep(0.05)
        assert not replacing.done()
    await replacing
    with pytest.raises(NotAuthenticated):
        await start(user, proven=proven)


async def replaced(database: Database, user: User) -> None:
    async with database.transaction(user.id) as tx:
        assert await tx.passwords.replace("another")
        await tx.commit()


async def test_a_refresh_token_is_good_once_and_its_reuse_ends_the_session(
    client: httpx.AsyncClient, ada: Learner
) -> None:
    first = ada.tokens["refreshToken"]
    rotated = await client.post("/api/v1/auth/refresh", json={"refreshToken": first})
    assert rotated.status_code == 200
    second = rotated.json()["tokens"]["refreshToken"]
    third = (await client.post("/api/v1/auth/refresh", json={"refreshToken": second})).json()["tokens"]
    assert len({first, second, third["refreshToken"]}) == 3
    assert (await client.post("/api/v1/auth/refresh", json={"refreshToken": first})).status_code == 401
    after_theft = await client.post("/api/v1/auth/refresh", json={"refreshToken": third["refreshToken"]})
    assert after_theft.status_code == 401


async def test_two_refreshes_at_once_get_one_child_and_its_use_ends_the_grace(
    client: httpx.AsyncClient, ada: Learner
) -> None:
    async def refreshed(token: str) -> httpx.Response:
        return await client.post("/api/v1/auth/refresh", json={"refreshToken": token})

    first = ada.tokens["refreshToken"]
    replies = await asyncio.gather(*(refreshed(first) for _ in range(4)))
    assert [reply.status_code for reply in replies] == [200] * 4
    (child,) = {reply.json()["tokens"]["refreshToken"] for reply in replies}
    used = await refreshed(child)
    assert used.status_code == 200
    assert (await refreshed(first)).status_code == 401
    assert (await refreshed(used.json()["tokens"]["refreshToken"])).status_code == 401


async def test_logout_ends_the_session_of_its_token_only(client: httpx.AsyncClient, ada: Learner) -> None:
    other = (await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})).json()
    for _ in range(2):
        reply = await client.post("/api/v1/auth/logout", json={"refreshToken": ada.tokens["refreshToken"]})
        assert (reply.status_code, reply.content) == (204, b"")
    gone = await client.post("/api/v1/auth/refresh", json={"refreshToken": ada.tokens["refreshToken"]})
    assert gone.status_code == 401
    stays = await client.post("/api/v1/auth/refresh", json={"refreshToken": other["tokens"]["refreshToken"]})
    assert stays.status_code == 200


async def test_logout_everywhere_ends_all_sessions(client: httpx.AsyncClient, ada: Learner) -> None:
    assert (await ada("POST", "/auth/logout-everywhere")).status_code == 204
    gone = await client.post("/api/v1/auth/refresh", json={"refreshToken": ada.tokens["refreshToken"]})
    assert gone.status_code == 401


async def test_me_can_be_read_and_changed(ada: Learner) -> None:
    me = await ada("GET", "/me")
    assert me.json() == ada.user
    assert me.headers["cache-control"] == "private"
    assert (await ada("GET", "/me", headers={"If-None-Match": me.headers["etag"]})).status_code == 304
    changed = await ada("PATCH", "/me", json={"fullName": "Ada King", "avatarUrl": "https://example.org/a.png"})
    assert changed.json() == ada.user | {"fullName": "Ada King", "avatarUrl": "https://example.org/a.png"}
    assert (await ada.made("PATCH", "/me", json={"avatarUrl": None}))["avatarUrl"] is None
    stale = await ada("PATCH", "/me", json={"fullName": "X"}, headers={"If-Match": me.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "PRECONDITION_FAILED")


async def test_an_erased_account_leaves_no_row_no_blob_and_no_way_in(
    client: httpx.AsyncClient, ada: Learner, tmp_path: object
) -> None:
    file = await ada.upload()
    link = await ada.made("GET", f"/files/{file['id']}/download")
    assert (await client.get(link["downloadUrl"])).status_code == 200
    assert (await ada("DELETE", "/me")).status_code == 204
    assert (await client.get(link["downloadUrl"])).status_code == 404
    assert (await ada("GET", "/me")).status_code == 401
    assert (await ada("POST", "/courses", json={"title": "Ghost"})).status_code == 401
    refreshed = await client.post("/api/v1/auth/refresh", json={"refreshToken": ada.tokens["refreshToken"]})
    assert refreshed.status_code == 401
    login = await client.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
    assert login.status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer not.a.token", "Bearer " + "x" * 5000]
)
async def test_without_a_good_token_every_route_is_401(client: httpx.AsyncClient, header: str) -> None:
    reply = await client.get("/api/v1/me", headers={"Authorization": header})
    assert (reply.status_code, reply.json()["code"]) == (401, "AUTHENTICATION_ERROR")
    assert reply.headers["content-type"] == "application/problem+json"
