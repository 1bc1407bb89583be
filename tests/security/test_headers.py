"""What every reply tells browsers, who may call from another page, and what is never told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner, ada, app, client, container, served, settings

from learnx.application.identity import GetUser
from learnx.entrypoints.http.app import create_app
from learnx.settings import Settings, SettingsError, read_settings

__all__ = ["ada", "app", "client", "container", "settings"]

pytestmark = pytest.mark.anyio

PAGE = "https://app.example.org"
FIXED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with app.lifespan(), served(app) as here, httpx.AsyncClient(base_url=here.address) as browser:
        yield browser


async def test_every_reply_has_them_whatever_it_is(app: Litestar, ada: Learner) -> None:
    await ada.upload()
    async with served(app) as here, httpx.AsyncClient(base_url=here.address) as browser:
        bearer = {"Authorization": f"Bearer {ada.tokens['accessToken']}"}
        replies = [
            await browser.request(method, path, headers=bearer)
            for method, path in (
                ("GET", "/api/v1/me"),
                ("HEAD", "/api/v1/me"),
                ("OPTIONS", "/api/v1/me"),
                ("TRACE", "/api/v1/me"),
                ("GET", "/api/v1/files"),
                ("GET", "/api/v1/courses/nothing"),
                ("POST", "/api/v1/courses"),
                ("GET", "/api/v1/me/export"),
                ("GET", "/nowhere"),
                ("GET", "/"),
                ("GET", "/schema"),
                ("GET", "/schema/openapi.json"),
                ("GET", "/health/live"),
                ("GET", "/%ff%00"),
            )
        ]
    for reply in replies:
        shown = (reply.request.method, str(reply.url))
        assert {name: reply.headers.get(name) for name in FIXED} == FIXED, shown
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"], shown
        assert "script" not in reply.headers["content-security-policy"], shown
        assert "server" not in reply.headers and "strict-transport-security" not in reply.headers, shown
        for header in reply.headers:
            assert len(reply.headers.get_list(header)) == 1, (shown, header)
        if "/api/" in str(reply.url):
            assert reply.headers["cache-control"] in {"private", "no-store"}, shown


async def test_behind_https_browsers_are_told_to_use_nothing_else(settings: Settings) -> None:
    async with running(msgspec.structs.replace(settings, public_url="https://learn.example.org")) as browser:
        reply = await browser.get("/health/live")
    assert reply.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


async def test_without_configured_origins_no_page_may_call(client: httpx.AsyncClient) -> None:
    for method in ("GET", "OPTIONS"):
        asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
        reply = await client.request(method, "/api/v1/me", headers=asked)
        assert not [name for name in reply.headers if name.startswith("access-control")]


async def test_pages_of_exactly_the_configured_origins_may_call(settings: Settings) -> None:
    async with running(msgspec.structs.replace(settings, cors_origins=(PAGE,))) as browser:
        asked = {
            "Origin": PAGE,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key, if-match, last-event-id",
        }
        preflight = await browser.options("/api/v1/me", headers=asked)
        assert preflight.is_success
        assert preflight.headers["access-control-allow-origin"] == PAGE
        allowed = preflight.headers["access-control-allow-headers"].lower()
        for name in ("authorization", "content-type", "idempotency-key", "if-match", "last-event-id"):
            assert name in allowed
        assert "access-control-allow-credentials" not in preflight.headers
        reply = await browser.get("/api/v1/me", headers={"Origin": PAGE})
        assert reply.status_code == 401
        assert reply.headers["access-control-allow-origin"] == PAGE
        exposed = reply.headers["access-control-expose-headers"].split(", ")
        told = {
            "ETag",
            "Location",
            "Retry-After",
            "RateLimit",
            "RateLimit-Policy",
            "X-Request-ID",
            "Idempotency-Replayed",
        }
        assert told <= set(exposed)
        for other in (
            "https://app.example.org.evil.example",
            "https://evil.example",
            "http://app.example.org",
            "https://app.example.org:444",
            "https://appxexample.org",
            "null",
            "*",
        ):
            foreign = await browser.get("/api/v1/me", headers={"Origin": other})
            assert "access-control-allow-origin" not in foreign.headers, other
            preflight = await browser.options("/api/v1/me", headers=asked | {"Origin": other})
            assert "access-control-allow-origin" not in preflight.headers, other


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "app.example.org", "https://app.example.org/", "https://app.example.org/x", "https://*.example.org"],
)
def test_an_origin_that_is_none_is_one_line_at_start(origin: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"LEARNX_CORS_ORIGINS": f"{PAGE},{origin}"})
    assert str(refused.value).splitlines() == [
        f"LEARNX_CORS_ORIGINS={origin} does not fit: use origins such as https://app.example.org, without path or *."
    ]


@pytest.mark.parametrize("url", ["learn.example.org", "https://learn.example.org/x", "ftp://learn.example.org"])
def test_a_public_address_that_is_none_is_one_line_at_start(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"LEARNX_PUBLIC_URL": url})
    assert len(str(refused.value).splitlines()) == 1


async def test_a_failure_that_nobody_foresaw_tells_nothing_of_itself(
    ada: Learner, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("the secret of table users in /srv/learnx")

    monkeypatch.setattr(GetUser, "__call__", fails)
    reply = await ada("GET", "/me")
    assert (reply.status_code, reply.json()["code"]) == (500, "SERVER_ERROR")
    for told in ("RuntimeError", "secret", "users", "/srv", "Traceback", ".py"):
        assert told not in reply.text


async def test_no_link_is_made_of_the_host_of_a_request(ada: Learner) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    made = await ada("POST", "/files", files={"file": ("a.md", b"# A\n\nText.\n")}, headers=evil)
    file = made.json()["id"]
    replies = [
        made,
        await ada("GET", f"/files/{file}/download", headers=evil),
        await ada("POST", "/stream-tickets", json={"path": f"/api/v1/files/{file}/events"}, headers=evil),
        await ada.client.get("/", headers=evil),
    ]
    assert made.headers["location"] == f"/api/v1/files/{file}"
    for reply in replies:
        assert "evil" not in reply.text and "evil" not in str(reply.headers)
