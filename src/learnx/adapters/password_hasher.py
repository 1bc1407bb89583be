"""Passwords by argon2id, so many at a time that a burst of log-ins costs neither memory nor others their turn."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from learnx.domain.errors import Unavailable

T = TypeVar("T")

#: OWASP's second choice of equal strength for argon2id: 19 MiB and two passes, so that a burst of log-ins stays small.
MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
#: Hashes computed at a time, each some 30 ms; the others wait, the event loop does not.
HASHING_THREADS = 2
#: Under way and waiting: beyond it a log-in would be waited for longer than a second.
MOST_HASHES = 64
#: How far hashing stands back where there are fewer cores than work: the event loop goes before it. Requests beside a
#: burst take half as long at the 99th of a hundred.
NICENESS = 10


class Argon2PasswordHasher:
    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._argon2 = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=LANES)
        self._threads = ThreadPoolExecutor(HASHING_THREADS, thread_name_prefix="argon2", initializer=_give_way)
        self._of_nobody = self._argon2.hash("")
        self._under_way = 0

    async def hash(self, password: str) -> str:
        return await self._in_turn(self._argon2.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        matches = await self._in_turn(self._matches, password_hash or self._of_nobody, password)
        return matches and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_turn(self, work: Callable[..., T], *arguments: str) -> T:
        if self._under_way >= MOST_HASHES:
            raise Unavailable("Too many people are signing in at this moment. Try again in a few seconds.")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._under_way -= 1

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def _give_way() -> None:
    """Linux alone has a priority for each thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
