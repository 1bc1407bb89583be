"""A learner who goes on while servers come and go: asks again, signs in again, resumes what broke off."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx

PATIENCE = 180.0
"""Seconds that anything may take before it counts as lost."""

Outcome = tuple[str, str | None, tuple[tuple[int, str, int | None], ...]]
"""Status, code of the error, and of each chunk its index, text and first page."""


class PatientLearner:
    """Asks again while servers are away, as a patient client does."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._account = {"email": f"{uuid4()}@example.org", "password": uuid4().hex}
        self._bearer: dict[str, str] = {}

    async def register(self) -> None:
        await self._persistently(lambda: self._http.post("/auth/register", json=self._account | {"fullName": "L"}))

    async def ask(self, method: str, path: str, **options: Any) -> Any:
        reply = await self._persistently(lambda: self._http.request(method, path, headers=self._bearer, **options))
        if reply.status_code == 401:
            signed_in = await self._persistently(lambda: self._http.post("/auth/login", json=self._account))
            self._bearer = {"Authorization": f"Bearer {signed_in.json()['tokens']['accessToken']}"}
            return await self.ask(method, path, **options)
        return reply.raise_for_status().json()

    async def outcome(self, name: str, content: bytes) -> tuple[str, Outcome]:
        """The id of the uploaded document, and how its processing ended."""
        file = await self.ask("POST", "/files", files={"file": (name, content)})
        async with asyncio.timeout(PATIENCE):
            while file["status"] not in ("completed", "failed"):
                await asyncio.sleep(0.3)
                file = await self.ask("GET", f"/files/{file['id']}")
        chunks: list[tuple[int, str, int | None]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await self.ask("GET", f"/files/{file['id']}/chunks", params={"limit": 100} | _after(cursor))
            chunks += [(chunk["index"], chunk["text"], chunk["pageStart"]) for chunk in page["items"]]
            cursor = page["nextCursor"]
        return file["id"], (file["status"], (file["error"] or {}).get("code"), tuple(chunks))

    async def events(self, file: str, last: str | None) -> AsyncIterator[tuple[str | None, dict[str, Any]]]:
        """Of a lesson written anew, or those after the event ``last``."""
        await self.ask("GET", "/me")
        headers = self._bearer | ({"Last-Event-ID": last} if last else {})
        asked = {"fileId": file, "persona": "off", "fresh": "true"}
        async with self._http.stream("GET", "/ai/personalize/stream", params=asked, headers=headers) as reply:
            reply.raise_for_status()
            place = None
            async for line in reply.aiter_lines():
                if line.startswith("id:"):
                    place = line[3:].strip()
                elif line.startswith("data:"):
                    yield place, json.loads(line[5:])

    async def _persistently(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    reply = await ask()
                    if reply.status_code < 500:
                        return reply
                await asyncio.sleep(0.2)


def _after(cursor: str) -> dict[str, Any]:
    return {"cursor": cursor} if cursor else {}
