"""A Postgres of a benchmark's own, with learners whose files need no bytes: chunks are all that is searched."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from uuid_utils.compat import uuid7

from learnx import bootstrap
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.adapters.postgres.engine import open_engine
from learnx.domain.courses import Course, File, Module
from learnx.domain.identity import User
from learnx.entrypoints.local_stack import Addresses, local_servers

NOW = datetime.now(UTC)
CORPORA = Path(os.environ.get("LEARNX_CORPORA", Path(__file__).parent.parent.parent / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Library:
    """One learner's only module; files are added to it by id."""

    database: PostgresDatabase
    owner: UUID
    course: UUID
    module: UUID

    async def add_file(self) -> UUID:
        file = File(
            id=uuid7(),
            module_id=self.module,
            course_id=self.course,
            filename="passages.txt",
            media_type="text/plain",
            size_bytes=1,
            sha256="0" * 64,
            created_at=NOW,
        )
        async with self.database.transaction(self.owner) as tx:
            await tx.files.add(file)
            await tx.commit()
        return file.id


@asynccontextmanager
async def fresh_database(**postgres_options: str) -> AsyncIterator[tuple[PostgresDatabase, Addresses]]:
    """Migrated, empty, seen as ``learnx_app``; with the settings that ``learnx up`` gives it, unless said otherwise."""
    with (
        TemporaryDirectory(prefix="learnx-bench-") as folder,
        local_servers(Path(folder), valkey=False, postgres_options=postgres_options) as servers,
    ):
        addresses = servers.addresses
        assert addresses.admin_url and addresses.database_url
        await bootstrap.migrate(addresses.admin_url)
        engine = open_engine(addresses.database_url)
        yield PostgresDatabase(engine), addresses
        await engine.dispose()


async def new_library(database: PostgresDatabase) -> Library:
    owner = uuid7()
    user = User(id=owner, email=f"{owner}@example.org", full_name="Learner", created_at=NOW)
    await PostgresAccounts(database.engine).register(user, "no password")
    course = Course(id=uuid7(), title="Course", created_at=NOW, updated_at=NOW)
    module = Module(id=uuid7(), course_id=course.id, title="Module", position=0, created_at=NOW, updated_at=NOW)
    async with database.transaction(owner) as tx:
        await tx.courses.add(course)
        await tx.modules.add(module)
        await tx.commit()
    return Library(database, owner, course.id, module.id)
