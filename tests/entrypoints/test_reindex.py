"""`learnx reindex` moves everybody's chunks to the configured model, says what it did, and may be killed."""

import os
import sys
from pathlib import Path
from subprocess import CompletedProcess

import anyio
import asyncpg
import pytest
from tests.conftest import DatabaseUrls
from uuid_utils.compat import uuid7

from learnx.adapters.embeddings import WordLlamaEmbedder

pytestmark = pytest.mark.anyio

MODEL = WordLlamaEmbedder().model
FILES, CHUNKS = 2, 150


async def reindex(urls: DatabaseUrls, redis_url: str, folder: Path, *options: str) -> CompletedProcess[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("LEARNX_")},
        "LEARNX_DATABASE_URL": urls.app,
        "LEARNX_DATABASE_WORKER_URL": urls.worker,
        "LEARNX_REDIS_URL": redis_url,
        "LEARNX_DATA_DIR": str(folder),
    }
    command = [str(Path(sys.executable).with_name("learnx")), "reindex", *options]
    return await anyio.run_process(command, env=environment, check=False)


@pytest.fixture
async def database(database_urls: DatabaseUrls) -> asyncpg.Connection:
    """Of two learners, each with a file that another model has embedded."""
    connection = await asyncpg.connect(database_urls.superuser)
    for number in range(FILES):
        owner = uuid7()
        await connection.execute(
            "INSERT INTO users VALUES ($1, $2, 'A', NULL, 'unlimited', now())", owner, f"{number}@example.org"
        )
        for statement in (
            "INSERT INTO courses VALUES ($1, $1, 'C', '', NULL, NULL, false, now(), now())",
            "INSERT INTO modules VALUES ($1, $1, $1, 'M', '', 0, true, now(), now())",
            "INSERT INTO files (owner_id, id, module_id, filename, media_type, size_bytes, sha256, status, ready,"
            " progress, attempt, created_at)"
            " VALUES ($1, $1, $1, 'f', 'text/plain', 1, '', 'completed', true, 100, 1, now())",
        ):
            await connection.execute(statement, owner)
        await connection.execute(
            "INSERT INTO chunks (owner_id, id, file_id, index, text, page_marks, heading_path, token_count,"
            " content_hash, embedding, embedding_model, search, text_config)"
            " SELECT $1, uuidv7(), $1, n, 'Passage ' || n, '[]', '{}', 1, n::text, '[1,0]', 'another', '', 'simple'"
            " FROM generate_series(1, $2) n",
            owner,
            CHUNKS,
        )
    yield connection
    await connection.close()


COUNT = "SELECT count(*) FROM chunks WHERE embedding_model = $1 AND next_embedding_model IS NOT DISTINCT FROM $2"


async def test_a_library_moves_and_is_finished(
    database: asyncpg.Connection, database_urls: DatabaseUrls, redis_url: str, tmp_path: Path
) -> None:
    done = await reindex(database_urls, redis_url, tmp_path)
    assert (done.returncode, done.stdout.decode()) == (0, f"300 chunks were given a vector of {MODEL}\n"), done.stderr
    assert done.stderr.decode().splitlines()[-1] == "300 of 300 chunks"
    assert await database.fetchval(COUNT, "another", MODEL) == FILES * CHUNKS
    finished = await reindex(database_urls, redis_url, tmp_path, "--finish")
    assert finished.stdout.decode().splitlines() == [
        f"every chunk has a vector of {MODEL} already",
        "300 vectors of other models were dropped",
    ]
    assert await database.fetchval(COUNT, MODEL, None) == FILES * CHUNKS
    vector = await database.fetchval("SELECT embedding::text FROM chunks WHERE text = 'Passage 7' LIMIT 1")
    [expected] = await WordLlamaEmbedder().embed(["Passage 7"])
    assert [float(part) for part in vector.strip("[]").split(",")] == pytest.approx(expected, abs=1e-3)


async def test_a_killed_run_is_continued(
    database: asyncpg.Connection, database_urls: DatabaseUrls, redis_url: str, tmp_path: Path
) -> None:
    await database.execute("""
        CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
        CREATE TRIGGER stall BEFORE UPDATE ON chunks FOR EACH ROW WHEN (OLD.index = 100) EXECUTE FUNCTION stall()
    """)
    with anyio.move_on_after(60) as patience:
        async with anyio.create_task_group() as tasks:

            async def kill_once_a_batch_is_written() -> None:
                while not await database.fetchval(COUNT, "another", MODEL):
                    await anyio.sleep(0.05)
                tasks.cancel_scope.cancel()  # kills the process

            tasks.start_soon(kill_once_a_batch_is_written)
            await reindex(database_urls, redis_url, tmp_path)
    assert not patience.cancelled_caught
    await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE wait_event = 'PgSleep' AND datname = current_database()"
    )
    await database.execute("DROP TRIGGER stall ON chunks")
    before = await database.fetchval(COUNT, "another", MODEL)
    assert 0 < before < FILES * CHUNKS
    done = await reindex(database_urls, redis_url, tmp_path)
    assert done.stdout.decode() == f"{FILES * CHUNKS - before} chunks were given a vector of {MODEL}\n"
    assert await database.fetchval(COUNT, "another", MODEL) == FILES * CHUNKS
