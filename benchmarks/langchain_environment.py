"""Runs LangChain's chain in an environment of its own, so that none of its packages is among ours."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.running import REPOSITORY

from learnx.entrypoints.bundled_postgres import postgres_program

REQUIREMENTS = Path(__file__).with_name("langchain-requirements.txt")
ENVIRONMENT = REPOSITORY / ".bench" / "langchain"
SCRIPT = Path(__file__).with_name("langchain_baseline.py")


@contextmanager
def langchain(superuser_url: str) -> Iterator[Callable[[Path], float]]:
    """Gives the seconds from a document's path to the last of its passages in the same Postgres.

    One process, kept warm: it is asked between runs of ours, so that both meet the same machine.
    """
    connection = urlsplit(_own_database(superuser_url))._replace(scheme="postgresql+psycopg").geturl()
    command = [str(_environment()), "-P", str(SCRIPT), connection]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ENVIRONMENT)
    assert process.stdin and process.stdout
    requests, replies = process.stdin, process.stdout

    def seconds(path: Path) -> float:
        print(path, file=requests, flush=True)
        return float(replies.readline())

    with process:
        replies.readline()  # it is warm
        yield seconds


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
