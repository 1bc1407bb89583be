"""How a command fails: in one line on standard error, whatever went wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import structlog

from learnx.domain.errors import LearnXError
from learnx.settings import SettingsError


class Refused(click.ClickException):
    """One line on standard error, and exit code 1: it could not be done."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(f"learnx: {self.format_message()}", err=True)


class UsedWrongly(Refused):
    """Exit code 2: it was asked for in a way that can't work, of which attaching to nothing is one."""

    exit_code = 2


@contextmanager
def refusals() -> Iterator[None]:
    """Every way to fail as one line and an exit code; the traceback of an unexpected one is for the level debug."""
    from learnx.entrypoints.bundled import PortTaken, StackFailed
    from learnx.entrypoints.data_folder import FolderInUse, NothingRuns

    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise  # click's own, the last of which is a reader who has seen enough
    except NothingRuns as error:
        raise UsedWrongly(str(error)) from None
    except (SettingsError, FolderInUse, PortTaken, StackFailed, LearnXError) as error:
        raise Refused(str(error)) from None
    except OSError as error:
        _trace(error)
        raise Refused(" ".join(str(error).split())) from None
    except Exception as error:
        _trace(error)
        words = f"Something unexpected went wrong ({type(error).__name__})."
        raise Refused(f"{words} LEARNX_LOG_LEVEL=debug shows where.") from None


def _trace(error: Exception) -> None:
    if structlog.is_configured():  # else it would print at any level, and to standard output
        structlog.get_logger(__name__).debug("command.failed", exc_info=error)
