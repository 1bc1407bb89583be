"""What is wrong with a stack is found, and each finding says what to do about it."""

from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from tests.conftest import Bucket, DatabaseUrls, NewDatabase
from tests.fakes.identity_provider import identity_provider
from tests.fakes.mail_server import mail_server
from uuid_utils.compat import uuid7

from learnx.entrypoints.doctor import Finding, findings
from learnx.settings import Secret, Settings

pytestmark = pytest.mark.anyio

NOBODY = "127.0.0.1:1"


def of(urls: DatabaseUrls, redis_url: str, data_dir: Path) -> Settings:
    return Settings(
        environment="production",
        data_dir=data_dir,
        secret_key=Secret("k" * 48),
        database_url=Secret(urls.app),
        database_worker_url=Secret(urls.worker),
        database_admin_url=Secret(urls.admin),
        redis_url=Secret(redis_url),
        llm_connect_timeout=1,
        llm_retries=0,
    )


@pytest.fixture
def settings(database_urls: DatabaseUrls, redis_url: str, tmp_path: Path) -> Settings:
    return of(database_urls, redis_url, tmp_path)


async def found(settings: Settings, **changes: Any) -> dict[str, Finding]:
    """By what they are about; those of models without the model's name."""
    changed = msgspec.structs.replace(settings, **changes)
    names = ("embedding model", "language model")
    return {
        next((name for name in names if one.what.startswith(name)), one.what): one async for one in findings(changed)
    }


async def test_all_is_fine_and_nothing_is_left_in_the_storage(settings: Settings, tmp_path: Path) -> None:
    told = await found(settings)
    assert [one for one in told.values() if not one.fine] == []
    assert list(told) == [
        "configuration",
        "plans",
        "data folder",
        "postgres",
        "redis",
        "application's database role",
        "worker's database role",
        "storage",
        "embedding model",
        "searchable chunks",
        "language model",
    ]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("field", "value", "what", "variable"),
    [
        ("database_url", Secret(f"postgresql://app:hunter2@{NOBODY}/x"), "postgres", "LEARNX_DATABASE_URL"),
        ("redis_url", Secret(f"redis://:hunter2@{NOBODY}/0"), "redis", "LEARNX_REDIS_URL"),
        (
            "database_worker_url",
            Secret(f"postgresql://worker:hunter2@{NOBODY}/x"),
            "worker's database role",
            "LEARNX_DATABASE_WORKER_URL",
        ),
        ("database_worker_url", None, "worker's database role", "LEARNX_DATABASE_WORKER_URL"),
        (
            "database_admin_url",
            Secret(f"postgresql://owner:hunter2@{NOBODY}/x"),
            "searchable chunks",
            "LEARNX_DATABASE_ADMIN_URL",
        ),
    ],
)
async def test_a_server_that_is_away_is_named_by_its_variable_without_its_password(
    settings: Settings, field: str, value: Secret | None, what: str, variable: str
) -> None:
    told = await found(settings, **{field: value})
    assert not told[what].fine
    assert variable in told[what].detail
    assert value is None or "Connect call failed" in told[what].detail
    assert "hunter2" not in str(told)


async def test_a_wrong_password_is_told_as_the_server_tells_it(settings: Settings, database_urls: DatabaseUrls) -> None:
    wrong = database_urls.app.replace("learnx_app:", "learnx_app:not-", 1)
    told = await found(settings, database_url=Secret(wrong))
    assert "password authentication failed" in told["postgres"].detail


async def test_a_role_that_row_level_security_does_not_hold_is_found(
    settings: Settings, database_urls: DatabaseUrls
) -> None:
    told = await found(
        settings, database_url=Secret(database_urls.superuser), database_worker_url=Secret(database_urls.admin)
    )
    assert "is a superuser" in told["application's database role"].detail
    assert "owns a table" in told["worker's database role"].detail
    for what in ("application's", "worker's"):
        assert "migrations/roles.sql" in told[f"{what} database role"].detail


