"""What can be configured, as one frozen value that is read once from ``LEARNX_…`` variables and passed on."""

import difflib
import math
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

PREFIX = "LEARNX_"
NOT_SETTINGS = frozenset({"LEARNX_CORPORA"})
"""Names with our prefix that belong to the test suite."""

SHORTEST_SECRET_KEY = 32
#: What random characters have many of, and a phrase or a repetition does not.
FEWEST_DIFFERENT = 10
SIGNING_SECRETS = frozenset({"LEARNX_SECRET_KEY", "LEARNX_SUPABASE_JWT_SECRET"})

IN_PROCESS_EMBEDDERS = ("wordllama", "minilm")
"""What ``embedding_model`` may name besides a model of a provider; they know their dimensions."""

Port = Annotated[int, Meta(ge=0, le=65535)]
Positive = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(gt=0)]
Dollars = Annotated[float, Meta(ge=0, le=1e9)]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(Exception):
    """What is configured can't be; each line of the message names one variable and what to do about it."""


class Secret:
    """A text that shows itself only when asked to, so that no log, error or ``repr`` does by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and secrets.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)


class ModelPrice:
    """``model=prompt/completion`` or ``model=prompt/completion/cached``: US dollars for a million tokens of each."""

    __slots__ = ("cached", "completion", "model", "prompt")

    def __init__(self, text: str) -> None:
        model, _, amounts = text.rpartition("=")
        prices = [float(amount) for amount in amounts.split("/")] if model else []
        if len(prices) not in (2, 3) or not all(0 <= price < math.inf for price in prices):
            raise ValueError("use model=prompt/completion, in US dollars for a million tokens")
        self.model = model
        self.prompt, self.completion = prices[:2]
        self.cached = prices[-1] if len(prices) == 3 else self.prompt


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field is the variable ``LEARNX_<FIELD>``. An address that is None is embedded or, for models, the
    provider's own; times are seconds, sizes bytes; lists are comma-separated."""

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path(".learnx")
    secret_key: Secret | None = None

    database_url: Secret | None = None
    database_admin_url: Secret | None = None
    database_worker_url: Secret | None = None
    redis_url: Secret | None = None
    storage_url: str | None = None
    s3_endpoint: str | None = None

    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str | None = None
    smtp_url: Secret | None = None
    mail_from: str | None = None
    auth_provider: Literal["local", "supabase"] = "local"
    supabase_url: str | None = None
    supabase_jwt_secret: Secret | None = None
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: Annotated[int, Meta(ge=0, le=16)] = 0
    metrics_port: Port | None = None
    max_upload_bytes: Positive = 50 * 1024 * 1024

    worker_concurrency: Positive = 2
    pdf_extractor: Literal["pdfium", "pdfplumber"] = "pdfium"

    embedding_model: str = "wordllama"
    embedding_dimensions: Positive | None = None
    embedding_api_base: str | None = None
    embedding_api_key: Secret | None = None

    llm_model: str = "offline"
    llm_api_base: str | None = None
    llm_api_key: Secret | None = None
    llm_fallback_models: tuple[str, ...] = ()
    llm_fallback_api_bases: tuple[str, ...] = ()
    llm_fallback_api_keys: tuple[Secret, ...] = ()
    llm_context_tokens: Positive | None = None
    llm_prices: tuple[ModelPrice, ...] = ()
    llm_connect_timeout: Seconds = 10
    llm_first_token_timeout: Seconds = 30
    llm_token_timeout: Seconds = 20
    llm_retries: Annotated[int, Meta(ge=0)] = 2

    plans: Path | None = None
    default_plan: str = "unlimited"
    service_budget_per_day: Dollars | None = None
    service_budget_per_month: Dollars | None = None

    generation_grace: Seconds = 60
    generation_orphans: Literal["finish", "cancel"] = "finish"
    generation_log_ttl: Seconds = 3600

    log_level: LogLevel = "info"
    log_format: Literal["console", "json"] = "console"

    @property
    def embedded(self) -> bool:
        """Whether a server of the data folder is needed."""
        return self.database_url is None or self.redis_url is None

    @property
    def admin_url(self) -> Secret | None:
        """The owner role's, for migrations. In development it may be the application's own."""
        return self.database_admin_url or (self.database_url if self.environment == "development" else None)

    @property
    def worker_url(self) -> Secret | None:
        return self.database_worker_url or (self.database_url if self.environment == "development" else None)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that these variables describe; an empty variable is as good as none.

    Raises ``SettingsError`` with a line for each unknown name, each value that doesn't fit, and each value that
    production needs.
    """
    fields = {PREFIX + field.name.upper(): field for field in msgspec.structs.fields(Settings)}
    given: dict[str, Any] = {}
    problems: list[str] = []
    for name in sorted(environ):
        text = environ[name].strip()
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        if name not in fields:
            problems.append(_unknown(name, list(fields)))
        elif text:
            try:
                given[fields[name].name] = _value(name, text, fields[name].type)
            except SettingsError as error:
                problems.append(str(error))
    settings = Settings(**given)
    problems += _conflicts(settings)
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def signing_key(settings: Settings) -> Secret:
    """What signs tokens and links: as configured, or kept in the data folder, made at first use."""
    if settings.secret_key is not None:
        return settings.secret_key
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    kept = keep_privately(settings.data_dir / "secret-key", lambda: secrets.token_urlsafe(48).encode())
    return Secret(kept.decode())


def keep_privately(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file that we alone can read. Made at first use: once, also where several processes ask."""
    if not path.exists():
        descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(make())
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            pass  # another process was first, and its content counts
        finally:
            Path(unfinished).unlink()
    return path.read_bytes()


