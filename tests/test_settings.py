"""Configuration is read once, whole, or refused in one clear line a problem."""

import re
import stat
from pathlib import Path

import msgspec
import pytest

from learnx.settings import Secret, Settings, SettingsError, read_settings, signing_key

PRODUCTION = {
    "LEARNX_ENVIRONMENT": "production",
    "LEARNX_DATABASE_URL": "postgresql://app:hunter2@db/learnx",
    "LEARNX_REDIS_URL": "redis://:hunter2@redis:6379/0",
    "LEARNX_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL",
}


def test_nothing_needs_to_be_set_on_a_laptop() -> None:
    settings = read_settings({"PATH": "/bin", "LEARNX_CORPORA": "/data"})

    assert settings == Settings()
    assert settings.embedded


def test_texts_become_numbers_lists_paths_and_secrets() -> None:
    settings = read_settings(
        {
            "LEARNX_PORT": "0",
            "LEARNX_DATA_DIR": "/data/learnx",
            "LEARNX_CORS_ORIGINS": "https://a.example, https://b.example",
            "LEARNX_LLM_CONNECT_TIMEOUT": "2.5",
            "LEARNX_LLM_API_KEY": "sk-1",
            "LEARNX_REDIS_URL": "embedded",
            "LEARNX_STORAGE_URL": "",
        }
    )

    assert settings.port == 0
    assert settings.data_dir == Path("/data/learnx")
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.llm_connect_timeout == 2.5
    assert settings.llm_api_key is not None
    assert settings.llm_api_key.reveal() == "sk-1"
    assert settings.redis_url is None
    assert settings.storage_url is None


def test_a_price_names_its_model_and_cached_tokens_cost_as_much_unless_it_says_otherwise() -> None:
    prices = read_settings({"LEARNX_LLM_PRICES": "openai/x=0.15/0.6/0.075, ollama_chat/llama3.2:3b=0/0"}).llm_prices

    told = [(price.model, price.prompt, price.completion, price.cached) for price in prices]
    assert told == [("openai/x", 0.15, 0.6, 0.075), ("ollama_chat/llama3.2:3b", 0, 0, 0)]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LEARNX_S3_ENDPOINT", "minio:9000", "LEARNX_S3_ENDPOINT starts with http:// or https://"),
        ("LEARNX_STORAGE_URL", "s3://", "LEARNX_STORAGE_URL names no bucket"),
        ("LEARNX_STORAGE_URL", "s3:///prefix", "LEARNX_STORAGE_URL names no bucket"),
        ("LEARNX_PORT", "http", "LEARNX_PORT=http does not fit: expected int"),
        ("LEARNX_PORT", "70000", "LEARNX_PORT=70000 does not fit: expected int <= 65535"),
        ("LEARNX_ENVIRONMENT", "prod", "LEARNX_ENVIRONMENT=prod does not fit: use development or production"),
        ("LEARNX_WORKER_CONCURRENCY", "0", "LEARNX_WORKER_CONCURRENCY=0 does not fit: expected int >= 1"),
        ("LEARNX_DATABASE_URL", "mysql://x", "LEARNX_DATABASE_URL starts with embedded or postgresql://"),
        ("LEARNX_REDIS_URL", "localhost", "LEARNX_REDIS_URL starts with embedded or redis://"),
        ("LEARNX_SECRET_KEY", "short", "LEARNX_SECRET_KEY is too short"),
        ("LEARNX_SMTP_URL", "mail.example.org", "LEARNX_SMTP_URL starts with smtp:// or smtps://"),
        ("LEARNX_SUPABASE_URL", "x.supabase.co", "LEARNX_SUPABASE_URL starts with https:// or http://"),
        ("LEARNX_SUPABASE_URL", "https://x.supabase.co/auth/v1", "LEARNX_SUPABASE_URL does not fit"),
        ("LEARNX_SUPABASE_JWT_SECRET", "short", "LEARNX_SUPABASE_JWT_SECRET is too short"),
        (
            "LEARNX_SUPABASE_JWT_SECRET",
            "-----BEGIN PUBLIC KEY----- MFkwEwYHKoZIzj0CAQ",
            "LEARNX_SUPABASE_JWT_SECRET is a key of another kind",
        ),
        ("LEARNX_AUTH_PROVIDER", "supabase", "LEARNX_SUPABASE_URL is missing"),
        ("LEARNX_DATABASE_ADMIN_URL", "postgresql://x", "LEARNX_DATABASE_URL is missing"),
        ("LEARNX_LLM_PRICES", "openai/x=cheap", "LEARNX_LLM_PRICES=openai/x=cheap does not fit: "),
        ("LEARNX_LLM_PRICES", "0.15/0.6", "LEARNX_LLM_PRICES=0.15/0.6 does not fit: use model=prompt/completion"),
        ("LEARNX_EMBEDDING_MODEL", "openai/x", "LEARNX_EMBEDDING_DIMENSIONS is missing"),
        ("LEARNX_LLM_MODLE", "offline", "LEARNX_LLM_MODLE is not a setting; the nearest is LEARNX_LLM_MODEL."),
        ("LEARNX_DATABASEURL", "x", "LEARNX_DATABASEURL is not a setting; the nearest is LEARNX_DATABASE_URL."),
    ],
)
def test_a_wrong_value_or_name_is_one_line_that_names_it(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})

    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"LEARNX_PORT": "x", "LEARNX_HOTS": "y"})

    assert len(str(refused.value).splitlines()) == 2


