"""Tokens that nobody of ours issued are refused by the running service, whoever signs users in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import httpx
import jwt
import msgspec
import pytest
from tests.entrypoints.http.conftest import PASSWORD, served, settings
from tests.fakes.identity_provider import IdentityProvider, identity_provider
from tests.security.forgeries import EC_KEY, other_keys, swapped, unsigned, wrong_claims

from learnx.adapters import tokens
from learnx.adapters.tokens import JwtAccessTokens
from learnx.domain.identity import Principal
from learnx.entrypoints.http.app import create_app
from learnx.settings import Secret, Settings

__all__ = ["settings"]

pytestmark = pytest.mark.anyio

UNKNOWN_KEYS, REFRESHES, FIRST_REQUESTS = 1_000, 50, 50
LEGACY_SECRET = "a secret of the project that is long enough"


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The service on a real server; who is not signed in may ask as often as a forger would."""
    plans = settings.data_dir / "plans.toml"
    plans.write_text("[unlimited]\n[strangers]\nrequests_per_minute = 1000000\n")
    app = create_app(msgspec.structs.replace(settings, plans=plans))
    async with (
        app.lifespan(),
        served(app) as server,
        httpx.AsyncClient(base_url=f"{server.address}/api/v1", timeout=60) as client,
    ):
        yield client


def trusting(settings: Settings, provider: IdentityProvider, *, legacy: bool = False) -> Settings:
    secret = Secret(LEGACY_SECRET) if legacy else None
    return msgspec.structs.replace(
        settings, auth_provider="supabase", supabase_url=provider.address, supabase_jwt_secret=secret
    )


