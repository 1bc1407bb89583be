"""Others are given their time; what this process itself was too busy to hear is no fault of theirs."""

import asyncio
import time

import pytest

from learnx.adapters.patience import Patience

pytestmark = pytest.mark.anyio


async def test_silence_ends_in_a_timeout() -> None:
    with pytest.raises(TimeoutError):
        async with Patience(0.01):
            await asyncio.sleep(60)


async def test_an_answer_that_came_while_this_process_was_busy_is_heard() -> None:
    reading, writing = await _connected()
    try:
        async with Patience(0.05):
            writing.write(b"answer\n")
            await asyncio.sleep(0)
            time.sleep(0.2)
            assert await reading.readline() == b"answer\n"
    finally:
        writing.close()


async def test_being_cancelled_is_no_timeout() -> None:
    async def waits() -> None:
        async with Patience(60):
            await asyncio.sleep(60)

    waiting = asyncio.create_task(waits())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def _connected() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One end of a connection whose other end sends back what it gets."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    return await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