def test_secrets_stay_out_of_repr_and_of_errors() -> None:
    shown = repr(read_settings(PRODUCTION))
    assert "hunter2" not in shown
    assert PRODUCTION["LEARNX_SECRET_KEY"] not in shown

    with pytest.raises(SettingsError) as refused:
        read_settings({**PRODUCTION, "LEARNX_SECRET_KEY": "hunter2", "LEARNX_DATABASE_URL": "hunter2"})
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("missing", ["LEARNX_DATABASE_URL", "LEARNX_REDIS_URL", "LEARNX_SECRET_KEY"])
def test_production_refuses_embedded_servers_and_a_secret_of_the_data_folder(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read_settings({name: value for name, value in PRODUCTION.items() if name != missing})


@pytest.mark.parametrize("weak", ["k" * 48, "changeme" * 6, "abcdefghijkl" * 4, "0123456701234567" * 3])
def test_production_refuses_a_secret_key_that_somebody_could_guess(weak: str) -> None:
    assert read_settings({"LEARNX_SECRET_KEY": weak}).secret_key == Secret(weak)
    with pytest.raises(SettingsError, match="LEARNX_SECRET_KEY is too weak") as refused:
        read_settings({**PRODUCTION, "LEARNX_SECRET_KEY": weak})
    assert weak not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"LEARNX_SMTP_URL": "smtp://mail"}, "LEARNX_PUBLIC_URL is missing"),
        ({"LEARNX_SUPABASE_URL": "http://x.example"}, "LEARNX_SUPABASE_URL starts with https://"),
    ],
)
def test_production_needs_the_public_address_for_mails_and_https_for_its_identity_provider(
    given: dict[str, str], said: str
) -> None:
    read_settings(given)
    with pytest.raises(SettingsError, match=said):
        read_settings(PRODUCTION | given)


def test_development_may_use_one_role_for_everything_and_production_may_not() -> None:
    url = PRODUCTION["LEARNX_DATABASE_URL"]

    assert read_settings({"LEARNX_DATABASE_URL": url}).admin_url == Secret(url)
    assert read_settings({"LEARNX_DATABASE_URL": url}).worker_url == Secret(url)
    assert read_settings(PRODUCTION).admin_url is None
    assert read_settings(PRODUCTION).worker_url is None


def test_the_signing_key_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    key = signing_key(settings)

    assert len(key.reveal()) >= 48
    assert signing_key(settings) == key
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret-key"]


def test_the_table_of_settings_is_complete_and_tells_the_defaults() -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text()
    rows = dict(re.findall(r"^\| `(LEARNX_[A-Z0-9_]+)` \| ([^|]+) \|", page, re.M))
    defaults = {f"LEARNX_{field.name.upper()}": field.default for field in msgspec.structs.fields(Settings)}
    assert rows.keys() == defaults.keys()
    for name, default in defaults.items():
        if default not in (None, ()):
            assert str(default) in rows[name], name
