"""A whole LearnX of a benchmark's own, as ``learnx up`` runs it, and a learner who uses it over HTTP."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx
import psutil
from benchmarks.roomy_plan import roomy_plan

from learnx.entrypoints.data_folder import who_runs
from learnx.entrypoints.local_stack import Addresses

LEARNX = shutil.which("learnx", path=str(Path(sys.executable).parent)) or "learnx"
REPOSITORY = Path(__file__).parent.parent
SAMPLE = REPOSITORY / "examples" / "how-vaccines-train-the-immune-system.pdf"
STARTS_WITHIN, PROCESSED_WITHIN = 60.0, 300.0


@dataclass(frozen=True, slots=True)
class Stack:
    url: str
    addresses: Addresses
    process: psutil.Process
    data: Path
    environment: dict[str, str]

    def child(self, name: str) -> psutil.Process:
        """The process that is ``learnx <name>``."""
        return next(child for child in self.process.children() if child.cmdline()[-1:] == [name])


@contextmanager
def running_stack(**settings: str) -> Iterator[Stack]:
    """Up and ready on a port of its own and an empty data folder, with no other settings but limits that nobody
    reaches; ended with this context."""
    with TemporaryDirectory(prefix="learnx-bench-") as folder:
        data, log = Path(folder, "data"), Path(folder, "log")
        settings = roomy_plan(Path(folder)) | settings
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LEARNX_")}
        with log.open("w") as output:
            process = subprocess.Popen(
                [LEARNX, "up", "--port", "0", "--data-dir", str(data)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment | settings,
                cwd=folder,
            )
        try:
            url = _ready(process, log)
            running = who_runs(data)
            assert running and running.addresses
            yield Stack(url, running.addresses, psutil.Process(process.pid), data, environment | settings)
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def another_api(stack: Stack) -> Iterator[str]:
    """The address of one more API server on the same Postgres and Valkey."""
    log = stack.data.parent / "another-log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [LEARNX, "serve", "--port", "0", "--data-dir", str(stack.data)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=stack.environment,
            cwd=stack.data.parent,
        )
    try:
        yield _ready(process, log, "serving ")
    finally:
        process.terminate()
        process.wait(20)


def _ready(process: "subprocess.Popen[bytes]", log: Path, word: str = "ready ") -> str:
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        for line in log.read_text().splitlines():
            if line.startswith(word):
                return line.split()[1]
        time.sleep(0.05)
    raise RuntimeError(f"learnx up did not start:\n{log.read_text()[-2000:]}")


class Learner:
    """An account of its own on the stack."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/api/v1", timeout=PROCESSED_WITHIN)
        account = {"email": f"{uuid4()}@example.org", "password": uuid4().hex, "fullName": "Learner"}
        reply = self._http.post("/auth/register", json=account).raise_for_status()
        self._http.headers["Authorization"] = f"Bearer {reply.json()['tokens']['accessToken']}"

    @property
    def authorization(self) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": str(self._http.headers["Authorization"])}

    def upload(self, filename: str, content: bytes) -> str:
        """The id of the file."""
        reply = self._http.post("/files", files={"file": (filename, content)}).raise_for_status()
        return str(reply.json()["id"])

    def wait_for(self, file: str) -> None:
        """Until the file's events say that it is complete."""
        with self._http.stream("GET", f"/files/{file}/events") as events:
            for line in events.iter_lines():
                event = json.loads(line[5:]) if line.startswith("data:") else {}
                if event.get("type") == "complete":
                    return
                if event.get("type") == "failed":
                    raise RuntimeError(f"the document was not processed: {event}")
        raise RuntimeError("the events of the file ended early")

    def seconds_to_process(self, filename: str, content: bytes) -> float:
        """From the start of the upload to ``complete``."""
        started = time.perf_counter()
        self.wait_for(self.upload(filename, content))
        return time.perf_counter() - started

    def plain_lesson(self, file: str, *, focus: str) -> None:
        asked = {"fileId": file, "persona": "off", "focus": focus}
        self._http.post("/ai/personalize", json=asked).raise_for_status()
