"""The command line says what it can do, and in one line why it can't."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from learnx.entrypoints.cli import main
from learnx.entrypoints.local_stack import LocalServers


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    return CliRunner()


@pytest.mark.parametrize("command", ["up", "serve", "worker", "migrate", "personalize", "doctor", "reindex"])
def test_every_command_explains_itself(runner: CliRunner, command: str) -> None:
    shown = runner.invoke(main, [command, "--help"])

    assert shown.exit_code == 0
    assert "--data-dir" in shown.output
    assert command in runner.invoke(main, ["--help"]).output


def test_a_wrong_setting_is_one_line(runner: CliRunner) -> None:
    refused = runner.invoke(main, ["up"], env={"LEARNX_PORT": "many"})

    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == ["learnx: LEARNX_PORT=many does not fit: expected int, got str."]


def test_an_embedder_whose_extra_is_missing_is_one_line(runner: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    refused = runner.invoke(main, ["serve"], env={"LEARNX_EMBEDDING_MODEL": "minilm"})

    assert refused.exit_code == 1
    [line] = refused.stderr.splitlines()
    assert "LEARNX_EMBEDDING_MODEL=minilm" in line
    assert "extra minilm" in line


def test_a_file_of_variables_is_read_in_development_and_yields_to_the_environment(
    runner: CliRunner, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LEARNX_PORT=many\nLEARNX_LOG_LEVEL=loud\n")

    refused = runner.invoke(main, ["up"], env={"LEARNX_PORT": "x"})
    assert (
        refused.stderr.splitlines()[0]
        == "learnx: LEARNX_LOG_LEVEL=loud does not fit: use debug or info or warning or error."
    )
    assert "LEARNX_PORT=x" in refused.stderr

    ignored = runner.invoke(main, ["migrate"], env={"LEARNX_ENVIRONMENT": "production", "LEARNX_PORT": "80"})
    assert "loud" not in ignored.stderr


def test_sections_are_checked_before_anything_is_started(runner: CliRunner, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n")

    for wrong in ("summary,summary", "epilogue", ""):
        refused = runner.invoke(main, ["personalize", "notes.md", "--sections", wrong])
        assert refused.exit_code == 2
        assert "--sections takes" in refused.stderr
    assert not (tmp_path / ".learnx").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--interest", "x" * 101], "--interest takes up to 100 characters, and got 101."),
        (["--interest", ""], "--interest takes a text, and got an empty one."),
        (["--interest", "x"] * 6, "--interest may be given up to 5 times, and was 6 times."),
        (["--interest", "a\udcffb"], "--interest takes text in UTF-8, and got bytes that are none."),
        (["--focus", " "], "--focus takes a text, and got an empty one."),
        (["--focus", "x" * 201], "--focus takes up to 200 characters, and got 201."),
        (["--focus", "a\udcffb"], "--focus takes text in UTF-8, and got bytes that are none."),
        (["--password", ""], "--password takes a text, and got an empty one."),
        (["--password", "-"], "--password takes a text, and got an empty one."),
    ],
)
def test_what_a_persona_or_a_lesson_can_not_hold_is_one_line_before_anything_is_started(
    runner: CliRunner, tmp_path: Path, options: list[str], words: str
) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n")

    refused = runner.invoke(main, ["personalize", "notes.md", *options])

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.splitlines() == [f"learnx: {words}"]
    assert not (tmp_path / ".learnx").exists()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_refuses_a_role_that_row_level_security_does_not_hold(
    runner: CliRunner, servers: LocalServers, command: str
) -> None:
    strong = servers.addresses.superuser_url or ""
    production = {
        "LEARNX_ENVIRONMENT": "production",
        "LEARNX_DATABASE_URL": strong,
        "LEARNX_DATABASE_WORKER_URL": strong,
        "LEARNX_REDIS_URL": servers.addresses.redis_url or "",
        "LEARNX_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL",
    }

    refused = runner.invoke(main, [command], env=production)

    assert refused.exit_code == 1
    assert "is a superuser" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_worker_in_production_needs_its_own_role(runner: CliRunner) -> None:
    production = {
        "LEARNX_ENVIRONMENT": "production",
        "LEARNX_DATABASE_URL": "postgresql://app@db/learnx",
        "LEARNX_REDIS_URL": "redis://redis",
        "LEARNX_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL",
    }

    refused = runner.invoke(main, ["worker"], env=production)

    assert refused.exit_code == 1
    assert "LEARNX_DATABASE_WORKER_URL" in refused.stderr
