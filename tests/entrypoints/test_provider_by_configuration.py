"""Two variables change the provider and nothing else: upload to verified lesson, and every way in which it fails."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pdfplumber
import pytest
from tests.conftest import REPOSITORY, DatabaseUrls
from tests.entrypoints.http.conftest import Learner, served, sign_up
from tests.fakes.grounded_reply import ANALOGY, FRAMING, INVENTION
from tests.fakes.model_server import ModelServer, Script, model_server

from learnx.application.ingestion import ProcessFile, WorkFolder
from learnx.application.ports.embeddings import Embedder, TokenCounter
from learnx.bootstrap import make_container
from learnx.domain.text_comparison import comparable
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import Secret, Settings, read_settings

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

DOCUMENT = REPOSITORY / "examples" / "how-vaccines-train-the-immune-system.pdf"
Event = dict[str, Any]


@pytest.fixture
async def provider() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


@pytest.fixture
def variables(provider: ModelServer, database_urls: DatabaseUrls, redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "LEARNX_DATABASE_URL": database_urls.app,
        "LEARNX_DATABASE_WORKER_URL": database_urls.worker,
        "LEARNX_REDIS_URL": redis_url,
        "LEARNX_DATA_DIR": str(tmp_path),
        "LEARNX_LLM_MODEL": "openai/x",
        "LEARNX_LLM_API_BASE": provider.api_base,
        "LEARNX_LLM_TOKEN_TIMEOUT": "1",
        "LEARNX_LLM_RETRIES": "0",
    }


@pytest.fixture
def settings(variables: dict[str, str]) -> Settings:
    return read_settings(variables)


@asynccontextmanager
async def learner(settings: Settings) -> AsyncIterator[Learner]:
    app = create_app(settings)
    async with app.lifespan(), served(app) as server, httpx.AsyncClient(base_url=server.address, timeout=60) as client:
        yield await sign_up(client)


async def processed(ada: Learner, settings: Settings) -> dict[str, Any]:
    """Uploaded, and processed as a worker does."""
    uploaded = await ada.upload(DOCUMENT.read_bytes(), DOCUMENT.name)
    container = make_container(msgspec.structs.replace(settings, database_url=settings.worker_url))
    prepare_folder(await container.get(WorkFolder))
    process = await container.get(ProcessFile)
    await process(UUID(ada.user["id"]), UUID(uploaded["id"]), worker="test")
    await container.close()
    await ada.made("PUT", "/persona", json={"interests": {"primary": ["cooking"]}})
    file = await ada.made("GET", f"/files/{uploaded['id']}")
    assert file["status"] == "completed"
    return file


@pytest.fixture
async def ada(settings: Settings) -> AsyncIterator[Learner]:
    async with learner(settings) as ada:
        yield ada


@pytest.fixture
async def file(ada: Learner, settings: Settings) -> dict[str, Any]:
    return await processed(ada, settings)


async def streamed(ada: Learner, file: dict[str, Any], **options: str) -> list[Event]:
    reply = await ada("GET", "/ai/personalize/stream", params={"fileId": file["id"]} | options)
    assert reply.status_code == 200, reply.text
    return [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]


def of_type(events: list[Event], kind: str) -> list[Event]:
    return [event for event in events if event["type"] == kind]


async def test_each_marked_sentence_is_sourced_with_a_quote_from_its_chunk_that_stands_on_its_page(
    ada: Learner, file: dict[str, Any], provider: ModelServer
) -> None:
    events = await streamed(ada, file)
    assert events[-1]["type"] == "complete"
    said = provider.script.reply(provider.asked[0].prompt)  # type: ignore[operator]
    sourced = [event for event in of_type(events, "sentence") if event["kind"] == "sourced"]
    assert len(sourced) == said.count("[") - said.count("[~]") - said.count(f"{INVENTION} [")
    with pdfplumber.open(DOCUMENT) as pdf:
        pages = [comparable(page.extract_text()) for page in pdf.pages]
    chunks: dict[str, str] = {}
    for sentence in sourced:
        assert sentence["citations"]
        for citation in sentence["citations"]:
            chunk_id = citation["chunkId"]
            if chunk_id not in chunks:
                chunks[chunk_id] = (await ada.made("GET", f"/chunks/{chunk_id}"))["text"]
            assert citation["fileId"] == file["id"]
            assert citation["quote"] in chunks[chunk_id]
            page = citation["pageNumber"]
            assert comparable(citation["quote"]) in "".join(pages[page - 1 : page + 1])


async def test_an_analogy_is_labelled_and_an_invention_is_retracted_and_never_stored(
    ada: Learner, file: dict[str, Any]
) -> None:
    events = await streamed(ada, file)
    kinds = {event["text"]: event["kind"] for event in of_type(events, "sentence")}
    lesson = await ada.made("GET", f"/lessons/{events[-1]['lessonId']}")

    assert kinds[ANALOGY] == "analogy"
    assert kinds[FRAMING] == "framing"
    assert INVENTION not in kinds
    assert len(of_type(events, "retract")) == 1 == lesson["grounding"]["retracted"]
    assert "Quelle" not in json.dumps(lesson)
    assert "[1]" not in json.dumps(lesson) and "[~]" not in json.dumps(lesson)


async def test_the_lesson_names_the_model_and_what_the_provider_counted(
    ada: Learner, file: dict[str, Any], provider: ModelServer
) -> None:
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"]})

    assert lesson["model"] == "openai/x"
    counted = {"promptTokens": 1200, "cachedPromptTokens": 1000, "completionTokens": 300, "costUsd": None}
    assert lesson["usage"] == counted | {"cacheHit": False, "model": "openai/x"}
    assert await ada.made("POST", "/ai/personalize", json={"fileId": file["id"]}) == lesson
    assert len(provider.asked) == 1


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"status": 429}, id="busy"),
        pytest.param({"status": 500}, id="troubled"),
        pytest.param({"status": 401}, id="refuses the key"),
        pytest.param({"hang": "middle"}, id="falls silent"),
        pytest.param({"reset_after_chunks": 20}, id="breaks off"),
        pytest.param({"finish": None}, id="ends early"),
        pytest.param({"garbage": True}, id="can't be read"),
    ],
)
async def test_a_provider_that_fails_ends_the_stream_in_its_error_and_the_request_in_502_and_leaves_nothing(
    ada: Learner, file: dict[str, Any], provider: ModelServer, script: dict[str, Any]
) -> None:
    provider.script = Script(**script)
    events = await streamed(ada, file)
    assert events[0]["type"] == "start"
    assert [event["type"] for event in events].count("error") == 1
    assert events[-1]["type"] == "error"
    assert events[-1]["code"] == "PROVIDER_ERROR"
    assert events[-1]["retryable"] == (script.get("status") != 401)

    refused = await ada("POST", "/ai/personalize", json={"fileId": file["id"]})
    assert refused.status_code == 502
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "PROVIDER_ERROR"
    assert (await ada("GET", f"/lessons/{events[0]['lessonId']}")).status_code == 404
    assert (await ada.made("GET", f"/files/{file['id']}/lessons"))["items"] == []

    provider.script = Script()
    assert (await streamed(ada, file))[-1]["type"] == "complete"


async def test_a_library_is_embedded_and_searched_by_a_provider_by_configuration_alone(
    settings: Settings, provider: ModelServer
) -> None:
    container = make_container(
        msgspec.structs.replace(
            settings,
            embedding_model="openai/e",
            embedding_dimensions=8,
            embedding_api_base=provider.api_base,
            embedding_api_key=Secret("sk-embeddings"),
        )
    )
    [vector] = await (await container.get(Embedder)).embed(["four"])
    [tokens] = (await container.get(TokenCounter)).count_tokens(["four"])
    await container.close()

    assert vector == [0, 0, 0, 0, 1, 0, 0, 0]
    assert tokens == 1
    assert provider.asked[0].headers["authorization"] == "Bearer sk-embeddings"


@pytest.mark.parametrize(
    ("weather", "restarts"),
    [
        pytest.param({"status": 503}, 0, id="is down"),
        pytest.param({"status": 401}, 0, id="refuses the key"),
        pytest.param({"reset_after_chunks": 20}, 1, id="breaks off"),
    ],
)
async def test_of_three_providers_one_fails_one_stands_in_for_it_and_one_embeds(
    variables: dict[str, str], provider: ModelServer, weather: dict[str, Any], restarts: int
) -> None:
    provider.script = Script(**weather)
    async with model_server() as second, model_server() as third:
        settings = read_settings(
            variables
            | {
                "LEARNX_LLM_API_KEY": "sk-first",
                "LEARNX_LLM_FALLBACK_MODELS": "openai/y",
                "LEARNX_LLM_FALLBACK_API_BASES": second.api_base,
                "LEARNX_LLM_FALLBACK_API_KEYS": "sk-second",
                "LEARNX_EMBEDDING_MODEL": "openai/e",
                "LEARNX_EMBEDDING_DIMENSIONS": "8",
                "LEARNX_EMBEDDING_API_BASE": third.api_base,
                "LEARNX_EMBEDDING_API_KEY": "sk-third",
            }
        )
        async with learner(settings) as ada:
            file = await processed(ada, settings)
            events = await streamed(ada, file, focus="memory cells")
            lesson = await ada.made("GET", f"/lessons/{events[-1]['lessonId']}")

    last = max(place for place, event in enumerate(events) if event["type"] == "start")
    assert events[-1]["type"] == "complete"
    if restarts:
        assert events[last]["model"] == "openai/y"
    else:  # before the first word nobody has anything to forget
        assert of_type(events, "restart") == []
    assert lesson["model"] == of_type(events, "usage")[-1]["model"] == "openai/y"
    assert [event["text"] for event in events[last:] if event["type"] == "sentence"] == [
        sentence["text"] for section in lesson["sections"] for sentence in section["sentences"]
    ]
    assert {asked.headers["authorization"] for asked in provider.asked} == {"Bearer sk-first"}
    assert [asked.headers["authorization"] for asked in second.asked] == ["Bearer sk-second"]
    assert {(asked.path, asked.headers["authorization"]) for asked in third.asked} == {
        ("/v1/embeddings", "Bearer sk-third")
    }


STARTED = """
import asyncio, os, sys
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import read_settings
async def main():
    app = create_app(read_settings(os.environ))
    async with app.lifespan():
        print("litellm" in sys.modules)
asyncio.run(main())
"""


def test_an_api_that_starts_without_a_provider_does_not_load_its_library(
    database_urls: DatabaseUrls, redis_url: str, tmp_path: Path
) -> None:
    environment = {
        "LEARNX_DATABASE_URL": database_urls.app,
        "LEARNX_REDIS_URL": redis_url,
        "LEARNX_DATA_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", STARTED], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "False"
