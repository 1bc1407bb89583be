"""Whatever is sent, the answer is the right problem+json, never a 500: one table of what is refused, and how."""

import re
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.entrypoints.http.conftest import Learner

from learnx.domain.errors import InvalidInput
from learnx.domain.personas import Persona
from learnx.entrypoints.http.input import Malformed, exact, parsed
from learnx.entrypoints.http.lists import BY_TIME, Paging

pytestmark = pytest.mark.anyio

UNKNOWN = "01a20000-0000-7000-8000-000000000000"
LONG = "x" * 101
SHORTEST: dict[str, Any] = {"interests": {"primary": ["chess"]}}


def check_problem(reply: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = reply.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:learnx:problem:{code.lower().replace('_', '-')}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["requestId"] == reply.headers["x-request-id"]
    assert problem["instance"] == f"urn:learnx:request:{problem['requestId']}"
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", problem["detail"]), "detail names no id"
    return problem


def check_words(problem: dict[str, Any]) -> None:
    for error in problem["errors"]:
        assert error["detail"]
        assert not re.search(r"[`\\^\[\]]|regex|Expected|\b(int|str|float|bool|array)\b", error["detail"]), error


#: Method, path, body, and the pointer of the first error.
INVALID_BODIES = [
    ("PUT", "/persona", {}, "/interests"),
    ("PUT", "/persona", {"interests": {"primary": []}}, "/interests/primary"),
    ("PUT", "/persona", {"interests": {"primary": ["a"] * 6}}, "/interests/primary"),
    ("PUT", "/persona", {"interests": {"primary": [LONG]}}, "/interests/primary/0"),
    ("PUT", "/persona", {"interests": {"primary": [""]}}, "/interests/primary/0"),
    ("PUT", "/persona", {"interests": {"primary": ["  "]}}, "/interests/primary/0"),
    ("PUT", "/persona", {"interests": {"primary": ["go", "\u200b"]}}, "/interests/primary/1"),
    ("PUT", "/persona", {"interests": {"primary": ["go", "Go"]}}, "/interests/primary/1"),
    ("PUT", "/persona", {"interests": {"primary": ["a", 1]}}, "/interests/primary/1"),
    ("PUT", "/persona", {"interests": {"primary": ["nul\0"]}}, "/interests/primary/0"),
    ("PUT", "/persona", {"interests": {"primary": "chess"}}, "/interests/primary"),
    ("PUT", "/persona", {"interests": {"primary": ["a"], "secondary": ["b"] * 6}}, "/interests/secondary"),
    ("PUT", "/persona", {"interests": {"primary": ["a"], "learningTopics": ["b"] * 11}}, "/interests/learningTopics"),
    ("PUT", "/persona", SHORTEST | {"surprise": 1}, "/surprise"),
    ("PUT", "/persona", SHORTEST | {"a/b~c": 1}, "/a~1b~0c"),
    ("PUT", "/persona", {"interests": {"primary": ["a"], "hobby": "b"}}, "/interests/hobby"),
    ("PUT", "/persona", SHORTEST | {"language": "not a tag"}, "/language"),
    ("PUT", "/persona", SHORTEST | {"learningStyle": {"strength": 1.1}}, "/learningStyle/strength"),
    ("PUT", "/persona", SHORTEST | {"learningStyle": {"strength": "0.5"}}, "/learningStyle/strength"),
    ("PUT", "/persona", SHORTEST | {"learningStyle": {"primary": "telepathic"}}, "/learningStyle/primary"),
    (
        "PUT",
        "/persona",
        SHORTEST | {"contentPreferences": {"examplesPerConcept": 6}},
        "/contentPreferences/examplesPerConcept",
    ),
    ("PUT", "/persona", SHORTEST | {"professional": {"technicalLevel": "wizard"}}, "/professional/technicalLevel"),
    ("PUT", "/persona", SHORTEST | {"professional": {"experienceYears": 10**30}}, "/professional/experienceYears"),
    ("PUT", "/persona", SHORTEST | {"communication": None}, "/communication"),
    ("PUT", "/persona", [SHORTEST], ""),
    ("PUT", "/persona", "chess", ""),
    ("POST", "/courses", {}, "/title"),
    ("POST", "/courses", {"title": ""}, "/title"),
    ("POST", "/courses", {"title": "   "}, "/title"),
    ("POST", "/courses", {"title": "x" * 201}, "/title"),
    ("POST", "/courses", {"title": "x", "color": "red"}, "/color"),
    ("POST", "/courses", {"title": "x", "archived": True}, "/archived"),
    ("POST", "/courses", {"title": "x", "owner": UNKNOWN}, "/owner"),
    ("PATCH", "/me", {"fullName": None}, "/fullName"),
    ("PATCH", "/me", {"email": "new@example.org"}, "/email"),
    ("PATCH", "/me", {"avatarUrl": "javascript:alert(1)"}, "/avatarUrl"),
    ("POST", "/auth/register", {"email": "no-at", "password": "long enough", "fullName": "A"}, "/email"),
    ("POST", "/auth/register", {"email": "a@b.org", "password": "short", "fullName": "A"}, "/password"),
    ("POST", "/auth/register", {"email": "a@b.org", "password": "x" * 257, "fullName": "A"}, "/password"),
    ("POST", "/auth/register", {"email": "a@b.org", "password": "long enough"}, "/fullName"),
    ("POST", "/auth/login", {"email": "a@b.org", "password": 5}, "/password"),
    ("POST", "/auth/refresh", {"refreshToken": ""}, "/refreshToken"),
    ("POST", "/ai/personalize", {}, "/fileId"),
    ("POST", "/ai/personalize", {"fileId": "x"}, "/fileId"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "sections": []}, "/sections"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "sections": ["poem"]}, "/sections/0"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "sections": ["summary", "summary"]}, "/sections"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "focus": "x" * 201}, "/focus"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "focus": " "}, "/focus"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "targetMinutes": 61}, "/targetMinutes"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "persona": "maybe"}, "/persona"),
    ("POST", "/ai/personalize", {"fileId": UNKNOWN, "fresh": "true"}, "/fresh"),
]


