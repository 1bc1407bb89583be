"""A process that writes a generation without end, and prints the generation's id and its owner's: it is to be killed.

``python -m tests.adapters.generation_server REDIS_URL``
"""

import asyncio
import sys

from redis.asyncio import Redis
from tests.adapters.generation_servers import SCALED
from tests.fakes.generation_author import OWNER, Author, admitted, job, mark

from learnx.adapters.generations import RedisGenerations


async def serve(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        author = Author(*(mark(str(number)) for number in range(10_000)), pause=0.02)
        generation = await RedisGenerations(redis, redis, author, **SCALED).start_or_join(job(), admitted)
        print(generation, OWNER, sep="\n", flush=True)
        await author.closed.wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
