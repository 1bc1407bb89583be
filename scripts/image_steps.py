"""Takes the image's steps without an engine: what the Dockerfile installs, run as compose.yaml runs it.

From a clean copy of the last commit it makes the image's environment, and in it migrates, serves and works in
production mode, each process with its own role, on a Postgres and a Valkey that stand elsewhere; then a document goes
in and a lesson comes out.
"""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

import httpx

from learnx.entrypoints.bundled import free_port
from learnx.entrypoints.bundled_postgres import postgres_program
from learnx.entrypoints.local_stack import local_servers

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE = REPOSITORY / "examples/how-vaccines-train-the-immune-system.pdf"
SECONDS = 60
NOBODY = 65534


class Image:
    """What was installed, run as the image runs it: not by root, where the interpreter lets others in."""

    def __init__(self, learnx: Path) -> None:
        self.learnx = learnx
        self.account: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            try:
                subprocess.run([learnx, "--version"], check=True, **nobody)
                self.account = nobody
            except PermissionError:
                print(
                    "run as root: the interpreter lies in a folder that is closed to others (UV_PYTHON names another)"
                )

    def run(self, command: str, environment: dict[str, str] | None = None) -> None:
        print("$ learnx", command, flush=True)
        given = environment or {"PATH": os.environ["PATH"]}
        subprocess.run([self.learnx, command], env=given, cwd="/", check=True, timeout=SECONDS, **self.account)

    @contextmanager
    def running(self, command: str, environment: dict[str, str]) -> Iterator[None]:
        """Ended by SIGTERM, on which it has to exit with 0."""
        print("$ learnx", command, flush=True)
        process = subprocess.Popen([self.learnx, command], env=environment, cwd="/", **self.account)
        try:
            yield
        finally:
            process.terminate()
            code = process.wait(SECONDS)
        if code != 0:
            sys.exit(f"learnx {command} exited with {code}")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="learnx-image-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "data").mkdir(mode=0o700)
        image = Image(install(folder))
        if image.account:
            os.chown(folder / "data", NOBODY, NOBODY)
        image.run("--help")
        with local_servers(folder / "elsewhere") as servers:
            urls = prepared(servers.addresses.superuser_url or "", folder / "build/migrations/roles.sql")
            port = free_port()
            environment = {
                "PATH": os.environ["PATH"],
                "LEARNX_ENVIRONMENT": "production",
                "LEARNX_DATA_DIR": str(folder / "data"),
                "LEARNX_LOG_FORMAT": "json",
                "LEARNX_PORT": str(port),
                "LEARNX_SECRET_KEY": token_hex(32),
                "LEARNX_DATABASE_URL": urls["APP"],
                "LEARNX_REDIS_URL": servers.addresses.redis_url or "",
            }
            admin = environment | {"LEARNX_DATABASE_ADMIN_URL": urls["OWNER"]}
            works = environment | {"LEARNX_DATABASE_WORKER_URL": urls["WORKER"]}
            image.run("migrate", environment=admin)
            with ExitStack() as stack:
                stack.enter_context(image.running("serve", environment))
                stack.enter_context(image.running("worker", works))
                read_a_lesson(f"http://127.0.0.1:{port}")
                image.run("doctor", environment=works)
    print("the image's steps work")


def install(folder: Path) -> Path:
    """The program, in an environment made as the Dockerfile makes it."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=REPOSITORY, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder / "build", filter="data")
    for part in ("dependencies", "project"):
        started = time.monotonic()
        subprocess.run([folder / "build/scripts/install-release", part, folder / "environment"], check=True)
        print(f"{part} installed in {time.monotonic() - started:.0f} s", flush=True)
    return folder / "environment/bin/learnx"


def prepared(superuser_url: str, roles: Path) -> dict[str, str]:
    """A database as a new server of compose.yaml has it, with the log-ins that roles.sql makes: a URL for each."""
    server = urlsplit(superuser_url)._replace(path="/learnx")
    psql = [postgres_program("psql"), server.geturl(), "-qXv", "ON_ERROR_STOP=1"]
    names = ("OWNER", "APP", "WORKER")
    passwords = {name: token_hex(8) for name in names}
    before = ["DROP DATABASE learnx", *(f"DROP ROLE learnx_{name.lower()}" for name in names), "CREATE DATABASE learnx"]
    for statement in before:
        subprocess.run([psql[0], superuser_url, *psql[2:], "-c", statement], check=True)
    environment = {f"LEARNX_{name}_PASSWORD": password for name, password in passwords.items()}
    subprocess.run([*psql, "-f", roles], env=environment, check=True)
    return {
        name: server._replace(netloc=f"learnx_{name.lower()}:{password}@{server.hostname}:{server.port}").geturl()
        for name, password in passwords.items()
    }


def read_a_lesson(address: str) -> None:
    with httpx.Client(base_url=address, timeout=SECONDS) as client:
        wait_until(lambda: answers(client, "/health/ready"))
        user = {"email": "ada@example.org", "password": "correct horse battery", "fullName": "Ada"}
        tokens = asked(client, "POST", "/auth/register", json=user)["tokens"]
        client.headers["Authorization"] = f"Bearer {tokens['accessToken']}"
        file = asked(client, "POST", "/files", files={"file": (SAMPLE.name, SAMPLE.read_bytes())})
        wait_until(lambda: asked(client, "GET", f"/files/{file['id']}")["ready"])
        lesson = asked(client, "POST", "/ai/personalize", json={"fileId": file["id"], "persona": "off"})
        cited = sum(len(one["citations"]) for section in lesson["sections"] for one in section["sentences"])
        print(f"a lesson of {len(lesson['sections'])} sections with {cited} citations")
        if not cited:
            sys.exit("the lesson cites nothing")


def answers(client: httpx.Client, path: str) -> bool:
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False


def asked(client: httpx.Client, method: str, path: str, **options: Any) -> Any:
    reply = client.request(method, f"/api/v1{path}", **options)
    if not reply.is_success:
        sys.exit(f"{method} {path}: {reply.status_code} {reply.text}")
    return reply.json()


def wait_until(condition: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("it took too long")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