async def test_a_body_that_does_not_fit_is_422_with_a_pointer(ada: Learner) -> None:
    for method, path, body, pointer in INVALID_BODIES:
        problem = check_problem(await ada(method, path, json=body), 422, "VALIDATION_ERROR")
        assert problem["errors"][0]["pointer"] == pointer, (path, body, problem)
        check_words(problem)


UNREADABLE = [b"", b"{", b"nonsense", b'{"title": "\xff"}', b"[" * 100_000, b'{"title": "\\ud800"}', b'{"title": NaN}']


async def test_a_body_that_can_not_be_parsed_is_400(ada: Learner) -> None:
    for body in UNREADABLE:
        reply = await ada("POST", "/courses", content=body, headers={"Content-Type": "application/json"})
        check_problem(reply, 400, "MALFORMED_REQUEST")


async def test_other_media_types_and_sizes_are_refused(ada: Learner) -> None:
    form = await ada("POST", "/courses", data={"title": "x"})
    check_problem(form, 415, "UNSUPPORTED_MEDIA_TYPE")
    large = await ada("POST", "/courses", json={"title": "x" * 2_000_000})
    check_problem(large, 413, "PAYLOAD_TOO_LARGE")


async def test_what_takes_no_body_ignores_none(ada: Learner) -> None:
    file = await ada.upload()
    for path in (f"/files/{file['id']}/reprocess", "/auth/logout-everywhere"):
        problem = check_problem(await ada("POST", path, json={"force": True}), 422, "VALIDATION_ERROR")
        assert [error["pointer"] for error in problem["errors"]] == ["/force"]
        check_problem(await ada("POST", path, content=b"nonsense"), 400, "MALFORMED_REQUEST")
    assert (await ada("POST", "/auth/logout-everywhere", json={})).status_code == 204


