"""The served contract against the program: what fits the schema is served as it says, and what does not is refused."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from dishka import AsyncContainer
from litestar import Litestar
from tests.conftest import REPOSITORY
from tests.entrypoints.http.conftest import Learner, served, sign_up
from tests.security.whole_library import Library, whole_library

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

#: Of one operation, in each phase, in the suite; benchmarks/soak_contract.py makes more, and lets each of the users do
#: all.
EXAMPLES = 2
PHASES = {
    "the library's edges": ["--phases=examples,coverage", "--include-tag=Library", "--include-tag=Identity"],
    "all other edges": ["--phases=examples,coverage", "--exclude-tag=Library", "--exclude-tag=Identity"],
    "what comes to mind": ["--phases=fuzzing,stateful"],
}

#: The suite tries the same each time, so that what fails is of the change; benchmarks/soak_contract.py, something new.
SAME_AS_BEFORE = "--generation-deterministic"
SOMETHING_NEW = "--generation-database=none"

#: Each check that the contract contradicts, and why.
CONFIGURATION = """
# A provider that can't be reached, or whose words can't be verified, is a 502, and what is down a 503: both are
# documented refusals. A 500 is none.
[checks.not_a_server_error]
expected-statuses = ["2xx", "3xx", "4xx", "502", "503"]

# Refused although well-formed: what a plan does not allow (402), what was changed since (412), a body that is larger
# than its form tells (413), a document of no kind that can be read (415: its bytes decide, not its form).
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "402", "403", "404", "409", "412", "413", "415", "429", "5xx"]

# If-Match is looked at before the body is (412).
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429", "5xx"]

# A NUL can't be stored: it is refused in every text (422), which no pattern of a schema should have to say.
[generation]
allow-x00 = false
"""

#: An event stream is no JSON document: ``events_conform`` holds its events to the schema.
STREAMS = ("stream_lesson", "follow_generation", "watch_file")

#: Deleting a course archives it: it can still be read. What is in a course or a module goes with it, though nobody
#: deleted it by its own id.
ARCHIVING = """
[[operations]]
include-path-regex = "/courses/"
checks.use_after_free.enabled = false

[[operations]]
include-path-regex = "/(files|modules|lessons|conversations)/"
checks.ensure_resource_availability.enabled = false
"""

#: End what the others act for: they are tried by an account of their own.
ENDING = ("delete_me", "end_session", "logout_everywhere")
WITHOUT_ENDING = [f"--exclude-operation-id={one}" for one in ENDING]


@pytest.fixture
async def address(app: Litestar) -> AsyncIterator[str]:
    async with served(app) as running:
        yield running.address


@pytest.mark.parametrize("phases", list(PHASES))
async def test_the_service_keeps_its_contract(
    client: httpx.AsyncClient, address: str, container: AsyncContainer, tmp_path: Path, phases: str
) -> None:
    """Each has one of everything."""
    learner = await sign_up(client)
    known = known_ids(await whole_library(learner, container))
    await holds(address, learner, tmp_path, known, [*PHASES[phases], *WITHOUT_ENDING, SAME_AS_BEFORE])


@pytest.mark.parametrize("operation", ENDING)
async def test_what_ends_a_session_or_an_account_keeps_its_contract(
    client: httpx.AsyncClient, address: str, tmp_path: Path, operation: str
) -> None:
    await holds(address, await sign_up(client), tmp_path, "", [f"--include-operation-id={operation}", SAME_AS_BEFORE])


def known_ids(library: Library) -> str:
    """So that more is answered than 404. What deletes makes up its own, or the rest would find nothing."""
    ids = "\n".join(f'parameters.{name} = "{value}"' for name, value in library.ids.items() if name.endswith("Id"))
    others = [*STREAMS, "list_conversations"]  # which takes at most one of them
    return f"""
[[operations]]
include-operation-id = {list(STREAMS)}
checks.response_schema_conformance.enabled = false
max-stream-events = 1
{ids}

[[operations]]
include-method = ["GET", "POST", "PUT", "PATCH"]
exclude-operation-id = {others}
{ids}
"""


async def holds(
    address: str, learner: Learner, folder: Path, known: str, options: list[str], examples: int = EXAMPLES
) -> None:
    configuration = folder / "schemathesis.toml"
    configuration.write_text(CONFIGURATION + ARCHIVING + known)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={configuration}",
        "run",
        f"{address}/schema/openapi.json",
        f"--header=Authorization: Bearer {learner.tokens['accessToken']}",
        f"--max-examples={examples}",
        "--continue-on-failure",
        "--suppress-health-check=all",
        "--warnings=off",
        "--no-color",
        *options,
    ]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.entrypoints.http.contract_hooks",
        "PYTHONPATH": str(REPOSITORY),
    }
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        told = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, told
    assert re.search(r"[1-9]\d* generated, [1-9]\d* passed", told), told
