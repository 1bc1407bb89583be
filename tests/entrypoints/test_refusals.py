"""Whatever goes wrong in a command is one line; where it went wrong is for those who ask."""

import logging
from collections.abc import Iterator

import click
import pytest
import structlog
from click.testing import CliRunner, Result

from learnx.domain.errors import Unavailable
from learnx.entrypoints.refusals import refusals
from learnx.observability import configure_logging

UNEXPECTED = "learnx: Something unexpected went wrong (RuntimeError). LEARNX_LOG_LEVEL=debug shows where."


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """As a command starts, whatever ran before: not configured."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    structlog.reset_defaults()
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def failed(error: Exception, *, level: str | None = None) -> Result:
    @click.command()
    def command() -> None:
        if level is not None:
            configure_logging(level, "console")  # type: ignore[arg-type]
        with refusals():
            raise error

    return CliRunner().invoke(command)


@pytest.mark.parametrize("level", [None, "info"])
def test_the_unexpected_is_one_line_without_what_it_says(level: str | None) -> None:
    refused = failed(RuntimeError("INSERT INTO users …"), level=level)

    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [UNEXPECTED]


def test_debugging_shows_where_it_went_wrong() -> None:
    refused = failed(RuntimeError("INSERT INTO users …"), level="debug")

    assert "Traceback" in refused.stderr
    assert refused.stderr.splitlines()[-1] == UNEXPECTED
    assert refused.stdout == ""


def test_what_the_operating_system_refuses_and_what_we_refuse_is_told_in_its_words() -> None:
    assert failed(PermissionError(13, "Permission denied", "/data")).stderr == (
        "learnx: [Errno 13] Permission denied: '/data'\n"
    )
    assert failed(Unavailable("Postgres can't be reached.")).stderr == "learnx: Postgres can't be reached.\n"


def test_clicks_own_refusals_stay_as_they_are() -> None:
    assert failed(click.UsageError("no")).exit_code == 2
