"""Connections for what is asked most often: what a pool does around a command costs as much as the command."""

from typing import Any

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError


class RedisLanes:
    """As many connections as there are commands at a time; they are those that ``redis`` would make.

    A command whose connection was closed while nobody used it is sent again: it may be done twice.
    """

    def __init__(self, redis: Redis) -> None:
        self._pool = redis.connection_pool
        self._idle: list[AbstractConnection] = []

    async def __call__(self, *command: Any) -> Any:
        """The reply, undecoded. Raises what ``redis`` does."""
        packed = pack_command(command)
        while self._idle:
            try:
                return await self._asked(self._idle.pop(), packed)
            except RedisConnectionError:
                continue
        return await self._asked(self._pool.make_connection(), packed)  # type: ignore[no-untyped-call]

    async def aclose(self) -> None:
        while self._idle:
            await self._idle.pop().disconnect()

    async def _asked(self, connection: AbstractConnection, packed: bytes) -> Any:
        """A connection whose reply was not read to its end is of no use any more."""
        try:
            await connection.send_packed_command(packed, check_health=False)
            reply = await connection.read_response()
        except ResponseError:
            self._idle.append(connection)
            raise
        except BaseException:
            await connection.disconnect(nowait=True)
            raise
        self._idle.append(connection)
        return reply
