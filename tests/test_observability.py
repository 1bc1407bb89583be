"""Logs carry their context and never a secret, whoever writes them."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from learnx.observability import HIDDEN, configure_logging, hide_secrets


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json_with_its_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    with structlog.contextvars.bound_contextvars(request="r1"):
        structlog.get_logger("learnx").info("file.added", size_bytes=3)
    [line] = lines(capsys)
    assert (line["event"], line["level"], line["request"], line["size_bytes"]) == ("file.added", "info", "r1", 3)
    assert line["timestamp"].endswith("Z")


def test_events_of_the_standard_library_look_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    logging.getLogger("vendor").warning("cannot reach %s", "redis://:hunter2@cache:6379/0")
    [line] = lines(capsys)
    assert line["event"] == f"cannot reach redis://:{HIDDEN}@cache:6379/0"


def test_what_lies_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("warning", "json")
    structlog.get_logger().info("quiet")
    logging.getLogger("saq").error("a traceback a second")
    assert lines(capsys) == []


def test_what_vendors_tell_for_their_own_debugging_is_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("debug", "json")
    logging.getLogger("openai._base_client").debug("Request options: %s", {"json_data": "a learner's document"})
    structlog.get_logger().debug("ours")
    assert [line["event"] for line in lines(capsys)] == ["ours"]


@pytest.mark.parametrize("name", ["password", "Authorization", "refreshToken", "api_key", "apiKey", "stripe_secret"])
def test_fields_that_hold_secrets_are_hidden_at_any_depth(name: str) -> None:
    event = hide_secrets(None, "info", {"event": "x", name: "hunter2", "sent": {"headers": [{name: "hunter2"}]}})
    assert "hunter2" not in repr(event)


def test_counts_of_tokens_are_not_secrets() -> None:
    assert hide_secrets(None, "info", {"prompt_tokens": 12})["prompt_tokens"] == 12


def test_a_traceback_tells_no_password_of_a_url(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "json")
    try:
        raise ConnectionError("postgresql://learnx_app:hunter2@db/learnx refused")
    except ConnectionError:
        structlog.get_logger().exception("database.lost")
    [line] = lines(capsys)
    assert "ConnectionError" in line["exception"]
    assert "hunter2" not in json.dumps(line)


def test_the_console_shows_events_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "console")
    structlog.get_logger().info("file.added", password="hunter2")
    shown = capsys.readouterr().err
    assert "file.added" in shown
    assert "hunter2" not in shown


def test_what_a_vendor_logs_is_one_line_without_its_own_marks(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("info", "console")
    logging.getLogger("vendor").info("\nit did something\n", extra={"litellm_redacted": object()})
    [line] = capsys.readouterr().err.splitlines()
    assert "it did something" in line
    assert "redacted" not in line


def test_a_line_that_cannot_be_written_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

        flush = isatty = lambda self: False

    monkeypatch.setattr("sys.stderr", Full())
    configure_logging("info", "json")
    structlog.get_logger().info("file.added")
