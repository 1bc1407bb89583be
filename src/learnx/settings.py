"""What can be configured, as one frozen value that is read once and passed on."""

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Names and defaults are those of the environment variables ``LEARNX_…``; an URL that is None is embedded."""

    environment: str = "development"
    database_url: str | None = None
    database_worker_url: str | None = None
    redis_url: str | None = None
    storage_url: str | None = None
    data_dir: Path = Path(".learnx")
    worker_concurrency: int = 2
    llm_model: str = "offline"
    max_upload_bytes: int = 50 * 1024 * 1024
    pdf_extractor: str = "pdfium"
    log_level: str = "info"
    log_format: str = "console"
