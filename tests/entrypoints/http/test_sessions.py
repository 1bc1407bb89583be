"""The devices that somebody is signed in on, over the wire: what is told of them, and how one is signed out."""

from uuid import uuid4

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from tests.entrypoints.http.conftest import PASSWORD, Learner
from tests.entrypoints.http.test_lessons import ready_file
from tests.entrypoints.http.test_passwords import another_device

from learnx.domain.identity import Session
from learnx.entrypoints.http.conditional import etag

pytestmark = pytest.mark.anyio


async def test_sessions_are_told_apart(client: httpx.AsyncClient, ada: Learner) -> None:
    phone = await another_device(client, ada, "Phone\u0007 1.0" + "x" * 500)
    items = (await phone.made("GET", "/me/sessions"))["items"]
    assert [one["current"] for one in items] == [True, False]
    assert items[0]["userAgent"].startswith("Phone") and len(items[0]["userAgent"]) == 200
    assert items[0]["createdAt"] == items[0]["lastUsedAt"] < items[0]["expiresAt"]
    refreshed = await client.post("/api/v1/auth/refresh", json={"refreshToken": phone.tokens["refreshToken"]})
    phone.tokens = refreshed.json()["tokens"]
    after = (await phone.made("GET", "/me/sessions"))["items"]
    assert (after[0]["id"], after[0]["createdAt"]) == (items[0]["id"], items[0]["createdAt"])
    assert after[0]["lastUsedAt"] > items[0]["lastUsedAt"] and after[1] == items[1]
    first = await phone.made("GET", "/me/sessions", params={"limit": 1})
    second = await phone.made("GET", "/me/sessions", params={"limit": 1, "cursor": first["nextCursor"]})
    assert first["items"] + second["items"] == after and second["nextCursor"] is None


async def test_a_device_is_signed_out_from_another_at_once(client: httpx.AsyncClient, ada: Learner) -> None:
    phone = await another_device(client, ada)
    (session,) = [one for one in (await ada.made("GET", "/me/sessions"))["items"] if not one["current"]]
    changed = await ada("DELETE", f"/me/sessions/{session['id']}", headers={"If-Match": '"another"'})
    assert (changed.status_code, changed.json()["code"]) == (412, "PRECONDITION_FAILED")
    unchanged = {"If-Match": etag(msgspec.convert(session, Session))}
    assert (await ada("DELETE", f"/me/sessions/{session['id']}", headers=unchanged)).status_code == 204
    assert (await ada("DELETE", f"/me/sessions/{session['id']}")).status_code == 404
    assert (await phone("GET", "/me")).status_code == 401
    refreshed = await client.post("/api/v1/auth/refresh", json={"refreshToken": phone.tokens["refreshToken"]})
    assert refreshed.status_code == 401
    assert (await ada("GET", "/me")).status_code == 200


async def test_somebody_elses_session_and_none_at_all_are_the_same(ada: Learner, eve: Learner) -> None:
    (hers,) = (await ada.made("GET", "/me/sessions"))["items"]
    for session in (hers["id"], str(uuid4()), "nonsense"):
        for headers in ({}, {"If-Match": "*"}):
            assert (await eve("DELETE", f"/me/sessions/{session}", headers=headers)).status_code == 404
    assert (await ada("GET", "/me")).status_code == 200


@pytest.mark.parametrize("how", ["logout", "logout-everywhere"])
async def test_signing_out_ends_access_tokens_too(client: httpx.AsyncClient, ada: Learner, how: str) -> None:
    body = {"refreshToken": ada.tokens["refreshToken"]} if how == "logout" else None
    assert (await ada("POST", f"/auth/{how}", json=body)).status_code == 204
    assert (await ada("GET", "/me")).status_code == 401


async def test_a_lesson_that_is_remembered_is_not_told_to_a_device_that_was_signed_out(
    client: httpx.AsyncClient, ada: Learner, container: AsyncContainer
) -> None:
    phone = await another_device(client, ada)
    file = await ready_file(ada, container)
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"})
    for _ in range(2):
        assert (await phone("GET", f"/lessons/{lesson['id']}")).status_code == 200
    changed = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
    assert (await ada("POST", "/me/password", json=changed)).status_code == 204
    assert (await phone("GET", f"/lessons/{lesson['id']}")).status_code == 401
    assert (await ada("GET", f"/lessons/{lesson['id']}")).status_code == 200