async def asked(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/me", headers={"Authorization": f"Bearer {token}"})


async def all_refused(client: httpx.AsyncClient, forgeries: Iterable[tuple[str, str]]) -> None:
    for name, token in forgeries:
        reply = await asked(client, token)
        assert (reply.status_code, reply.json()["code"]) == (401, "AUTHENTICATION_ERROR"), (name, token[:200])
        assert reply.headers["www-authenticate"] == "Bearer"


async def test_a_forged_token_of_ours_is_refused(settings: Settings) -> None:
    key = tokens._derived(settings.secret_key.reveal(), "access-tokens")

    def signed(**changed: object) -> str:
        return jwt.encode({k: v for k, v in (claims | changed).items() if v is not None}, key, "HS256")

    async with running(settings) as client:
        body = {"email": "ada@example.org", "password": PASSWORD, "fullName": "Ada"}
        registered = (await client.post("/auth/register", json=body)).json()
        good = registered["tokens"]["accessToken"]
        claims = jwt.decode(good, options={"verify_signature": False})
        assert (await asked(client, good)).status_code == (await asked(client, signed())).status_code == 200
        await all_refused(client, wrong_claims(signed))
        await all_refused(client, unsigned(good))
        await all_refused(client, other_keys(claims))
        await all_refused(
            client,
            {
                "the secret itself as key": jwt.encode(claims, settings.secret_key.reveal(), "HS256"),
                "HS512": jwt.encode(claims, key, "HS512"),
                "HS384": jwt.encode(claims, key, "HS384"),
                "no id as subject": signed(sub="ada"),
                "no id as session": signed(sid="this one"),
                "a session that there is not": signed(sid=str(uuid4())),
                "a user that there is not": signed(sub=str(uuid4()), sid=None),
                "a link's token": jwt.encode(claims, tokens._derived(settings.secret_key.reveal(), "links"), "HS256"),
            }.items(),
        )
        assert (await asked(client, good)).status_code == 200


@pytest.mark.parametrize("legacy", [False, True])
async def test_a_forged_token_of_the_identity_provider_is_refused(settings: Settings, legacy: bool) -> None:
    async with identity_provider() as provider, running(trusting(settings, provider, legacy=legacy)) as client:
        elliptic, rsa = provider.new_key("ES256"), provider.new_key("RS256")
        for key_id in (elliptic, rsa):
            assert (await asked(client, provider.token(key_id))).status_code == 200
            await all_refused(client, wrong_claims(lambda key_id=key_id, **changed: provider.token(key_id, **changed)))
            await all_refused(client, unsigned(provider.token(key_id)))
            await all_refused(client, other_keys(provider.claims(), key_id))
        await all_refused(client, swapped(provider))
        now = datetime.now(UTC)
        ours = JwtAccessTokens(settings.secret_key.reveal(), lambda: now).issue(Principal(user_id=uuid4()))
        await all_refused(
            client,
            {
                "anon": provider.token(elliptic, role="anon"),
                "service_role": provider.token(elliptic, role="service_role"),
                "no role": provider.token(elliptic, role=None),
                "issued in an hour": provider.token(elliptic, iat=now + timedelta(hours=1)),
                "for longer than is possible": provider.token(elliptic, exp=now + timedelta(days=8)),
                "no key id": jwt.encode(provider.claims(), provider.private[elliptic], "ES256"),
                "a path as key id": jwt.encode(
                    provider.claims(), provider.private[elliptic], "ES256", headers={"kid": "../../keys"}
                ),
                "one of ours": ours,
                "as weak a secret": jwt.encode(provider.claims(), "x" * 32, "HS256"),
            }.items(),
        )
        signed_by_secret = jwt.encode(provider.claims(), LEGACY_SECRET, "HS256", headers={"kid": elliptic})
        assert (await asked(client, signed_by_secret)).status_code == (200 if legacy else 401)
        if legacy:
            by_secret = partial(jwt.encode, key=LEGACY_SECRET, algorithm="HS256")
            await all_refused(client, wrong_claims(lambda **changed: by_secret(provider.claims(**changed))))
        assert provider.fetches == 1


async def test_unknown_keys_are_worth_one_look_at_the_provider(settings: Settings) -> None:
    async with identity_provider() as provider, running(trusting(settings, provider)) as client:
        good = provider.token(provider.new_key())
        assert (await asked(client, good)).status_code == 200

        def unknown(number: int) -> str:
            return jwt.encode(provider.claims(), EC_KEY, "ES256", headers={"kid": str(number)})

        statuses: Counter[int] = Counter()
        for first in range(0, UNKNOWN_KEYS, 50):
            replies = await asyncio.gather(*(asked(client, unknown(first + one)) for one in range(50)))
            statuses.update(reply.status_code for reply in replies)
        assert statuses == {401: UNKNOWN_KEYS}
        assert provider.fetches == 1
        assert (await asked(client, good)).status_code == 200


async def test_of_refreshes_at_once_one_family_lives_until_a_later_replay(settings: Settings) -> None:
    async with running(settings) as client:
        body = {"email": "ada@example.org", "password": PASSWORD, "fullName": "Ada"}
        first = (await client.post("/auth/register", json=body)).json()["tokens"]["refreshToken"]

        async def refreshed(token: str) -> httpx.Response:
            return await client.post("/auth/refresh", json={"refreshToken": token})

        replies = await asyncio.gather(*(refreshed(first) for _ in range(REFRESHES)))
        assert Counter(reply.status_code for reply in replies) == {200: REFRESHES}
        (child,) = {reply.json()["tokens"]["refreshToken"] for reply in replies}
        access = replies[0].json()["tokens"]["accessToken"]
        sessions = await client.get("/me/sessions", headers={"Authorization": f"Bearer {access}"})
        assert [one["current"] for one in sessions.json()["items"]] == [True]

        grandchild = (await refreshed(child)).json()["tokens"]
        assert (await asked(client, grandchild["accessToken"])).status_code == 200
        assert (await refreshed(first)).status_code == 401
        assert (await refreshed(grandchild["refreshToken"])).status_code == 401
        for token in (access, grandchild["accessToken"]):
            assert (await asked(client, token)).status_code == 401


async def test_where_another_provider_signs_in_there_is_no_refreshing_here(settings: Settings) -> None:
    async with identity_provider() as provider, running(trusting(settings, provider)) as client:
        good = {"Authorization": f"Bearer {provider.token(provider.new_key())}"}
        for path in (
            "/auth/register",
            "/auth/login",
            "/auth/refresh",
            "/auth/logout",
            "/auth/logout-everywhere",
            "/auth/password-reset",
            "/auth/password-reset/confirm",
            "/auth/verify-email",
            "/me/password",
            "/me/verification-mail",
        ):
            replies = [await client.post(path, json={}, headers=headers) for headers in ({}, good)]
            assert [reply.status_code for reply in replies] == [404, 404], path
        assert (await client.get("/me/sessions", headers=good)).status_code == 404


async def test_of_first_requests_at_once_there_is_one_user(settings: Settings) -> None:
    async with identity_provider() as provider, running(trusting(settings, provider)) as client:
        key_id, subject = provider.new_key("RS256"), str(uuid4())
        replies = await asyncio.gather(
            *(asked(client, provider.token(key_id, sub=subject, n=number)) for number in range(FIRST_REQUESTS))
        )
        assert Counter(reply.status_code for reply in replies) == {200: FIRST_REQUESTS}
        (user,) = {reply.json()["id"] for reply in replies}
        assert UUID(user) != UUID(subject)
        other = (await asked(client, provider.token(key_id))).json()
        assert other["email"] == replies[0].json()["email"] and other["id"] != user
