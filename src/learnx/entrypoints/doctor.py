"""Looks at everything a stack rests on, and says of each finding what to do about it."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from uuid import uuid4

from dishka import AsyncContainer

from learnx.application.ports.blob_store import BlobStore
from learnx.application.ports.embeddings import Embedder
from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.mailer import Mailer
from learnx.application.ports.readiness import Dependencies
from learnx.application.ports.tokens import BearerTokens
from learnx.bootstrap import budget_faults, make_container, role_faults, stored_embedding_models
from learnx.domain.errors import LearnXError, ProviderError
from learnx.domain.prompts import Prompt
from learnx.entrypoints.data_folder import attached, who_runs
from learnx.settings import Secret, Settings, SettingsError

PATIENCE = 30.0
"""Seconds that a server or a provider has to answer."""

PROBE = Prompt(rules="Answer with the word: ready", excerpts="", persona="", task="Answer now.")
PROBE_TOKENS = 256
"""More than a word needs: some models think first, and adapters refuse to ask for next to nothing."""

REMEDIES = {
    "postgres": "Look at LEARNX_DATABASE_URL, and whether that server runs and lets this log-in in.",
    "redis": "Look at LEARNX_REDIS_URL, and whether that server runs and lets this log-in in.",
    "storage": "Look at LEARNX_STORAGE_URL, and whether this process may write there (for s3:// at LEARNX_S3_ENDPOINT "
    "and AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION).",
    "embeddings": "Look at LEARNX_EMBEDDING_MODEL, LEARNX_EMBEDDING_DIMENSIONS, LEARNX_EMBEDDING_API_BASE and "
    "LEARNX_EMBEDDING_API_KEY.",
    "identity": "Look at LEARNX_SUPABASE_URL, and whether that server can be reached from here.",
    "mail": "Look at LEARNX_SMTP_URL, and whether that server lets this log-in in.",
    "llm": "Look at LEARNX_LLM_MODEL, LEARNX_LLM_API_BASE and LEARNX_LLM_API_KEY (or the provider's own variable).",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail`` says what is, or, where it is not fine, what to do."""

    what: str
    fine: bool
    detail: str


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """One after the other, as they are made. ``NothingRuns`` where embedded servers are asked for and none run."""
    yield Finding("configuration", True, f"LearnX {version('learnx')}, {settings.environment}")
    yield _plans(settings)
    yield _data_folder(settings)
    settings = attached(settings)
    container = make_container(settings)
    try:
        dependencies = await container.get(Dependencies)
        for name, check in (dependencies.essential | dependencies.optional).items():
            fine = "reachable, and as new as this code" if name == "postgres" else "reachable"
            yield await _probed(name, check, fine, REMEDIES[name])
        for name, variable, url in (
            ("application", "LEARNX_DATABASE_URL", settings.database_url),
            ("worker", "LEARNX_DATABASE_WORKER_URL", settings.worker_url),
        ):
            yield await _role(f"{name}'s database role", variable, url)
        yield await _storage(settings, container)
        if settings.auth_provider != "local":
            bearer_tokens = await container.get(BearerTokens)
            what = f"identity provider {settings.auth_provider}"
            yield await _probed(what, bearer_tokens.check, "publishes its keys", REMEDIES["identity"])
        if settings.smtp_url is not None:
            mailer = await container.get(Mailer)
            yield await _probed("mail server", mailer.check, "lets us in", REMEDIES["mail"])
        embedder = await container.get(Embedder)
        yield await _probed(
            f"embedding model {embedder.model}",
            lambda: embedder.embed(["ready"]),
            f"answers, in {embedder.dimensions} dimensions",
            REMEDIES["embeddings"],
        )
        yield await _embedded_chunks(settings, embedder.model)
        yield await _language_model(settings, container)
    finally:
        await container.close()


async def _probed(what: str, check: Callable[[], Awaitable[object]], fine: str, remedy: str) -> Finding:
    """Passes where ``check`` returns; otherwise the finding has its reason, what lies beneath, and the remedy."""
    try:
        async with asyncio.timeout(PATIENCE):
            await check()
    except TimeoutError:
        return Finding(what, False, f"It did not answer within {PATIENCE:.0f} s. {remedy}")
    except LearnXError as error:
        return Finding(what, False, f"{error.detail}{_beneath(error)} {remedy}")
    return Finding(what, True, fine)


