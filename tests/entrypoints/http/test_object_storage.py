"""The whole way of a document with its bytes in a bucket: uploaded, processed, read as a lesson, saved, deleted."""

from urllib.parse import urlsplit
from uuid import UUID

import httpx
import msgspec
import pytest
from dishka import AsyncContainer
from tests.conftest import Bucket
from tests.entrypoints.http.conftest import Learner

from learnx.application.ingestion import ProcessFile, WorkFolder
from learnx.entrypoints.worker import prepare_folder
from learnx.settings import Settings

pytestmark = pytest.mark.anyio

TEXT = b"""# Cells

A cell is the smallest unit of life. Every organism is made of one or more cells, and each cell comes from another cell.
Robert Hooke described cells in 1665, when he looked at cork through a microscope.
"""


@pytest.fixture
def settings(settings: Settings, bucket: Bucket) -> Settings:
    return msgspec.structs.replace(settings, storage_url=f"s3://{bucket.name}/learnx", s3_endpoint=bucket.endpoint)


async def test_a_document_in_a_bucket_becomes_a_lesson_and_is_gone_when_deleted(
    ada: Learner, container: AsyncContainer, bucket: Bucket
) -> None:
    file = await ada.upload(TEXT)
    owner, file_id = UUID(ada.user["id"]), UUID(file["id"])
    assert bucket.keys() == [f"learnx/{owner}/{file_id}"]

    prepare_folder(await container.get(WorkFolder))
    process = await container.get(ProcessFile)
    await process(owner, file_id, worker="test")
    lesson = await ada.made("POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"})
    cited = [one["quote"] for section in lesson["sections"] for s in section["sentences"] for one in s["citations"]]
    assert "1665" in " ".join(cited)

    link = (await ada.made("GET", f"/files/{file_id}/download"))["downloadUrl"]
    assert urlsplit(link).netloc == urlsplit(bucket.endpoint).netloc
    async with httpx.AsyncClient() as browser:
        saved = await browser.get(link)
    assert saved.content == TEXT
    assert saved.headers["content-disposition"] == "attachment; filename*=UTF-8''cells.md"

    assert (await ada("DELETE", f"/files/{file_id}")).status_code == 204
    assert bucket.keys() == bucket.unfinished() == []


async def test_an_upload_that_is_too_large_leaves_nothing_in_the_bucket(ada: Learner, bucket: Bucket) -> None:
    reply = await ada("POST", "/files", files={"file": ("long.txt", b"x" * 100_001)})
    assert reply.status_code == 413
    assert bucket.keys() == bucket.unfinished() == []
