"""A ticket opens one stream to one user for an hour, and nothing else to anybody."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import pytest
import structlog
from dishka import AsyncContainer
from litestar import Litestar
from tests.entrypoints.http.conftest import Learner, served
from tests.entrypoints.http.test_lessons import ready_file

from learnx.adapters.tokens import JwtLinkSigner
from learnx.application.stream_tickets import IssueTicket
from learnx.domain.identity import Principal
from learnx.settings import Settings, signing_key

pytestmark = pytest.mark.anyio


def stream_of(file: dict[str, Any]) -> str:
    return f"/api/v1/ai/personalize/stream?fileId={file['id']}&persona=off"


async def ticket(learner: Learner, path: str) -> dict[str, Any]:
    return await learner.made("POST", "/stream-tickets", json={"path": path})


async def test_it_opens_its_stream_without_a_bearer_and_again_where_it_broke_off(
    ada: Learner, container: AsyncContainer, app: Litestar
) -> None:
    file = await ready_file(ada, container)
    given = await ticket(ada, stream_of(file))
    assert given["url"] == f"{stream_of(file)}&{urlencode({'ticket': given['ticket']})}"
    left = datetime.fromisoformat(given["expiresAt"]) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    async with served(app) as here, httpx.AsyncClient(base_url=here.address) as browser:
        with structlog.testing.capture_logs() as lines:
            whole = await browser.get(given["url"])
            ids = [line[4:] for line in whole.text.splitlines() if line.startswith("id: ")]
            rest = await browser.get(given["url"], headers={"Last-Event-ID": ids[2]})
            over = await browser.get(given["url"], headers={"Last-Event-ID": ids[-1]})
    assert (whole.status_code, rest.status_code, over.status_code) == (200, 200, 204)
    assert '"type":"complete"' in whole.text
    assert whole.text.endswith(rest.text) and f"id: {ids[3]}" in rest.text.splitlines()[0]
    assert given["ticket"] not in str(lines)


async def test_it_opens_a_stream_without_a_query(ada: Learner, container: AsyncContainer, client: Any) -> None:
    file = await ready_file(ada, container)
    given = await ticket(ada, f"/api/v1/files/{file['id']}/events")
    assert '"type":"complete"' in (await client.get(given["url"])).text


async def test_it_opens_nothing_else(
    ada: Learner, eve: Learner, container: AsyncContainer, client: httpx.AsyncClient
) -> None:
    file = await ready_file(ada, container)
    own, of_eve = await ticket(ada, stream_of(file)), await ticket(eve, stream_of(file))
    good = {"ticket": own["ticket"]}
    for path in (
        f"/api/v1/files/{file['id']}/events",
        f"/api/v1/files/{file['id']}",
        "/api/v1/me",
        f"{stream_of(file)}&focus=cells",
        f"/api/v1/ai/personalize/stream?persona=off&fileId={file['id']}",
        "/api/v1/ai/personalize/stream",
    ):
        separator = "&" if "?" in path else "?"
        reply = await client.get(f"{path}{separator}{urlencode(good)}")
        assert (reply.status_code, reply.json()["code"]) == (401, "AUTHENTICATION_ERROR"), path
    asked = {"fileId": file["id"], "persona": "off"}
    posted = await client.post(f"/api/v1/ai/personalize?{urlencode(good)}", json=asked)
    assert posted.status_code == 401
    assert (await client.get(f"{own['url']}&ticket={own['ticket']}")).status_code == 401
    assert (await client.get(own["url"][:-2])).status_code == 401
    assert (await client.get(of_eve["url"])).status_code == 404, "it is no stream of hers"
    assert (await ada("GET", own["url"].removeprefix("/api/v1"))).status_code == 422, "a bearer needs none"


async def test_a_link_is_no_ticket_and_a_ticket_no_link(
    ada: Learner, container: AsyncContainer, client: httpx.AsyncClient
) -> None:
    file = await ready_file(ada, container)
    link = (await ada.made("GET", f"/files/{file['id']}/download"))["downloadUrl"].rpartition("/")[2]
    given = await ticket(ada, stream_of(file))
    assert (await client.get(f"{stream_of(file)}&ticket={link}")).status_code == 401
    assert (await client.get(f"{stream_of(file)}&ticket={ada.tokens['accessToken']}")).status_code == 401
    assert (await client.get(f"/api/v1/blobs/{given['ticket']}")).status_code == 404
    assert (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {given['ticket']}"})).status_code == 401


async def test_it_ends_after_an_hour(
    ada: Learner, container: AsyncContainer, client: httpx.AsyncClient, settings: Settings
) -> None:
    file = await ready_file(ada, container)
    path, _, query = stream_of(file).partition("?")
    for age, status in ((timedelta(minutes=59), 200), (timedelta(minutes=60, seconds=1), 401)):

        def then(age: timedelta = age) -> datetime:
            return datetime.now(UTC) - age

        clock: Callable[[], datetime] = then
        signer = JwtLinkSigner(signing_key(settings).reveal(), clock, purpose="stream tickets")
        given = IssueTicket(signer, clock)(Principal(user_id=UUID(ada.user["id"])), path, query)
        assert (await client.get(given.url)).status_code == status


@pytest.mark.parametrize("end", [("POST", "/auth/logout-everywhere"), ("DELETE", "/me")])
async def test_it_ends_with_the_session_and_with_the_account(
    ada: Learner, container: AsyncContainer, client: httpx.AsyncClient, end: tuple[str, str]
) -> None:
    given = await ticket(ada, stream_of(await ready_file(ada, container)))
    assert (await client.get(given["url"])).status_code == 200
    assert (await ada(*end)).status_code == 204
    assert (await client.get(given["url"])).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/me",
        "/api/v1/nowhere",
        "/api/v1/ai/personalize",
        "/api/v1/ai/personalize/stream/",
        "//api/v1/ai/personalize/stream",
        "/api/v1/ai/../ai/personalize/stream",
        "/api/v1/me/export",
        "/health/live",
        "https://evil.example/api/v1/ai/personalize/stream",
        "/api/v1/ai/personalize/stream?ticket=x",
        "/api/v1/ai/personalize/stream#x",
        "/api/v1/ai/personalize/stream?a b",
        "",
    ],
)
async def test_only_streams_have_tickets(ada: Learner, path: str) -> None:
    reply = await ada("POST", "/stream-tickets", json={"path": path})
    assert (reply.status_code, [error["pointer"] for error in reply.json()["errors"]]) == (422, ["/path"])


async def test_a_stream_that_is_gone_is_not_found_with_a_ticket_either(ada: Learner, client: httpx.AsyncClient) -> None:
    file = await ada.upload()
    given = await ticket(ada, f"/api/v1/files/{file['id']}/events")
    await ada("DELETE", f"/files/{file['id']}")
    assert (await client.get(given["url"])).status_code == 404