def _unknown(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)[0]
    return f"{name} is not a setting; the nearest is {nearest}."


def _value(name: str, text: str, wanted: Any) -> Any:
    """``text`` as the type of a field; a secret text is never part of the error."""
    if name in SCHEMES:
        _check_url(name, text)
        if text == "embedded":
            return None
    if name in SIGNING_SECRETS and len(text) < SHORTEST_SECRET_KEY:
        raise SettingsError(f"{name} is too short: give at least {SHORTEST_SECRET_KEY} random characters.")
    source = [part.strip() for part in text.split(",")] if get_origin(wanted) is tuple else text
    try:
        return msgspec.convert(source, wanted, strict=False, dec_hook=_from_text)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}={text} does not fit: {_expected(wanted, error)}.") from None


def _from_text(wanted: type, text: Any) -> Any:
    return wanted(text)


def _expected(wanted: Any, error: Exception) -> str:
    if get_origin(wanted) is Literal:
        return f"use {' or '.join(get_args(wanted))}"
    return str(error).replace("`", "").lower()


SCHEMES = {
    "LEARNX_DATABASE_URL": ("embedded", "postgresql://", "postgres://"),
    "LEARNX_DATABASE_ADMIN_URL": ("embedded", "postgresql://", "postgres://"),
    "LEARNX_DATABASE_WORKER_URL": ("embedded", "postgresql://", "postgres://"),
    "LEARNX_REDIS_URL": ("embedded", "redis://", "rediss://", "unix://"),
    "LEARNX_STORAGE_URL": ("file:///", "s3://"),
    "LEARNX_S3_ENDPOINT": ("http://", "https://"),
    "LEARNX_SMTP_URL": ("smtp://", "smtps://"),
    "LEARNX_SUPABASE_URL": ("https://", "http://"),
    "LEARNX_PUBLIC_URL": ("http://", "https://"),
}


#: What a browser calls an origin: neither a path nor a wildcard, and no `null`, which any file on a disk claims to be.
ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?")


def _check_url(name: str, text: str) -> None:
    schemes = SCHEMES[name]
    if not text.startswith(schemes):
        raise SettingsError(f"{name} starts with {' or '.join(schemes)}.")


def _conflicts(settings: Settings) -> list[str]:
    """What fits each by itself and not together."""
    problems = []
    if settings.database_url is None and (settings.database_admin_url or settings.database_worker_url):
        problems.append("LEARNX_DATABASE_URL is missing: the other roles' URLs alone are not enough.")
    if settings.embedding_model not in IN_PROCESS_EMBEDDERS and settings.embedding_dimensions is None:
        problems.append("LEARNX_EMBEDDING_DIMENSIONS is missing: it depends on LEARNX_EMBEDDING_MODEL.")
    problems += [
        f"{PREFIX}{name.upper()} has more entries than LEARNX_LLM_FALLBACK_MODELS: one for each."
        for name in ("llm_fallback_api_bases", "llm_fallback_api_keys")
        if len(getattr(settings, name)) > len(settings.llm_fallback_models)
    ]
    if settings.storage_url is not None and re.match("s3:/*$|s3:///", settings.storage_url):
        problems.append("LEARNX_STORAGE_URL names no bucket: use s3://bucket/prefix.")
    problems += [
        f"LEARNX_CORS_ORIGINS={origin} does not fit: use origins such as https://app.example.org, without path or *."
        for origin in settings.cors_origins
        if not ORIGIN.fullmatch(origin)
    ]
    if settings.public_url is not None and not ORIGIN.fullmatch(settings.public_url):
        problems.append("LEARNX_PUBLIC_URL does not fit: use an address as https://learn.example.org, without path.")
    if settings.auth_provider == "supabase" and settings.supabase_url is None:
        problems.append("LEARNX_SUPABASE_URL is missing: LEARNX_AUTH_PROVIDER=supabase needs it.")
    if settings.supabase_url is not None and not ORIGIN.fullmatch(settings.supabase_url.rstrip("/")):
        problems.append("LEARNX_SUPABASE_URL does not fit: use the project's, https://….supabase.co, without a path.")
    if settings.supabase_jwt_secret is not None and "-----BEGIN" in settings.supabase_jwt_secret.reveal():
        problems.append("LEARNX_SUPABASE_JWT_SECRET is a key of another kind: published keys are found by themselves.")
    if settings.environment == "production":
        if settings.supabase_url is not None and not settings.supabase_url.startswith("https://"):
            problems.append("LEARNX_SUPABASE_URL starts with https:// in production.")
        if settings.smtp_url is not None and settings.public_url is None:
            problems.append("LEARNX_PUBLIC_URL is missing: the links in mails lead to it.")
        if settings.secret_key is not None and _weak(settings.secret_key.reveal()):
            problems.append("LEARNX_SECRET_KEY is too weak for production: make one with `openssl rand -base64 48`.")
        needed = {
            "LEARNX_DATABASE_URL": settings.database_url,
            "LEARNX_REDIS_URL": settings.redis_url,
            "LEARNX_SECRET_KEY": settings.secret_key,
        }
        problems += [f"{name} is missing: production needs it." for name, value in needed.items() if value is None]
    return problems


def _weak(secret: str) -> bool:
    """Of few characters, or one text again and again."""
    return len(set(secret)) < FEWEST_DIFFERENT or secret in (secret + secret)[1:-1]
