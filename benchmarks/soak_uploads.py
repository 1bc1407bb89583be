"""Five hundred uploads that go wrong, at full length: ``python -m benchmarks.soak_uploads``.

Nothing of them stays, in rows, in the store or in temporary files, and the server's memory is as it was.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import psutil
from benchmarks.memory import MB
from benchmarks.running import Stack, running_stack
from tests.security.bad_uploads import Client, bad_uploads

COUNT, AT_ONCE = 500, 50
#: Bytes of the largest document here, and seconds after which the server refuses who trickles.
LIMIT, PATIENCE = 2_000_000, 20.0
#: By how much memory may be more after as many again: pages that an allocator keeps, not documents.
GROWN_MB = 10.0
PASSWORD = "correct horse battery"


async def uploads(count: int = COUNT) -> tuple[Counter[tuple[str, str]], list[str], float]:
    """How often which fault was answered how, what was wrong afterwards, and by how many MB the server has grown from
    after two rounds to after a third."""
    with running_stack(LEARNX_MAX_UPLOAD_BYTES=str(LIMIT)) as stack:
        async with httpx.AsyncClient(base_url=stack.url, timeout=60) as browser:
            account = {"email": "ada@example.org", "password": PASSWORD, "fullName": "Ada"}
            reply = await browser.post("/api/v1/auth/register", json=account)
            token = reply.raise_for_status().json()["tokens"]["accessToken"]
            client = Client(stack.url, token, LIMIT, PATIENCE)
            server, port = stack.child("serve"), urlsplit(stack.url).port or 0
            for seed in (1, 2):  # until what an allocator keeps is as much as it ever keeps
                await bad_uploads(client, count, at_once=AT_ONCE, seed=seed)
                await settled(server, port)
            before = server.memory_info().rss
            outcomes = await bad_uploads(client, count, at_once=AT_ONCE, seed=3)
            await settled(server, port)
            grown = (server.memory_info().rss - before) / MB
            wrong = [f"left in the store: {path.name}" for path in left(stack.data / "blobs")]
            wrong += [f"left in the work folder: {path.name}" for path in left(stack.data / "work")]
            rows = await file_rows(stack)
            if rows:
                wrong.append(f"{rows} rows of files")
            bearer = {"Authorization": f"Bearer {token}"}
            kept = await browser.post("/api/v1/files", files={"file": ("a.md", b"# A\n\nText.\n")}, headers=bearer)
            if kept.status_code != 202:
                wrong.append(f"an upload that is well is answered {kept.status_code}")
    if grown > GROWN_MB:
        wrong.append(f"the server has {grown:.1f} MB more")
    return outcomes, wrong, grown


async def settled(server: psutil.Process, port: int) -> None:
    """Until nobody is connected any more but the one who looks."""
    async with asyncio.timeout(90):
        while sum(one.laddr.port == port for one in server.net_connections("tcp") if one.raddr) > 1:
            await asyncio.sleep(0.5)
    await asyncio.sleep(2)


def left(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def file_rows(stack: Stack) -> int:
    connection = await asyncpg.connect(stack.addresses.admin_url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM files"))
    finally:
        await connection.close()


def main() -> None:
    began = time.monotonic()
    outcomes, wrong, grown = asyncio.run(uploads(int(os.environ.get("SOAK_UPLOADS", COUNT))))
    print("| fault | answer | times |\n| --- | --- | --- |")
    for (fault, answer), times in sorted(outcomes.items()):
        print(f"| {fault} | {answer} | {times} |")
    print(f"\n{grown:+.1f} MB, {time.monotonic() - began:.0f} s; wrong: {wrong or 'nothing'}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