#: Path, and the parameter that is wrong in it.
INVALID_QUERIES = [
    ("/courses?limit=0", "limit"),
    ("/courses?limit=101", "limit"),
    ("/courses?limit=ten", "limit"),
    ("/courses?limit=1&limit=2", "limit"),
    ("/courses?archived=perhaps", "archived"),
    ("/courses?surprise=1", "surprise"),
    ("/courses?cursor=", "cursor"),
    ("/courses?cursor=%00", "cursor"),
    ("/courses?cursor=bm9uc2Vuc2U", "cursor"),
    ("/courses?cursor=%F0%9F%98%80", "cursor"),
    ("/files?status=lost", "status"),
    ("/me?verbose=1", "verbose"),
    ("/persona/history?limit=-1", "limit"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&sections=", "sections"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&sections=summary,poem", "sections"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&sections=summary,summary", "sections"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&targetMinutes=0", "targetMinutes"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&persona=me", "persona"),
    (f"/ai/personalize/stream?fileId={UNKNOWN}&focus=a%00b", "focus"),
    ("/ai/personalize/stream?fileId=x", "fileId"),
    ("/ai/personalize/stream", "fileId"),
]


async def test_a_query_that_does_not_fit_is_422_and_names_the_parameter(ada: Learner) -> None:
    for path, parameter in INVALID_QUERIES:
        problem = check_problem(await ada("GET", path), 422, "VALIDATION_ERROR")
        assert [error["pointer"] for error in problem["errors"]] == [parameter], (path, problem)
        check_words(problem)


BY_ID = [
    ("GET", "/courses/{}"),
    ("PATCH", "/courses/{}"),
    ("DELETE", "/courses/{}"),
    ("DELETE", "/courses/{}?permanent=true"),
    ("GET", "/courses/{}/modules"),
    ("POST", "/courses/{}/modules"),
    ("GET", "/modules/{}"),
    ("PATCH", "/modules/{}"),
    ("DELETE", "/modules/{}"),
    ("GET", "/modules/{}/files"),
    ("GET", "/files/{}"),
    ("PATCH", "/files/{}"),
    ("DELETE", "/files/{}"),
    ("POST", "/files/{}/reprocess"),
    ("GET", "/files/{}/events"),
    ("GET", "/files/{}/chunks"),
    ("GET", "/files/{}/download"),
    ("GET", "/files/{}/lessons"),
    ("GET", "/chunks/{}"),
    ("GET", "/lessons/{}"),
    ("DELETE", "/lessons/{}"),
    ("GET", "/ai/generations/{}/events"),
    ("GET", "/ai/personalize/stream?fileId={}&persona=off"),
]


async def test_a_foreign_and_a_malformed_id_are_answered_as_an_unknown_one(ada: Learner, eve: Learner) -> None:
    module = await ada.module()
    file = await ada.upload()
    foreign = {"courses": module["courseId"], "modules": module["id"], "files": file["id"], "ai": file["id"]}
    for method, path in BY_ID:
        body = {"json": {"title": "x"}} if (method, path.split("/")[-1]) in BODIES else {}
        if method == "PATCH":
            body = {"json": {"title": "x"} if "files" not in path else {"filename": "x"}}
        answers = []
        malformed = [] if "?fileId" in path else ["x", "%00", "0", UNKNOWN + "0", "%F0%9F%98%80"]
        for value in [UNKNOWN, foreign.get(path.split("/")[1], UNKNOWN), *malformed]:
            problem = check_problem(await eve(method, path.format(value), **body), 404, "NOT_FOUND")
            answers.append({name: problem[name] for name in ("type", "title", "detail")})
        assert all(answer == answers[0] for answer in answers), (method, path, answers)
    assert (await ada("GET", f"/files/{file['id']}")).status_code == 200


BODIES = {("POST", "modules")}


async def test_uploading_and_moving_into_a_foreign_module_is_404(ada: Learner, eve: Learner) -> None:
    module, file = await ada.module(), await eve.upload()
    uploaded = await eve("POST", f"/modules/{module['id']}/files", files={"file": ("a.txt", b"text")})
    check_problem(uploaded, 404, "NOT_FOUND")
    check_problem(await eve("PATCH", f"/files/{file['id']}", json={"moduleId": module["id"]}), 404, "NOT_FOUND")


async def test_a_patch_names_no_unknown_field_not_even_to_reset_it(ada: Learner) -> None:
    await ada.made("PUT", "/persona", json=SHORTEST)
    for path, patch, pointer in (
        ("/me", {"nickname": None}, "/nickname"),
        ("/persona", {"interests": {"tertiary": None}}, "/interests/tertiary"),
    ):
        problem = check_problem(await ada("PATCH", path, json=patch), 422, "VALIDATION_ERROR")
        assert problem["errors"] == [{"pointer": pointer, "detail": "is not a known field"}]


@pytest.mark.parametrize("title", ["\u001f", "\u200b", " \u2800 "])
async def test_a_title_has_something_to_see(ada: Learner, title: str) -> None:
    problem = check_problem(await ada("POST", "/courses", json={"title": title}), 422, "VALIDATION_ERROR")
    assert problem["errors"] == [{"pointer": "/title", "detail": "must contain a visible character"}]


async def test_unknown_routes_and_methods(client: httpx.AsyncClient, ada: Learner) -> None:
    check_problem(await client.get("/nowhere"), 404, "NOT_FOUND")
    check_problem(await ada("GET", "/nowhere"), 404, "NOT_FOUND")
    reply = await ada("PUT", "/courses", json={})
    check_problem(reply, 405, "METHOD_NOT_ALLOWED")
    assert {"GET", "POST"} <= set(reply.headers["allow"].split(", "))


async def test_options_and_refusals_allow_all_that_the_path_knows(client: httpx.AsyncClient, ada: Learner) -> None:
    for path, allowed in [
        ("/courses", "GET, HEAD, OPTIONS, POST"),
        ("/persona", "GET, HEAD, OPTIONS, PATCH, PUT"),
        (f"/files/{UNKNOWN}", "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (f"/files/{UNKNOWN}/events", "GET, OPTIONS"),
        ("/ai/personalize", "OPTIONS, POST"),
    ]:
        assert (await ada("OPTIONS", path)).headers["allow"] == allowed, path
        refused = await ada("TRACE", path)
        check_problem(refused, 405, "METHOD_NOT_ALLOWED")
        assert refused.headers["allow"] == allowed, path
    assert (await client.options("/health/live")).headers["allow"] == "GET, HEAD, OPTIONS"


async def test_head_is_get_without_the_body(client: httpx.AsyncClient, ada: Learner) -> None:
    file = await ada.upload()
    link = (await ada.made("GET", f"/files/{file['id']}/download"))["downloadUrl"].removeprefix("/api/v1")
    for path in ("/me", f"/files/{file['id']}", "/courses", "/courses?limit=0", f"/files/{UNKNOWN}", link):
        got, head = await ada("GET", path), await ada("HEAD", path)
        assert (head.status_code, head.content) == (got.status_code, b"")
        for name in ("content-type", "content-length", "etag"):
            if got.is_success:
                assert head.headers.get(name) == got.headers.get(name), (path, name)
    for path in ("/health/live", "/health/ready", "/schema/openapi.json"):
        alive = await client.head(path)
        assert (alive.status_code, alive.content) == (200, b"")
    for path in (f"/files/{file['id']}/events", f"/ai/personalize/stream?fileId={file['id']}&persona=off"):
        streamed = await ada("HEAD", path)
        assert (streamed.status_code, streamed.headers["allow"]) == (405, "GET, OPTIONS")


async def test_a_lesson_needs_a_ready_file_and_a_persona(ada: Learner) -> None:
    file = await ada.upload()
    check_problem(await ada("GET", f"/ai/personalize/stream?fileId={file['id']}&persona=off"), 409, "CONFLICT")
    check_problem(await ada("POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"}), 409, "CONFLICT")
    check_problem(await ada("GET", f"/ai/personalize/stream?fileId={file['id']}"), 409, "CONFLICT")


@pytest.mark.parametrize(
    "event_id", ["x", "1.2.3", f"{UNKNOWN}.1.1", f"{UNKNOWN}.1", f"{UNKNOWN}.-1.1", f"{UNKNOWN}.1.9999999999"]
)
async def test_a_malformed_or_foreign_event_id_is_404(ada: Learner, event_id: str) -> None:
    for path in (f"/ai/generations/{UNKNOWN}/events", f"/ai/personalize/stream?fileId={UNKNOWN}"):
        check_problem(await ada("GET", path, headers={"Last-Event-ID": event_id}), 404, "NOT_FOUND")


async def test_nothing_acceptable_is_406(ada: Learner) -> None:
    body = {"fileId": UNKNOWN, "persona": "off"}
    for method, path, accept, options in [
        ("POST", "/ai/personalize", "image/png", {"json": body}),
        ("GET", "/persona", "text/html", {}),
        ("GET", "/persona", "nonsense", {}),
        ("POST", "/courses", "text/html", {"json": {"title": "Biology"}}),
        ("GET", f"/files/{UNKNOWN}/events", "application/json", {}),
        ("GET", f"/ai/personalize/stream?fileId={UNKNOWN}&persona=off", "application/json", {}),
    ]:
        check_problem(await ada(method, path, headers={"Accept": accept}, **options), 406, "NOT_ACCEPTABLE")
    assert (await ada.made("GET", "/courses"))["items"] == [], "what is refused is not done"


async def test_whatever_includes_json_is_acceptable(ada: Learner) -> None:
    for accept in ("*/*", "", "application/*", "text/html, */*;q=0.1", "application/json; charset=utf-8, text/html"):
        assert (await ada("GET", "/courses", headers={"Accept": accept})).status_code == 200, accept
    assert (await ada("POST", "/auth/logout-everywhere", headers={"Accept": "text/html"})).status_code == 204


async def test_an_unforeseen_error_says_nothing_about_our_insides(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("postgres://secret@host")

    monkeypatch.setattr("learnx.application.identity.Login.__call__", broken)
    reply = await client.post("/api/v1/auth/login", json={"email": "a@b.org", "password": "x"})
    check_problem(reply, 500, "SERVER_ERROR")
    assert "secret" not in reply.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(json_values)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_a_persona_or_invalid_input(value: object) -> None:
    try:
        assert isinstance(exact({"interests": value}, Persona), Persona)
    except InvalidInput as error:
        assert error.errors


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    try:
        assert isinstance(parsed(body), dict)
    except (Malformed, InvalidInput):
        return


@given(st.text(max_size=200))
def test_any_cursor_is_of_the_list_or_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput):
        Paging[object]("courses", BY_TIME, lambda _: ()).page(20, cursor)


async def test_a_whole_number_may_be_written_with_a_point_and_one_out_of_range_is_no_json(ada: Learner) -> None:
    path = "/ai/summarize"
    body = b'{"summaryType": "key_points", "fileId": "01930000-0000-7000-8000-000000000001", "maxWords": %b}'
    sent = {"Content-Type": "application/json"}
    statuses = {
        number: (await ada("POST", path, content=body % number.encode(), headers=sent)).status_code
        for number in ("553", "553.0", "5.53e2", "553.5", "1e400")
    }
    assert statuses == {"553": 404, "553.0": 404, "5.53e2": 404, "553.5": 422, "1e400": 400}
