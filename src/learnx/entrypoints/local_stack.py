"""The bundled Postgres and Valkey of one data folder, run by us, for development and tests on one machine."""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from learnx.entrypoints.bundled_postgres import SUPERUSER, initialise_postgres, start_postgres
from learnx.entrypoints.bundled_valkey import start_valkey
from learnx.entrypoints.supervision import Child, server_user, stop
from learnx.settings import Secret, Settings, keep_privately

OWNER, APPLICATION, WORKER = "learnx_owner", "learnx_app", "learnx_worker"
DATABASE = "learnx"

STOP_WITHIN = 3.0
"""Seconds that the servers have to end."""


class Passwords(msgspec.Struct, frozen=True):
    superuser: str
    owner: str
    application: str
    worker: str
    redis: str

    def __repr__(self) -> str:
        return "Passwords(…)"


class Addresses(msgspec.Struct, frozen=True):
    """Where the servers answer, as URLs with their passwords in them; None for a server that was not wanted."""

    superuser_url: str | None = None
    admin_url: str | None = None
    database_url: str | None = None
    worker_url: str | None = None
    redis_url: str | None = None

    def __repr__(self) -> str:
        return "Addresses(…)"

    def within(self, settings: Settings) -> Settings:
        """The settings, with what they left embedded filled in."""
        changes: dict[str, Secret] = {}
        if settings.database_url is None and self.database_url and self.admin_url and self.worker_url:
            changes["database_url"] = Secret(self.database_url)
            changes["database_admin_url"] = Secret(self.admin_url)
            changes["database_worker_url"] = Secret(self.worker_url)
        if settings.redis_url is None and self.redis_url:
            changes["redis_url"] = Secret(self.redis_url)
        return msgspec.structs.replace(settings, **changes)


@dataclass(frozen=True, slots=True)
class LocalServers:
    addresses: Addresses
    children: tuple[Child, ...]


@contextmanager
def local_servers(
    folder: Path,
    *,
    postgres: bool = True,
    valkey: bool = True,
    postgres_options: Mapping[str, str] | None = None,
) -> Iterator[LocalServers]:
    """Run the wanted servers on the data in ``folder``, made at first use. The caller owns the folder (its lock).

    Raises ``StackFailed`` where one does not start. They end with this context, or with this process.
    """
    folder = open_folder(folder)
    passwords = kept_passwords(folder / "servers.json")
    logs = folder / "logs"
    urls: dict[str, str] = {}
    children: list[Child] = []
    try:
        if valkey:
            port = start_valkey(_server_folder(folder / "valkey"), logs / "valkey.log", passwords.redis, children)
            urls["redis_url"] = f"redis://:{passwords.redis}@127.0.0.1:{port}/0"
        if postgres:
            data = folder / "postgres"
            if not data.exists():
                _initialise(data, passwords)
            port = start_postgres(data, logs / "postgres.log", postgres_options or {}, children)
            urls |= _postgres_urls(passwords, port)
        yield LocalServers(Addresses(**urls), tuple(children))
    finally:
        stop(children, within=STOP_WITHIN)


def open_folder(folder: Path) -> Path:
    """The data folder is ours alone; as root, the servers' user may also pass through it, and no more."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700 if server_user() is None else 0o711)
    (folder / "logs").mkdir(exist_ok=True, mode=0o700)
    return folder


def kept_passwords(path: Path) -> Passwords:
    """The passwords of the servers in this folder, made at first use."""
    kept = keep_privately(path, lambda: msgspec.json.encode(_new_passwords()))
    return msgspec.json.decode(kept, type=Passwords)


def _new_passwords() -> Passwords:
    return Passwords(*(secrets.token_urlsafe(24) for _ in Passwords.__struct_fields__))


def _initialise(data: Path, passwords: Passwords) -> None:
    """Moved into place once it is whole, so that a start that was killed is simply begun again."""
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    initialise_postgres(
        _server_folder(unfinished),
        superuser_password=passwords.superuser,
        roles={OWNER: passwords.owner, APPLICATION: passwords.application, WORKER: passwords.worker},
        database=DATABASE,
        owner=OWNER,
    )
    unfinished.rename(data)


def _postgres_urls(passwords: Passwords, port: int) -> dict[str, str]:
    def url(role: str, password: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"

    return {
        "superuser_url": url(SUPERUSER, passwords.superuser, "postgres"),
        "admin_url": url(OWNER, passwords.owner),
        "database_url": url(APPLICATION, passwords.application),
        "worker_url": url(WORKER, passwords.worker),
    }


def _server_folder(path: Path) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    user = server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
    return path
