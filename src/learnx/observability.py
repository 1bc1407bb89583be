"""How a process tells what it does: one line an event, with its fields and context, and without secrets."""

import logging
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, Literal, TextIO, cast

import msgspec
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "(hidden)"
SECRET_NAME = re.compile(r"passw|secret|token|authorization|cookie|api_?key|credential", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(://[^:/@\s]*:)[^@/\s]+(?=@)")

#: Vendors whose news is ours too, told in our words: SAQ logs each job, and a traceback a second where Redis is down;
#: LiteLLM's warnings and errors quote what providers say, who like to repeat what was asked.
QUIET = {
    "saq": logging.CRITICAL,
    "httpx": logging.WARNING,
    "alembic": logging.WARNING,
    "pdfminer": logging.ERROR,
    "LiteLLM": logging.CRITICAL,
    "LiteLLM Router": logging.CRITICAL,
    "LiteLLM Proxy": logging.CRITICAL,
}


def configure_logging(level: Literal["debug", "info", "warning", "error"], form: Literal["console", "json"]) -> None:
    """Send structlog's and the standard library's events to stderr, from ``level`` on.

    Our own go there straight: through the standard library a line costs twice as much, and every request has one.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, _renderer(form)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, Lines(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), tidy, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # What libraries tell of themselves for their own debugging quotes requests whole: prompts, headers, keys.
    root.setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level.upper()]))
    for name, lowest in QUIET.items():
        logging.getLogger(name).setLevel(lowest)


class Lines:
    """A stream whose failure breaks nothing, as in the standard library: a full disk costs lines, no requests."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def tidy(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """One line without the mark that LiteLLM's filter leaves on what httpx and asyncio log."""
    event.pop("litellm_redacted", None)
    event["event"] = str(event["event"]).strip()
    return event


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Fields with a telling name lose their value, and URLs their password, wherever they stand in a text."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:
    if name.startswith("_"):
        return value  # the formatter's own
    if isinstance(value, str | bytes) and _is_secret(name):
        return HIDDEN
    if isinstance(value, str):
        return URL_PASSWORD.sub(rf"\1{HIDDEN}", value) if "://" in value else value
    if isinstance(value, Mapping):
        return {key: _hidden(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(name, item) for item in value]
    return value


@lru_cache(1024)
def _is_secret(name: str) -> bool:
    return SECRET_NAME.search(name) is not None


def _renderer(form: Literal["console", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(_json)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _json(event: EventDict, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()
