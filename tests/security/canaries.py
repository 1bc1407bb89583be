"""Requests of every operation, in whose every text there is a word that may stand in no log line and no metric."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.security.isolation_cases import CASES, Asked

#: In every text that is sent: as it is, in upper case, and where it is quoted.
CANARY = "kanarek"
SENTENCE = f"The {CANARY} sings before noon, wrote Jan Novak in 1665."
EMAIL, PASSWORD = f"{CANARY}-mail@example.org", f"{CANARY}-password-1"
DOCUMENT = "\n\n".join(
    [
        f"# The {CANARY}",
        SENTENCE,
        f"A {CANARY} is a small yellow bird that was bred on the islands for its song, and lives ten years.",
        f"Each {CANARY} learns its song from its father, and sings it only in spring, before noon.",
    ]
).encode()
DAMAGED: Mapping[str, bytes] = {
    "broken.pdf": b"%PDF-1.7\n" + SENTENCE.encode() * 40 + b"\n%%EOF",
    "broken.docx": b"PK\x03\x04" + SENTENCE.encode() * 40,
    "broken.html": b"<html><body><table><tr>" + SENTENCE.encode() * 3 + b"\x00</table",
    "broken.exe": b"MZ" + SENTENCE.encode(),
}

_MARK = re.compile(r"\{[\w-]+\}")
#: Words of the interface: with another they would only be refused.
_FIXED = {"summaryType", "rating", "tone", "path", "Accept", "currentPassword", "newPassword", "sentenceId"}


@dataclass
class Told:
    """What may stand nowhere: the word, and every secret that was handed out on the way."""

    secrets: set[str] = field(default_factory=lambda: {CANARY})

    def learn(self, reply: httpx.Response) -> httpx.Response:
        """Tokens of all kinds, wherever a reply has them."""
        if "json" in reply.headers.get("content-type", ""):
            self.secrets |= set(_tokens(reply.json()))
        return reply


def _tokens(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _tokens(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _tokens(item, name)
    elif isinstance(value, str) and re.search("token|ticket|url", name, re.IGNORECASE) and len(value) > 30:
        yield value.rpartition("/")[2].rpartition(".")[2]  # the signature, which makes it a secret


def valid(ids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each case as its owner asks it, with the word in every free text."""
    for asked in CASES:
        if asked.operation != "DELETE /me":
            yield _headed(Asked(asked.operation, **_sung(asked)).filled(ids), asked)


def invalid(ids: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Each case with the word where an id, a number or a word of the interface is wanted, and in what can't be read."""
    for asked in CASES:
        if asked.operation == "DELETE /me":
            continue
        canaries = dict.fromkeys(ids, CANARY)
        yield _headed(asked.filled(canaries), asked)
        if asked.json is not None:
            options = Asked(asked.operation, asked.query, None, asked.headers).filled(ids)
            yield _headed(options | {"json": _all_wrong(asked.json)}, asked)
            unread = {"content": f'{{"title": "{SENTENCE}", '.encode(), "headers": {"Content-Type": "application/json"}}
            yield _headed(options | unread, asked)
        else:
            query = {"cursor": CANARY, "limit": CANARY, "q": SENTENCE, "status": CANARY}
            yield _headed(asked.filled(ids) | {"params": query}, asked)


def _headed(options: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """An upload is of this document, and headers that may say anything say it."""
    if asked.form:
        options["files"] = {"file": (f"{CANARY}.md", DOCUMENT)}
        options["data"] = {"password": PASSWORD}
    headers = {"User-Agent": CANARY, "X-Request-ID": f"{CANARY} {CANARY}", "Referer": f"https://{CANARY}.example/"}
    if asked.method == "POST":
        headers["Idempotency-Key"] = f"{CANARY}-{asked.operation}"
    return options | {"headers": headers | dict(options.get("headers") or {})}


def _sung(asked: Asked) -> dict[str, Any]:
    return {
        "query": _with_word(asked.query),
        "json": _with_word(asked.json),
        "headers": asked.headers,
        "form": asked.form,
    }


def _with_word(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if name in _FIXED or _MARK.search(value) else f"{value} {CANARY}"
    if isinstance(value, Mapping):
        return {key: _with_word(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_word(item, name) for item in value]
    return value


def _all_wrong(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _all_wrong(item) for key, item in value.items()} | {CANARY: {CANARY: SENTENCE}}
    return CANARY
