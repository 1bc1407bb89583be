"""The main job in a terminal: one document in, a lesson for its reader out, over the same path as the service."""

import hashlib
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from dishka import AsyncContainer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.status import Status

from learnx.application.file_events import NotProcessed, Progressed, WatchFile
from learnx.application.files import DeleteFile, ListFiles, ReprocessFile
from learnx.application.lessons import GetLesson
from learnx.application.personalization import PersonalizeFile
from learnx.application.personas import PutPersona
from learnx.application.ports.accounts import Accounts
from learnx.application.ports.paging import Page
from learnx.application.ports.tokens import PasswordHasher
from learnx.application.uploads import IncomingFile, UploadFile
from learnx.bootstrap import make_container
from learnx.domain.courses import File
from learnx.domain.errors import Conflict, ProcessingFailed, ProviderError
from learnx.domain.identity import Principal, User
from learnx.domain.lessons import Completed, Failed, LessonOptions, SectionStarted
from learnx.domain.personas import Interests, Persona, PersonaVersion
from learnx.entrypoints.lesson_text import LessonText
from learnx.settings import Secret, Settings

LOCAL_ACCOUNT = "local"
WITHOUT_INTERESTS = Interests(primary=("everyday life",))

Change = dict[str, dict[str, object]]
"""Facet to field to value, in the names of the persona's JSON."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for on the command line; ``persona`` changes what the account's persona says already."""

    path: Path
    persona: Change
    options: LessonOptions
    as_json: bool = False
    fresh: bool = False
    password: Secret | None = None


async def personalize(settings: Settings, wish: Wish) -> None:
    """Write the lesson, and nothing else, to standard output. Any refusal is a ``LearnXError``."""
    container = make_container(settings)
    try:
        principal = await _local_account(container)
        put = await container.get(PutPersona)
        await put(principal, lambda current: changed_persona(current, wish.persona))
        file = await _file(container, principal, wish.path, wish.password)
        await _processed(container, principal, file)
        await _lesson(container, principal, file, wish)
    finally:
        await container.close()


def changed_persona(current: PersonaVersion | None, change: Change) -> Persona:
    """The persona with what was given; a first one has an interest that everybody shares, where none is given."""
    known = current.persona if current else Persona(interests=WITHOUT_INTERESTS)
    described: dict[str, Any] = msgspec.to_builtins(known)
    for facet, fields in change.items():
        described[facet] |= fields
    return msgspec.convert(described, Persona)


async def _local_account(container: AsyncContainer) -> Principal:
    """The account that the command line acts as. Nobody knows its password."""
    accounts = await container.get(Accounts)
    found = await accounts.by_email(LOCAL_ACCOUNT)
    if found is None:
        passwords = await container.get(PasswordHasher)
        new_id = await container.get(Callable[[], UUID])
        user = User(id=new_id(), email=LOCAL_ACCOUNT, full_name="Local reader", created_at=datetime.now(UTC))
        try:
            await accounts.register(user, await passwords.hash(secrets.token_urlsafe(32)))
        except Conflict:
            return await _local_account(container)
        return Principal(user_id=user.id)
    return Principal(user_id=found.user.id)


async def _file(container: AsyncContainer, principal: Principal, path: Path, password: Secret | None) -> File:
    """The account's file with these bytes, uploaded where there is none; one that failed is tried again."""
    with path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    known = await _known(container, principal, sha256)
    if known is not None and (known.ready or known.status != "failed"):
        return known
    if known is not None and password is None:
        return await (await container.get(ReprocessFile))(principal, known.id)
    if known is not None:  # a password comes with an upload
        await (await container.get(DeleteFile))(principal, known.id)
    upload = await container.get(UploadFile)
    secret = password.reveal() if password else None
    return await upload(
        principal, None, IncomingFile(filename=path.name, content=_content(path), password=lambda: secret)
    )


async def _known(container: AsyncContainer, principal: Principal, sha256: str) -> File | None:
    list_files = await container.get(ListFiles)
    after: tuple[str, ...] | None = None
    while files := await list_files(principal, Page(limit=100, after=after)):
        for file in files:
            if file.sha256 == sha256:
                return file
        after = (files[-1].created_at.isoformat(), str(files[-1].id))
    return None


async def _content(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(1 << 18):
            yield piece


async def _processed(container: AsyncContainer, principal: Principal, file: File) -> None:
    """Wait, with a progress bar, until there are chunks. ``ProcessingFailed`` where there will be none."""
    if file.ready:
        return
    watch = await container.get(WatchFile)
    with _progress_bar() as bar:
        task = bar.add_task("waiting", total=100)
        async with aclosing(await watch(principal, file.id)) as events:
            async for event in events:
                match event:
                    case Progressed():
                        bar.update(task, completed=event.progress, description=_step(event))
                    case NotProcessed():
                        raise ProcessingFailed(event.code, event.detail)


def _progress_bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


def _step(event: Progressed) -> str:
    if event.pages_total:
        return f"{event.step} {event.pages_done or 0}/{event.pages_total} pages"
    return event.step or "waiting"


async def _lesson(container: AsyncContainer, principal: Principal, file: File, wish: Wish) -> None:
    ask = await container.get(PersonalizeFile)
    text = LessonText()
    with Console(stderr=True).status("writing") as status:
        async with aclosing(await ask(principal, file.id, wish.options, fresh=wish.fresh)) as stream:
            async for _, event in stream:
                match event:
                    case Failed():
                        raise ProviderError(event.detail, retryable=event.retryable)
                    case SectionStarted():
                        status.update(f"writing: {escape(event.title)}")
                if not wish.as_json:
                    _write_beside(status, "".join(text.pieces(event)))
                elif isinstance(event, Completed):
                    lesson = await (await container.get(GetLesson))(principal, event.stored_id)
                    _write_beside(status, msgspec.json.encode(lesson).decode() + "\n")
    if not wish.as_json:
        _write(text.sources())


def _write_beside(status: Status, piece: str) -> None:
    """Never while the status shows: it would take what is written to standard error, and then wipe a line."""
    if piece:
        status.stop()
        _write(piece)
        status.start()


def _write(piece: str) -> None:
    sys.stdout.write(piece)
    sys.stdout.flush()
