"""Runs LangChain's chain in an environment of its own, so that none of its packages is among ours."""

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.running import REPOSITORY

from learnx.entrypoints.bundled_postgres import postgres_program

REQUIREMENTS = Path(__file__).with_name("langchain-requirements.txt")
ENVIRONMENT = REPOSITORY / ".bench" / "langchain"
SCRIPT = Path(__file__).with_name("langchain_baseline.py")


def seconds_of_runs(paths: list[Path], superuser_url: str, *, runs: int) -> list[list[float]]:
    """For each document, the seconds from its path to the last of its passages in the same Postgres, in each run."""
    python = _environment()
    connection = urlsplit(_own_database(superuser_url))._replace(scheme="postgresql+psycopg").geturl()
    command = [str(python), "-P", str(SCRIPT), connection, str(runs), *map(str, paths)]
    reply = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ENVIRONMENT)
    found: dict[str, list[float]] = json.loads(reply.stdout.splitlines()[-1])
    return [found[str(path)] for path in paths]


def _environment() -> Path:
    """Its Python; the environment is made, from wheels whose hashes are checked, where the pinned one is not there."""
    python, made_of = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "requirements.sha256"
    pinned = sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not made_of.exists() or made_of.read_text() != pinned:
        uv = _uv()
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
        install = [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", "--only-binary", ":all:"]
        subprocess.run([*install, str(REQUIREMENTS)], check=True)
        made_of.write_text(pinned)
    return python


def _uv() -> str:
    """As ``scripts/setup`` finds or installs it."""
    own = REPOSITORY / ".cache" / "uv" / "bin" / "uv"
    return str(own) if own.exists() else shutil.which("uv") or "uv"


def _own_database(superuser_url: str) -> str:
    """Its URL; new databases of the bundled Postgres have pgvector."""
    command = [
        postgres_program("psql"),
        superuser_url,
        "-qX",
        "-v",
        "ON_ERROR_STOP=1",
        "-c",
        "CREATE DATABASE langchain",
    ]
    subprocess.run(command, check=True)
    return urlsplit(superuser_url)._replace(path="/langchain").geturl()
