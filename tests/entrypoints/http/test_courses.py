"""Courses and modules over the wire."""

import pytest
from tests.entrypoints.http.conftest import Learner

pytestmark = pytest.mark.anyio


async def titles(learner: Learner, path: str) -> list[str]:
    return [item["title"] for item in (await learner.made("GET", path))["items"]]


async def test_a_course_is_made_read_changed_and_listed(ada: Learner) -> None:
    reply = await ada("POST", "/courses", json={"title": "Biology", "color": "#336699"})
    assert reply.status_code == 201
    course = reply.json()
    assert reply.headers["location"] == f"/api/v1/courses/{course['id']}"
    got = await ada("GET", f"/courses/{course['id']}")
    assert got.json() == course
    assert got.headers["etag"] == reply.headers["etag"]
    changed = await ada.made("PATCH", f"/courses/{course['id']}", json={"description": "Life", "color": None})
    assert (changed["description"], changed["color"], changed["title"]) == ("Life", None, "Biology")
    assert changed["updatedAt"] > course["updatedAt"]
    same = await ada.made("PATCH", f"/courses/{course['id']}", json={"description": "Life"})
    assert same == changed


async def test_deleting_archives_and_can_be_undone(ada: Learner) -> None:
    module = await ada.module()
    path = f"/courses/{module['courseId']}"
    for _ in range(2):
        assert (await ada("DELETE", path)).status_code == 204
    assert await titles(ada, "/courses") == []
    assert await titles(ada, "/courses?archived=true") == ["Biology"]
    assert (await ada.made("GET", path))["archived"] is True
    refused = await ada("POST", f"/modules/{module['id']}/files", files={"file": ("a.txt", b"text")})
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    assert (await ada.made("PATCH", path, json={"archived": False}))["archived"] is False
    assert await titles(ada, "/courses") == ["Biology"]


async def test_deleting_for_good_takes_modules_files_and_bytes_along(ada: Learner) -> None:
    module = await ada.module()
    file = await ada.made("POST", f"/modules/{module['id']}/files", files={"file": ("a.txt", b"text")})
    link = await ada.made("GET", f"/files/{file['id']}/download")
    path = f"/courses/{module['courseId']}?permanent=true"
    stale = await ada("DELETE", path, headers={"If-Match": '"another"'})
    assert stale.status_code == 412
    assert (await ada("DELETE", path)).status_code == 204
    assert (await ada("DELETE", path)).status_code == 404
    assert (await ada("GET", f"/modules/{module['id']}")).status_code == 404
    assert (await ada("GET", f"/files/{file['id']}")).status_code == 404
    assert (await ada.client.get(link["downloadUrl"])).status_code == 404


async def test_modules_keep_an_order_that_can_be_changed(ada: Learner) -> None:
    course = (await ada.made("POST", "/courses", json={"title": "Biology"}))["id"]
    path = f"/courses/{course}/modules"
    made = [await ada.made("POST", path, json={"title": title}) for title in "ABCD"]
    assert [module["position"] for module in made] == [0, 1, 2, 3]
    moved = await ada.made("PATCH", f"/modules/{made[3]['id']}", json={"position": 1, "description": "first aid"})
    assert (moved["position"], moved["description"]) == (1, "first aid")
    assert await titles(ada, path) == ["A", "D", "B", "C"]
    assert (await ada.made("PATCH", f"/modules/{made[0]['id']}", json={"position": 99}))["position"] == 3
    assert await titles(ada, path) == ["D", "B", "C", "A"]
    assert (await ada("DELETE", f"/modules/{made[1]['id']}")).status_code == 204
    assert await titles(ada, path) == ["D", "C", "A"]
    assert (await ada.made("GET", f"/courses/{course}"))["moduleCount"] == 3


async def test_pages_are_stable_while_rows_come_and_go(ada: Learner) -> None:
    for number in range(5):
        await ada.made("POST", "/courses", json={"title": str(number)})
    first = await ada.made("GET", "/courses?limit=2")
    assert [course["title"] for course in first["items"]] == ["4", "3"]
    await ada.made("POST", "/courses", json={"title": "new"})
    await ada("DELETE", f"/courses/{first['items'][1]['id']}?permanent=true")
    second = await ada.made("GET", f"/courses?limit=2&cursor={first['nextCursor']}")
    third = await ada.made("GET", f"/courses?limit=2&cursor={second['nextCursor']}")
    assert [course["title"] for course in second["items"] + third["items"]] == ["2", "1", "0"]
    assert third["nextCursor"] is None
    other_list = await ada("GET", f"/courses?archived=true&cursor={first['nextCursor']}")
    assert other_list.status_code == 422