def _beneath(error: LearnXError) -> str:
    """What the operating system, the driver or the server said: that is for operators, whereas ``detail`` is for all.

    Not of providers, who like to quote keys.
    """
    cause = None if isinstance(error, ProviderError) else error.__cause__
    words = str(cause).strip().splitlines()[:1] if cause is not None else []
    return f" ({words[0].rstrip('.')[:300]})" if words else ""


def _plans(settings: Settings) -> Finding:
    try:
        faults = budget_faults(settings)
    except SettingsError as error:
        faults = [str(error)]
    return Finding("plans", not faults, " ".join(faults) or f"everybody has the plan {settings.default_plan}")


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir.resolve()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data folder", False, f"{folder} can't be written to: choose another with LEARNX_DATA_DIR.")
    running = who_runs(folder)
    held = f"held by learnx {running.command} (pid {running.pid})" if running else "not in use"
    return Finding("data folder", True, f"{folder}, {held}")


async def _role(what: str, variable: str, url: Secret | None) -> Finding:
    if url is None:
        return Finding(what, False, f"It has no URL: set {variable}.")
    faults: list[str] = []

    async def check() -> None:
        faults.extend(await role_faults(url.reveal()))

    found = await _probed(what, check, "held by row-level security", f"Look at {variable}.")
    if not faults:
        return found
    told = "Give it a role that is held by row-level security, as migrations/roles.sql makes it, in"
    return Finding(what, False, f"{' '.join(faults)} {told} {variable}.")


async def _storage(settings: Settings, container: AsyncContainer) -> Finding:
    """Something is written, read and removed again: permissions prove themselves only in use."""
    key = f"doctor/{uuid4().hex}"

    async def check() -> None:
        store = await container.get(BlobStore)
        await store.put(key, _one(b"ready"), limit=5)
        try:
            async for _ in store.read(key):
                pass
        finally:
            await store.delete(key)

    where = settings.storage_url or "the data folder"
    return await _probed("storage", check, f"can be written to and read: {where}", REMEDIES["storage"])


async def _one(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def _embedded_chunks(settings: Settings, model: str) -> Finding:
    """Vectors of two models are never compared, so chunks of another one are not found."""
    what = "searchable chunks"
    if settings.admin_url is None:
        return Finding(what, True, "not counted: only the owner's role, LEARNX_DATABASE_ADMIN_URL, sees everybody's")
    url = settings.admin_url
    stored: dict[str, int] = {}

    async def check() -> None:
        stored.update(await stored_embedding_models(url.reveal(), model))

    found = await _probed(what, check, "", "Look at LEARNX_DATABASE_ADMIN_URL.")
    others = {name: count for name, count in stored.items() if name != model}
    if not found.fine:
        return found
    if others:
        listed = ", ".join(f"{count:,} of {name}" for name, count in sorted(others.items()))
        return Finding(
            what,
            False,
            f"A search finds {listed} by their words alone: run `learnx reindex`, or set LEARNX_EMBEDDING_MODEL back.",
        )
    return Finding(what, True, f"{stored.get(model, 0):,}, all embedded by {model}")


async def _language_model(settings: Settings, container: AsyncContainer) -> Finding:
    """Asked for one word, which costs next to nothing, since a key proves itself only in use."""
    if settings.llm_model == "offline":
        return Finding("language model", True, "offline; set LEARNX_LLM_MODEL for one that writes (see the README)")
    what = f"language model {settings.llm_model}"
    model = await container.get(LanguageModel)
    stream = model.stream(PROBE, max_tokens=PROBE_TOKENS, record=lambda _: None)
    try:
        async with asyncio.timeout(PATIENCE):
            await anext(stream)
    except TimeoutError:
        return Finding(what, False, f"It did not answer within {PATIENCE:.0f} s. {REMEDIES['llm']}")
    except LearnXError as error:
        return Finding(what, False, f"{error.detail} {REMEDIES['llm']}")
    except StopAsyncIteration:
        return Finding(what, False, f"It answered nothing. {REMEDIES['llm']}")
    finally:
        await stream.aclose()
    return Finding(what, True, "answers")
