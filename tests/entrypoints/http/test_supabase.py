"""Users whom Supabase signs in, over the wire."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec
import pytest
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import Documented, sign_up
from tests.fakes.identity_provider import IdentityProvider, identity_provider

from learnx.bootstrap import make_container
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.http.openapi import complete
from learnx.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as provider:
        provider.new_key()
        yield provider


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, make_container(settings))
    async with app.lifespan():
        documented = Documented(app)
        transport = httpx.ASGITransport(documented)
        async with httpx.AsyncClient(transport=transport, base_url="http://learnx.test/api/v1") as client:
            yield client
        assert documented.undocumented == set()


@pytest.fixture
async def supabase(settings: Settings, provider: IdentityProvider) -> AsyncIterator[httpx.AsyncClient]:
    changed = msgspec.structs.replace(settings, auth_provider="supabase", supabase_url=provider.address)
    async with running(changed) as client:
        yield client


async def me(client: httpx.AsyncClient, provider: IdentityProvider, **claims: Any) -> httpx.Response:
    token = provider.token(provider.published[0]["kid"], **claims)
    return await client.get("/me", headers={"Authorization": f"Bearer {token}"})


async def test_the_first_request_makes_the_user(supabase: httpx.AsyncClient, provider: IdentityProvider) -> None:
    subject, picture = str(uuid4()), "https://example.org/ada.png"
    about = {"full_name": "Ada Lovelace", "avatar_url": picture}
    first = await me(supabase, provider, sub=subject, user_metadata=about)
    assert first.status_code == 200
    user = first.json()
    assert (user["email"], user["fullName"], user["avatarUrl"]) == ("ada@example.org", "Ada Lovelace", picture)
    assert user["id"] != subject and not user["emailVerified"]
    assert (await me(supabase, provider, sub=subject)).json()["id"] == user["id"]


@pytest.mark.parametrize(
    ("claims", "shown"),
    [
        ({"user_metadata": None}, "ada"),
        ({"user_metadata": {"name": " Grace\x00\u202e Hopper\ud800 "}}, "Grace Hopper"),
        ({"user_metadata": {"full_name": 7, "avatar_url": "javascript:alert(1)"}}, "ada"),
        ({"user_metadata": {"full_name": "x" * 1000}}, "x" * 200),
        ({"user_metadata": [], "email": None}, "Learner"),
        ({"user_metadata": {}, "email": ""}, "Learner"),
    ],
)
async def test_what_people_set_there_is_made_fit_to_be_kept(
    supabase: httpx.AsyncClient, provider: IdentityProvider, claims: dict[str, Any], shown: str
) -> None:
    reply = await me(supabase, provider, **claims)
    assert (reply.status_code, reply.json()["fullName"], reply.json()["avatarUrl"]) == (200, shown, None)


async def test_an_email_address_links_nobody(settings: Settings, provider: IdentityProvider) -> None:
    async with running(settings) as client:
        client.base_url = httpx.URL("http://learnx.test")
        local = await sign_up(client)
    changed = msgspec.structs.replace(settings, auth_provider="supabase", supabase_url=provider.address)
    async with running(changed) as client:
        here = (await me(client, provider, email=local.email)).json()
        there = (await me(client, provider, email=local.email)).json()
        assert len({here["id"], there["id"], local.user["id"]}) == 3
        ours = await client.get("/me", headers={"Authorization": f"Bearer {local.tokens['accessToken']}"})
        assert ours.status_code == 401


async def test_a_newer_token_tells_the_address_and_an_older_one_does_not(
    supabase: httpx.AsyncClient, provider: IdentityProvider
) -> None:
    subject, now = str(uuid4()), int(time.time())
    for issued, email, kept in (
        (now - 20, "a@x.org", "a@x.org"),
        (now, "b@x.org", "b@x.org"),
        (now - 20, "a@x.org", "b@x.org"),
    ):
        assert (await me(supabase, provider, sub=subject, iat=issued, email=email)).json()["email"] == kept


async def test_an_erased_user_comes_back_by_a_newer_token_alone(
    supabase: httpx.AsyncClient, provider: IdentityProvider, database_urls: DatabaseUrls
) -> None:
    subject, now = str(uuid4()), int(time.time())
    first = await me(supabase, provider, sub=subject, iat=now - 100)
    token = first.request.headers["authorization"]
    assert (await supabase.delete("/me", headers={"Authorization": token})).status_code == 204
    assert (await supabase.get("/me", headers={"Authorization": token})).status_code == 401
    for issued in (now - 99, now + 5):
        refused = await me(supabase, provider, sub=subject, iat=issued)
        assert (refused.status_code, refused.json()["code"]) == (401, "AUTHENTICATION_ERROR")
    assert await users(database_urls) == 0
    await as_owner(database_urls, "UPDATE erased_identities SET erased_at = erased_at - interval '1 minute'")
    assert (await me(supabase, provider, sub=subject, iat=now - 99)).status_code == 401
    again = await me(supabase, provider, sub=subject, iat=now + 6)
    assert again.status_code == 200 and again.json()["id"] != first.json()["id"]


async def test_what_is_kept_of_an_erased_user_ends_when_no_token_can_be_as_old(
    supabase: httpx.AsyncClient, provider: IdentityProvider, database_urls: DatabaseUrls
) -> None:
    first = await me(supabase, provider)
    await supabase.delete("/me", headers={"Authorization": first.request.headers["authorization"]})
    await as_owner(database_urls, "UPDATE erased_identities SET erased_at = erased_at - interval '9 days'")
    assert (await me(supabase, provider)).status_code == 200
    assert await as_owner(database_urls, "SELECT count(*) FROM erased_identities") == 0


async def test_before_any_key_was_seen_nobody_is_refused_for_good(
    settings: Settings, provider: IdentityProvider
) -> None:
    provider.broken = 500
    changed = msgspec.structs.replace(settings, auth_provider="supabase", supabase_url=provider.address)
    async with running(changed) as client:
        reply = await me(client, provider)
        assert (reply.status_code, reply.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        lesson = await client.get(f"/lessons/{uuid4()}", headers=reply.request.headers)
        assert lesson.status_code == 503


async def test_the_document_lists_what_there_is(settings: Settings, provider: IdentityProvider) -> None:
    changed = msgspec.structs.replace(settings, auth_provider="supabase", supabase_url=provider.address)
    app = create_app(changed, make_container(changed))
    async with app.lifespan():
        assert not [path for path in complete(app)["paths"] if "/auth/" in path or "sessions" in path]


async def users(urls: DatabaseUrls) -> int:
    return await as_owner(urls, "SELECT count(*) FROM users")


async def as_owner(urls: DatabaseUrls, statement: str) -> int:
    connection = await asyncpg.connect(urls.admin)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()
