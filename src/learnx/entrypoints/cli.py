"""The command line: each command reads the settings, does one thing, and says in one line why it can't."""

import asyncio
import os
from pathlib import Path
from typing import Any, Literal, get_args

import click

from learnx.domain.lessons import SECTION_TYPES, LessonOptions
from learnx.domain.personas import Density, SummaryStyle, TechnicalLevel, Tone
from learnx.entrypoints.personalize_options import (
    FOCUS_LENGTH,
    INTEREST_LENGTH,
    PASSWORD_LENGTH,
    Text,
    few_interests,
    known_password,
    known_sections,
    persona_change,
)
from learnx.entrypoints.refusals import Refused, refusals
from learnx.observability import configure_logging
from learnx.settings import PREFIX, Secret, Settings, read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="learnx")
def main() -> None:
    """Turns your own course documents into explanations written for you, every fact traceable to a page.

    Settings are read from LEARNX_… variables, and in development from a file .env. `learnx up` needs none.
    """
    os.umask(0o077)  # whatever we write belongs to learners


data_dir = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Where embedded servers and local files live [.learnx]."
)
port = click.option("--port", type=click.IntRange(0, 65535), help="0 takes any free port [8000].")
host = click.option("--host", help="The address to listen on [127.0.0.1].")


@main.command()
@port
@host
@data_dir
def up(**given: Any) -> None:
    """Run everything on this machine: Postgres, Valkey, migrations, API and worker.

    Prints `ready http://…` when it serves. SIGTERM or Ctrl-C stops all of it and loses nothing.
    """
    from learnx.entrypoints.up import run_up

    with refusals():
        settings = _settings(given)
        _refuse_unkept_budgets(settings)
        run_up(settings, click.echo)


@main.command()
@port
@host
@data_dir
def serve(**given: Any) -> None:
    """Run the API."""
    with refusals():
        settings = _attached(given)
        _refuse_strong_role(settings, settings.database_url)
        _refuse_unkept_budgets(settings)
        from learnx.entrypoints.http.server import run_server

        run_server(settings, lambda address: click.echo(f"serving {address}", err=True))


@main.command()
@data_dir
def worker(**given: Any) -> None:
    """Run a worker, which turns uploads into searchable chunks."""
    with refusals():
        settings = _attached(given)
        if settings.worker_url is None:
            raise Refused("LEARNX_DATABASE_WORKER_URL is missing: a worker needs its own role.")
        _refuse_strong_role(settings, settings.worker_url)
        from learnx.entrypoints.worker import run_worker

        run_worker(settings)


@main.command()
@data_dir
def migrate(**given: Any) -> None:
    """Bring the database to the newest revision."""
    with refusals():
        settings = _attached(given)
        from learnx.bootstrap import migrate as upgrade

        if settings.admin_url is None:
            raise Refused("LEARNX_DATABASE_ADMIN_URL is missing: migrations need the owner's role.")
        asyncio.run(upgrade(settings.admin_url.reveal()))
        click.echo("the database is at the newest revision")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--interest",
    "interests",
    type=Text(INTEREST_LENGTH),
    multiple=True,
    callback=few_interests,
    metavar="X",
    help="What you like; up to five, best first.",
)
@click.option("--level", type=click.Choice(get_args(TechnicalLevel)), help="How much you know about technical things.")
@click.option("--density", type=click.Choice(get_args(Density)), help="How much text you want.")
@click.option("--tone", type=click.Choice(get_args(Tone)))
@click.option("--summary-style", type=click.Choice(get_args(SummaryStyle)))
@click.option(
    "--examples", type=click.IntRange(0, 5), metavar="N", help="Examples for each concept, 0 to 5 (0: one in all)."
)
@click.option(
    "--focus", type=Text(FOCUS_LENGTH), metavar="TEXT", help="What the lesson should be about, within the document."
)
@click.option("--minutes", type=click.IntRange(1, 60), metavar="N", help="How long reading it may take.")
@click.option(
    "--sections", metavar="LIST", callback=known_sections, help=f"Of {','.join(SECTION_TYPES)}; in your order."
)
@click.option(
    "--password",
    type=Text(PASSWORD_LENGTH),
    callback=known_password,
    metavar="P",
    help="Of an encrypted document; - asks for it, or reads it from a pipe.",
)
@click.option("--fresh", is_flag=True, help="Write the lesson anew though one is stored.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole lesson as JSON instead of text.")
@data_dir
def personalize(file: Path, **given: Any) -> None:
    """Read FILE and print a lesson written for you, with the page of each fact.

    The account `local` remembers your persona: what you leave out stays as it was. The same file is processed once.
    """
    with refusals():
        options = LessonOptions(sections=given["sections"], focus=given["focus"], target_minutes=given["minutes"])
        settings = _settings(given, quieter="warning")
        _refuse_unkept_budgets(settings)
        from learnx.entrypoints.personalize import Wish
        from learnx.entrypoints.personalize import personalize as run
        from learnx.entrypoints.private_stack import private_stack

        wish = Wish(
            file,
            persona_change(given),
            options,
            as_json=given["as_json"],
            fresh=given["fresh"],
            password=Secret(given["password"]) if given["password"] else None,
        )
        with private_stack(settings) as complete:
            asyncio.run(run(complete, wish))