async def test_a_database_that_was_not_migrated_needs_learnx_migrate(
    new_empty_database: NewDatabase, redis_url: str, tmp_path: Path
) -> None:
    with new_empty_database() as urls:
        told = await found(of(urls, redis_url, tmp_path))
    assert "learnx migrate" in told["postgres"].detail


async def test_plans_that_do_not_fit_are_told_in_one_line(settings: Settings, tmp_path: Path) -> None:
    plans = tmp_path / "plans.toml"
    plans.write_text("[free]\nasks_per_hour = -1\n")
    told = await found(settings, plans=plans, default_plan="free")
    assert not told["plans"].fine
    assert "LEARNX_PLANS" in told["plans"].detail and "asks_per_hour of the plan free" in told["plans"].detail


async def test_who_signs_in_and_who_sends_mails_are_asked_where_they_are_not_ours(settings: Settings) -> None:
    async with identity_provider() as provider, mail_server() as server:
        told = await found(
            settings,
            auth_provider="supabase",
            supabase_url=provider.address,
            smtp_url=Secret(f"smtp://127.0.0.1:{server.port}"),
        )
    assert told["identity provider supabase"].fine and told["mail server"].fine
    away = {"supabase_url": f"http://{NOBODY}", "smtp_url": Secret(f"smtp://us:hunter2@{NOBODY}")}
    told = await found(settings, auth_provider="supabase", **away)
    assert "LEARNX_SUPABASE_URL" in told["identity provider supabase"].detail
    assert "LEARNX_SMTP_URL" in told["mail server"].detail
    assert "hunter2" not in str(told)


async def test_a_storage_that_can_not_be_written_to_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    told = await found(settings, storage_url=f"file://{tmp_path}/file")
    assert not told["storage"].fine
    assert "LEARNX_STORAGE_URL" in told["storage"].detail


async def test_a_bucket_is_written_to_and_left_as_it_was(settings: Settings, bucket: Bucket) -> None:
    told = await found(settings, storage_url=f"s3://{bucket.name}", s3_endpoint=bucket.endpoint)
    assert told["storage"].fine
    assert bucket.keys() == []
    told = await found(settings, storage_url="s3://no-such-bucket", s3_endpoint=bucket.endpoint)
    assert "no such bucket" in told["storage"].detail
    assert "LEARNX_STORAGE_URL" in told["storage"].detail


async def test_chunks_of_another_embedding_model_are_found(settings: Settings, database_urls: DatabaseUrls) -> None:
    connection = await asyncpg.connect(database_urls.superuser)
    try:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            """
            INSERT INTO chunks (owner_id, id, file_id, index, text, page_marks, heading_path, token_count, content_hash,
                embedding, embedding_model, search, text_config)
            VALUES ($1, $1, $1, 0, 'A cell.', '[]', '{}', 2, 'x', '[1, 0]', 'another-model', '', 'simple')
            """,
            uuid7(),
        )
    finally:
        await connection.close()
    told = await found(settings)
    assert not told["searchable chunks"].fine
    assert "1 of another-model" in told["searchable chunks"].detail
    assert "learnx reindex" in told["searchable chunks"].detail


async def test_a_provider_that_can_not_be_reached_is_named_by_its_variables(settings: Settings) -> None:
    away = f"http://{NOBODY}/v1"
    told = await found(
        settings,
        llm_model="openai/x",
        llm_api_base=away,
        embedding_model="openai/e",
        embedding_dimensions=8,
        embedding_api_base=away,
    )
    assert "LEARNX_LLM_API_KEY" in told["language model"].detail
    assert "LEARNX_EMBEDDING_API_KEY" in told["embedding model"].detail


async def test_a_data_folder_that_can_not_be_made_is_found(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    told = await found(settings, data_dir=tmp_path / "file" / "data")
    assert not told["data folder"].fine
    assert "LEARNX_DATA_DIR" in told["data folder"].detail
