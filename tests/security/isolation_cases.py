"""How each operation of the API is asked for, so that it can be asked with the ids of somebody else.

A text of the form ``{fileId}`` stands for an id. An operation that takes an id in several ways has a request for each.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.entrypoints.http.conftest import PASSWORD

QUESTION = "Who described cells in 1665?"
_MARK = re.compile(r"\{([\w-]+)\}")


@dataclass(frozen=True)
class Asked:
    """One request. ``form`` stands for the upload of a small document."""

    operation: str
    query: Mapping[str, str] | None = None
    json: Any = None
    headers: Mapping[str, str] | None = None
    form: bool = False

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]

    @property
    def template(self) -> str:
        return self.operation.partition(" ")[2]

    def places(self) -> set[tuple[str, str]]:
        """Where it carries ids, as (path | query | header | body, the name of the field)."""
        found = {("path", name) for name in _MARK.findall(self.template)}
        for place, fields in (("query", self.query), ("header", self.headers), ("body", self.json)):
            found |= {(place, name) for name, value in _texts(fields) if _MARK.search(value)}
        return found

    def filled(self, ids: Mapping[str, str]) -> dict[str, Any]:
        """What httpx is called with."""
        options: dict[str, Any] = {"method": self.method, "url": "/api/v1" + _filled(self.template, ids)}
        for name, value in (("params", self.query), ("json", self.json), ("headers", self.headers)):
            if value is not None:
                options[name] = _filled(value, ids)
        if self.form:
            options["files"] = {"file": ("plants.md", b"# Plants\n\nA plant makes sugar of light.\n")}
        return options

    def names(self) -> set[str]:
        """Of the ids that it carries."""
        shown = [self.template, *(value for _, value in _texts([self.query, self.json, self.headers]))]
        return {name for text in shown for name in _MARK.findall(text)}


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, name)


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _MARK.sub(lambda match: ids[match[1]], value)
    if isinstance(value, Mapping):
        return {key: _filled(item, ids) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(item, ids) for item in value]
    return value


LESSON_STREAM = "GET /ai/personalize/stream"

#: In an order in which their owner can do them all: what deletes comes last, from the leaves to the root.
CASES = [
    Asked("GET /me"),
    Asked("GET /me/export"),
    Asked("POST /stream-tickets", json={"path": "/api/v1/ai/personalize/stream"}),
    Asked("PATCH /me", json={"fullName": "Ada King"}),
    Asked("GET /me/sessions"),
    Asked("POST /me/verification-mail"),
    Asked("GET /persona"),
    Asked("PUT /persona", json={"interests": {"primary": ["chess"]}}),
    Asked("PATCH /persona", json={"communication": {"tone": "formal"}}),
    Asked("GET /persona/history"),
    Asked("GET /courses"),
    Asked("POST /courses", json={"title": "Botany"}),
    Asked("GET /courses/{courseId}"),
    Asked("PATCH /courses/{courseId}", json={"title": "Zoology"}),
    Asked("GET /courses/{courseId}/modules"),
    Asked("POST /courses/{courseId}/modules", json={"title": "Moss"}),
    Asked("GET /modules/{moduleId}"),
    Asked("PATCH /modules/{moduleId}", json={"title": "Lichen"}),
    Asked("GET /modules/{moduleId}/files"),
    Asked("POST /modules/{moduleId}/files", form=True),
    Asked("GET /files"),
    Asked("POST /files", form=True),
    Asked("GET /files/{fileId}"),
    Asked("PATCH /files/{fileId}", json={"moduleId": "{moduleId}", "filename": "cells-2.md"}),
    Asked("GET /files/{fileId}/events"),
    Asked("GET /files/{fileId}/chunks"),
    Asked("GET /chunks/{chunkId}"),
    Asked("GET /files/{fileId}/download"),
    Asked(LESSON_STREAM, query={"fileId": "{fileId}"}),
    Asked(LESSON_STREAM, query={"fileId": "{fileId}"}, headers={"Last-Event-ID": "{Last-Event-ID}"}),
    Asked("POST /ai/personalize", json={"fileId": "{fileId}"}),
    Asked("POST /ai/personalize", json={"fileId": "{fileId}"}, headers={"Accept": "text/event-stream"}),
    Asked(
        "POST /ai/personalize",
        json={"fileId": "{fileId}"},
        headers={"Accept": "text/event-stream", "Last-Event-ID": "{Last-Event-ID}"},
    ),
    Asked("GET /lessons/{lessonId}"),
    Asked("GET /files/{fileId}/lessons"),
    Asked("GET /lessons/{lessonId}/feedback"),
    Asked("POST /lessons/{lessonId}/feedback", json={"rating": "wrong", "sentenceId": "s1.1"}),
    Asked("POST /ai/ask", json={"question": QUESTION, "fileId": "{fileId}"}),
    Asked("POST /ai/ask", json={"question": QUESTION, "moduleId": "{moduleId}"}),
    Asked("POST /ai/ask", json={"question": QUESTION, "courseId": "{courseId}"}),
    Asked(
        "POST /ai/ask",
        json={"question": QUESTION, "fileId": "{fileId}", "conversationId": "{conversationId}"},
    ),
    Asked(
        "POST /ai/ask",
        json={"question": QUESTION, "fileId": "{fileId}"},
        headers={"Accept": "text/event-stream", "Last-Event-ID": "{Last-Event-ID}"},
    ),
    Asked("GET /ai/answers/{answerId}"),
    Asked("GET /ai/conversations"),
    Asked("GET /ai/conversations", query={"fileId": "{fileId}"}),
    Asked("GET /ai/conversations", query={"moduleId": "{moduleId}"}),
    Asked("GET /ai/conversations", query={"courseId": "{courseId}"}),
    Asked("GET /ai/conversations/{conversationId}"),
    Asked("GET /ai/conversations/{conversationId}/answers"),
    Asked("POST /ai/summarize", json={"summaryType": "key_points", "fileId": "{fileId}"}),
    Asked("POST /ai/summarize", json={"summaryType": "key_points", "moduleId": "{moduleId}"}),
    Asked("POST /ai/summarize", json={"summaryType": "key_points", "courseId": "{courseId}"}),
    Asked(
        "POST /ai/summarize",
        json={"summaryType": "key_points", "fileId": "{fileId}"},
        headers={"Accept": "text/event-stream", "Last-Event-ID": "{Last-Event-ID}"},
    ),
    Asked("GET /summaries/{summaryId}"),
    Asked("GET /files/{fileId}/summaries"),
    Asked("GET /search", query={"q": "cells"}),
    Asked("GET /search", query={"q": "cells", "fileId": "{fileId}"}),
    Asked("GET /search", query={"q": "cells", "courseId": "{courseId}"}),
    Asked("GET /usage"),
    Asked("GET /ai/generations"),
    Asked("GET /ai/generations/{generationId}"),
    Asked("GET /ai/generations/{generationId}/events"),
    Asked("GET /ai/generations/{generationId}/events", headers={"Last-Event-ID": "{Last-Event-ID}"}),
    Asked("DELETE /ai/generations/{generationId}"),
    Asked("POST /files/{fileId}/reprocess"),
    Asked("DELETE /lessons/{lessonId}/feedback/{feedbackId}"),
    Asked("DELETE /lessons/{lessonId}"),
    Asked("DELETE /summaries/{summaryId}"),
    Asked("DELETE /ai/conversations/{conversationId}"),
    Asked("DELETE /files/{fileId}"),
    Asked("DELETE /modules/{moduleId}"),
    Asked("DELETE /courses/{courseId}"),
    Asked("DELETE /me/sessions/{sessionId}"),
    Asked("POST /me/password", json={"currentPassword": PASSWORD, "newPassword": PASSWORD}),
    Asked("POST /auth/logout-everywhere"),
    Asked("DELETE /me"),
]

#: Why nobody has to be signed in for these.
PUBLIC = {
    "POST /auth/register": "makes who signs in",
    "POST /auth/login": "proves who it is by a password",
    "POST /auth/refresh": "proves who it is by a refresh token, of which there is one",
    "POST /auth/logout": "proves who it is by a refresh token",
    "POST /auth/password-reset": "answers the same whoever asks",
    "POST /auth/password-reset/confirm": "proves who it is by what was mailed to them",
    "POST /auth/verify-email": "proves who it is by what was mailed to them",
    "GET /blobs/{token}": "the link is signed, names its owner, and ends after five minutes",
}
