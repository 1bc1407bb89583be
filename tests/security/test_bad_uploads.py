"""Uploads that go wrong, by the dozen: nothing of them stays, and nobody else waits for them."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest
from tests.conftest import Bucket
from tests.entrypoints.http.conftest import served, settings, sign_up
from tests.security.bad_uploads import Client, bad_uploads

from learnx.entrypoints.http import input as http_input
from learnx.entrypoints.http.app import create_app
from learnx.entrypoints.http.connection import BoundedConnection
from learnx.settings import Settings

__all__ = ["settings"]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]

COUNT = 56
#: Seconds that a slow one is waited for here.
PATIENCE = 0.5
#: What each of them may be answered with: "gone" where nobody listens any more.
ANSWERS = {
    "hangs_up": {"gone"},
    "resets": {"gone"},
    "trickles": {"408"},
    "says_too_much": {"408"},
    "says_too_little": {"400", "gone"},
    "says_nothing": {"413", "gone"},
    "breaks_its_chunks": {"400", "gone"},
}


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_nothing_of_what_goes_wrong_stays(
    settings: Settings,
    bucket: Bucket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    if kind == "bucket":
        settings = msgspec.structs.replace(
            settings, storage_url=f"s3://{bucket.name}/learnx", s3_endpoint=bucket.endpoint
        )
    for name in ("SILENCE", "GRACE"):
        monkeypatch.setattr(http_input, name, PATIENCE)
    monkeypatch.setattr(http_input, "SLOWEST", 1_000_000)
    monkeypatch.setattr(BoundedConnection, "head_within", PATIENCE)
    app = create_app(settings)
    async with app.lifespan(), served(app) as here, httpx.AsyncClient(base_url=here.address) as browser:
        ada = await sign_up(browser)
        bad = Client(here.address, ada.tokens["accessToken"], settings.max_upload_bytes, PATIENCE)
        outcomes = await bad_uploads(bad, COUNT, at_once=COUNT, seed=5)
        assert {fault for fault, _ in outcomes} == set(ANSWERS)
        assert [(fault, answer) for fault, answer in outcomes if answer not in ANSWERS[fault]] == []
        async with asyncio.timeout(20):
            while len(here.server.server_state.connections) > 1 or here.server.server_state.tasks:
                await asyncio.sleep(0.05)
        assert (await ada.made("GET", "/files"))["items"] == []
        assert [path for path in (tmp_path / "blobs").rglob("*") if path.name != ".incoming"] == []
        assert bucket.keys() == bucket.unfinished() == []
        await ada.upload()