@main.command()
@click.option("--finish", is_flag=True, help="Then drop the vectors of other models; no server may need them any more.")
@data_dir
def reindex(finish: bool, **given: Any) -> None:
    """Give every chunk a vector of the configured embedding model.

    Servers go on meanwhile, those of the old model and those of the new one. Ended early, it continues where it was.
    """
    with refusals():
        settings = _attached(given, quieter="warning")
        if settings.worker_url is None:
            raise Refused("LEARNX_DATABASE_WORKER_URL is missing: reindexing needs the worker's role.")
        _refuse_strong_role(settings, settings.worker_url)
        from learnx.entrypoints.reindex import run_reindex

        run_reindex(settings, finish=finish, say=click.echo, progress=lambda line: click.echo(line, err=True))


@main.command()
@data_dir
def doctor(**given: Any) -> None:
    """Check configuration, servers, migrations and provider; say what to do about each finding."""
    with refusals():
        failed = asyncio.run(_show_findings(_settings(given, quieter="error")))
    if failed:
        raise Refused(f"{failed} of these need you.")


async def _show_findings(settings: Settings) -> int:
    """How many are not fine."""
    from learnx.entrypoints.doctor import findings

    failed = 0
    async for finding in findings(settings):
        click.echo(f"{'ok  ' if finding.fine else 'FAIL'}  {finding.what}: {finding.detail}")
        failed += not finding.fine
    return failed


def _settings(given: dict[str, Any], *, quieter: Literal["warning", "error"] | None = None) -> Settings:
    """From the environment, with what the command line says on top."""
    named = {name: given.get(name) for name in ("data_dir", "host", "port")}
    options = {f"{PREFIX}{name.upper()}": str(value) for name, value in named.items() if value is not None}
    settings = read_settings({**_env_file(), **os.environ, **options})
    level = settings.log_level if settings.log_level == "debug" else quieter or settings.log_level
    configure_logging(level, settings.log_format)
    from learnx.bootstrap import embedder_faults

    if faults := embedder_faults(settings):
        raise Refused("\n".join(faults))
    return settings


def _env_file() -> dict[str, str]:
    """In development, what ``.env`` says; what is not a setting of ours is passed on to the libraries of providers."""
    if os.environ.get(f"{PREFIX}ENVIRONMENT") == "production" or not Path(".env").is_file():
        return {}
    from dotenv import dotenv_values

    values = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    for name, value in values.items():
        if not name.startswith(PREFIX):
            os.environ.setdefault(name, value)
    return values


def _attached(given: dict[str, Any], *, quieter: Literal["warning", "error"] | None = None) -> Settings:
    from learnx.entrypoints.data_folder import attached

    return attached(_settings(given, quieter=quieter))


def _refuse_strong_role(settings: Settings, url: Secret | None) -> None:
    """In production, a log-in that row-level security would not hold is one mistake away from everybody's data."""
    if settings.environment != "production" or url is None:
        return
    from learnx.bootstrap import role_faults

    if faults := asyncio.run(role_faults(url.reveal())):
        raise Refused(f"{' '.join(faults)} In production it has to be a role that row-level security holds.")


def _refuse_unkept_budgets(settings: Settings) -> None:
    """A budget with a model of unknown price would be none."""
    from learnx.bootstrap import budget_faults

    if faults := budget_faults(settings):
        raise Refused("\n".join(faults))
