"""A provider that lies in every way a model does: nothing of it reaches a learner as a fact, however they ask."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from tests.conftest import DatabaseUrls
from tests.entrypoints.http.conftest import Learner, served, sign_up
from tests.fakes.lying_reply import DOCUMENT, LIES, TRUTHS, is_told, lying_reply
from tests.fakes.model_server import ModelServer, Script, model_server

from learnx.application.ingestion import ProcessFile, WorkFolder
from learnx.bootstrap import make_container
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import Settings, read_settings

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

STREAM = {"Accept": "text/event-stream"}
QUESTION = "What do the liver, the pancreas and the muscles do with glycogen, glucose and insulin?"


@pytest.fixture
async def provider() -> AsyncIterator[ModelServer]:
    async with model_server(Script(reply=lying_reply)) as server:
        yield server


@pytest.fixture
def settings(provider: ModelServer, database_urls: DatabaseUrls, redis_url: str, tmp_path: Path) -> Settings:
    return read_settings(
        {
            "LEARNX_DATABASE_URL": database_urls.app,
            "LEARNX_DATABASE_WORKER_URL": database_urls.worker,
            "LEARNX_REDIS_URL": redis_url,
            "LEARNX_DATA_DIR": str(tmp_path),
            "LEARNX_LLM_MODEL": "openai/x",
            "LEARNX_LLM_API_BASE": provider.api_base,
        }
    )


@pytest.fixture
async def ada(settings: Settings) -> AsyncIterator[Learner]:
    app = create_app(settings)
    async with app.lifespan(), served(app) as server, httpx.AsyncClient(base_url=server.address, timeout=60) as client:
        yield await sign_up(client)


@pytest.fixture
async def file_id(ada: Learner, settings: Settings) -> str:
    """Of the document, processed as a worker does."""
    uploaded = await ada.upload(DOCUMENT.encode(), "glucose.md")
    container = make_container(msgspec.structs.replace(settings, database_url=settings.worker_url))
    prepare_folder(await container.get(WorkFolder))
    process = await container.get(ProcessFile)
    await process(UUID(ada.user["id"]), UUID(uploaded["id"]), worker="test")
    await container.close()
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["cooking"]}})
    return str(uploaded["id"])


async def streamed(ada: Learner, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The sentences of a stream's final state."""
    reply = await ada("POST", path, json=body, headers=STREAM)
    assert reply.status_code == 200, reply.text
    events = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]
    assert events[-1]["type"] == "complete", events[-1]
    sections: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event["type"] == "section":
            sections[event["sectionId"]] = []
        if event["type"] == "sentence":
            sections[event["sectionId"]].append(event)
    return [sentence for sentences in sections.values() for sentence in sentences]


def sentences_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    if "sections" in reply:
        return [sentence for section in reply["sections"] for sentence in section["sentences"]]
    return list(reply["sentences"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ai/personalize", {}),
        ("/ai/ask", {"question": QUESTION}),
        ("/ai/summarize", {"summaryType": "comprehensive"}),
    ],
    ids=["lesson", "answer", "summary"],
)
async def test_no_lie_is_told_as_a_fact_and_the_truths_beside_it_are(
    ada: Learner, file_id: str, provider: ModelServer, path: str, body: dict[str, Any]
) -> None:
    told = await streamed(ada, path, {"fileId": file_id, **body})
    whole = await ada.made("POST", path, json={"fileId": file_id, **body})
    for sentences in (told, sentences_of(whole)):
        said = [
            (kind, sentence["text"])
            for sentence in sentences
            for kind, lie in LIES.items()
            if is_told(lie, sentence["text"])
        ]
        assert said == []
        assert [truth for truth in TRUTHS if any(is_told(truth, sentence["text"]) for sentence in sentences)]
        assert all(sentence["citations"] for sentence in sentences if sentence["kind"] == "sourced")
    assert "evil.example" not in json.dumps(whole)
    assert provider.asked
