"""Looks at everything a stack rests on, and says of each finding what to do about it."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.metadata import version

from dishka import AsyncContainer

from learnx.application.ports.llm import LanguageModel
from learnx.application.ports.readiness import Dependencies
from learnx.bootstrap import make_container, role_faults
from learnx.domain.errors import LearnXError, Unavailable
from learnx.domain.prompts import Prompt
from learnx.entrypoints.data_folder import attached, who_runs
from learnx.settings import Secret, Settings

PATIENCE = 30.0
"""Seconds that a server or a provider has to answer."""

PROBE = Prompt(rules="Answer with the word: ready", excerpts="", persona="", task="Answer now.")


@dataclass(frozen=True, slots=True)
class Finding:
    """``detail`` says what is, or, where it is not fine, what to do."""

    what: str
    fine: bool
    detail: str


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """One after the other, as they are made. ``NothingRuns`` where embedded servers are asked for and none run."""
    yield Finding("configuration", True, f"LearnX {version('learnx')}, {settings.environment}")
    yield _data_folder(settings)
    settings = attached(settings)
    container = make_container(settings)
    try:
        async for finding in _servers(container):
            yield finding
        for name, url in (("application", settings.database_url), ("worker", settings.worker_url)):
            yield await _role(name, url)
        yield await _provider(settings, container)
    finally:
        await container.close()


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir.resolve()
    running = who_runs(folder)
    held = f", held by learnx {running.command} (pid {running.pid})" if running else ", not in use"
    if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data folder", False, f"{folder} can't be written to: choose another with LEARNX_DATA_DIR.")
    return Finding("data folder", True, f"{folder}{held}")


async def _servers(container: AsyncContainer) -> AsyncIterator[Finding]:
    """Reachable and, for Postgres, at the revision of this code."""
    dependencies = await container.get(Dependencies)
    for name, check in (dependencies.essential | dependencies.optional).items():
        try:
            async with asyncio.timeout(PATIENCE):
                await check()
        except (LearnXError, TimeoutError) as error:
            yield Finding(name, False, str(error) or f"It did not answer within {PATIENCE:.0f} s.")
        else:
            yield Finding(name, True, "reachable, and as new as this code" if name == "postgres" else "reachable")


async def _role(name: str, url: Secret | None) -> Finding:
    what = f"{name}'s database role"
    if url is None:
        return Finding(what, False, f"It has no URL: set LEARNX_DATABASE_{name.upper()}_URL.")
    try:
        faults = await role_faults(url.reveal())
    except Unavailable as error:
        return Finding(what, False, error.detail)
    if faults:
        return Finding(what, False, f"{' '.join(faults)} Give it a role that is held by row-level security.")
    return Finding(what, True, "held by row-level security")


async def _provider(settings: Settings, container: AsyncContainer) -> Finding:
    """Asked for one word, which costs next to nothing, since a key proves itself only in use."""
    if settings.llm_model == "offline":
        return Finding("language model", True, "offline; set LEARNX_LLM_MODEL for one that writes (README, Providers)")
    what = f"language model {settings.llm_model}"
    model = await container.get(LanguageModel)
    stream = model.stream(PROBE, max_tokens=16)
    try:
        async with asyncio.timeout(PATIENCE):
            await anext(stream)
    except (LearnXError, TimeoutError) as error:
        told = str(error) or f"It did not answer within {PATIENCE:.0f} s."
        return Finding(what, False, f"{told} Look at LEARNX_LLM_MODEL, LEARNX_LLM_API_BASE and LEARNX_LLM_API_KEY.")
    except StopAsyncIteration:
        return Finding(what, False, "It answered nothing.")
    finally:
        await stream.aclose()
    return Finding(what, True, "answers")
