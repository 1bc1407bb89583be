"""What learners say of lessons, over the wire."""

from typing import Any

import pytest
from dishka import AsyncContainer
from structlog.testing import capture_logs
from tests.entrypoints.http.conftest import Learner
from tests.entrypoints.http.test_lessons import ready_file

pytestmark = pytest.mark.anyio

UNKNOWN = "0199a2f4-0000-7000-8000-000000000000"


@pytest.fixture
async def lesson(ada: Learner, container: AsyncContainer) -> dict[str, Any]:
    file = await ready_file(ada, container)
    body = {"fileId": file["id"], "persona": "off", "sections": ["explanation", "summary"]}
    return await ada.made("POST", "/ai/personalize", json=body)


def a_sentence(lesson: dict[str, Any]) -> str:
    return str(lesson["sections"][0]["sentences"][0]["id"])


async def test_a_lesson_and_its_sentences_are_rated_once_each(ada: Learner, lesson: dict[str, Any]) -> None:
    path, sentence = f"/lessons/{lesson['id']}/feedback", a_sentence(lesson)
    whole = await ada("POST", path, json={"rating": "helpful", "comment": "Clear and short."})
    assert whole.status_code == 201
    assert whole.json() | {"id": "", "createdAt": ""} == {
        "id": "",
        "lessonId": lesson["id"],
        "sentenceId": None,
        "rating": "helpful",
        "comment": "Clear and short.",
        "createdAt": "",
    }
    of_sentence = await ada("POST", path, json={"rating": "too_hard", "sentenceId": sentence})
    assert (of_sentence.status_code, of_sentence.json()["sentenceId"]) == (201, sentence)
    again = await ada("POST", path, json={"rating": "wrong", "sentenceId": sentence, "comment": "It is not so."})
    assert again.status_code == 200
    assert again.json() == of_sentence.json() | {"rating": "wrong", "comment": "It is not so."}
    assert again.headers["etag"] != of_sentence.headers["etag"]
    listed = await ada.made("GET", path)
    assert listed == {"items": [again.json(), whole.json()], "nextCursor": None}


async def test_it_is_listed_in_pages(ada: Learner, lesson: dict[str, Any]) -> None:
    path = f"/lessons/{lesson['id']}/feedback"
    sentences = [sentence["id"] for section in lesson["sections"] for sentence in section["sentences"]][:3]
    made = [await ada.made("POST", path, json={"rating": "helpful", "sentenceId": sentence}) for sentence in sentences]
    first = await ada.made("GET", f"{path}?limit=2")
    assert first["items"] == made[:0:-1]
    rest = await ada.made("GET", f"{path}?limit=2&cursor={first['nextCursor']}")
    assert rest == {"items": made[:1], "nextCursor": None}
    assert (await ada("GET", f"{path}?cursor=x")).status_code == 422
    assert (await ada("GET", f"{path}?limit=0")).status_code == 422


async def test_it_can_be_taken_back_once(ada: Learner, lesson: dict[str, Any]) -> None:
    path = f"/lessons/{lesson['id']}/feedback"
    kept = await ada("POST", path, json={"rating": "unhelpful"})
    own = f"{path}/{kept.json()['id']}"
    assert (await ada("DELETE", own, headers={"If-Match": '"another"'})).status_code == 412
    assert (await ada("DELETE", f"/lessons/{UNKNOWN}/feedback/{kept.json()['id']}")).status_code == 404
    assert (await ada("DELETE", own, headers={"If-Match": kept.headers["etag"]})).status_code == 204
    assert (await ada("DELETE", own)).status_code == 404
    assert (await ada("POST", path, json={"rating": "helpful"})).status_code == 201


async def test_others_neither_see_nor_change_it(ada: Learner, eve: Learner, lesson: dict[str, Any]) -> None:
    path = f"/lessons/{lesson['id']}/feedback"
    kept = await ada.made("POST", path, json={"rating": "helpful"})
    assert (await eve("GET", path)).status_code == 404
    assert (await eve("POST", path, json={"rating": "helpful"})).status_code == 404
    assert (await eve("DELETE", f"{path}/{kept['id']}")).status_code == 404
    for unknown in (UNKNOWN, "nonsense"):
        assert (await ada("GET", f"/lessons/{unknown}/feedback")).status_code == 404
        assert (await ada("POST", f"/lessons/{unknown}/feedback", json={"rating": "helpful"})).status_code == 404
        assert (await ada("DELETE", f"{path}/{unknown}")).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/rating"),
        ({"rating": "great"}, "/rating"),
        ({"rating": "helpful", "stars": 5}, "/stars"),
        ({"rating": "helpful", "sentenceId": "s99.1"}, "/sentenceId"),
        ({"rating": "helpful", "sentenceId": ""}, "/sentenceId"),
        ({"rating": "helpful", "sentenceId": 7}, "/sentenceId"),
        ({"rating": "helpful", "comment": "x" * 501}, "/comment"),
        ({"rating": "helpful", "comment": " \n"}, "/comment"),
    ],
)
async def test_what_does_not_fit_is_refused_with_its_place(
    ada: Learner, lesson: dict[str, Any], body: dict[str, Any], pointer: str
) -> None:
    reply = await ada("POST", f"/lessons/{lesson['id']}/feedback", json=body)
    assert reply.status_code == 422
    assert pointer in {error["pointer"] for error in reply.json()["errors"]}
    assert (await ada.made("GET", f"/lessons/{lesson['id']}/feedback"))["items"] == []


async def test_it_goes_with_its_lesson(ada: Learner, lesson: dict[str, Any]) -> None:
    path = f"/lessons/{lesson['id']}"
    await ada.made("POST", f"{path}/feedback", json={"rating": "helpful", "comment": "🙂" * 500})
    assert (await ada("DELETE", path)).status_code == 204
    assert (await ada("GET", f"{path}/feedback")).status_code == 404


async def test_operators_are_told_of_a_wrong_sentence_without_its_words(ada: Learner, lesson: dict[str, Any]) -> None:
    path, sentence = f"/lessons/{lesson['id']}/feedback", lesson["sections"][0]["sentences"][0]
    with capture_logs() as logs:
        await ada.made("POST", path, json={"rating": "wrong", "sentenceId": sentence["id"], "comment": "Nonsense."})
        await ada.made("POST", path, json={"rating": "wrong"})
        await ada.made("POST", path, json={"rating": "helpful", "sentenceId": sentence["id"]})
    (entry,) = [entry for entry in logs if entry["event"].startswith("feedback.")]
    assert (entry["event"], entry["sentence_id"]) == ("feedback.wrong", sentence["id"])
    assert "Nonsense" not in str(logs) and sentence["text"] not in str(logs)


async def test_the_schema_says_what_it_takes_and_returns(ada: Learner) -> None:
    document = (await ada.client.get("/schema/openapi.json")).json()
    item = document["paths"]["/api/v1/lessons/{lessonId}/feedback"]
    assert {"200", "201", "401", "404", "422"} <= set(item["post"]["responses"])
    assert {"200", "401", "404", "422"} <= set(item["get"]["responses"])
    assert {"204", "401", "404", "412"} <= set(
        document["paths"]["/api/v1/lessons/{lessonId}/feedback/{feedbackId}"]["delete"]["responses"]
    )
    schemas = document["components"]["schemas"]
    assert schemas["FeedbackRequest"]["additionalProperties"] is False
    assert schemas["FeedbackRequest"]["required"] == ["rating"]
    assert set(schemas["Feedback"]["properties"]) == {
        "id",
        "lessonId",
        "sentenceId",
        "rating",
        "comment",
        "createdAt",
    }
