"""Hashes of passwords: strong enough, the same work for everybody, and never more at once than the machine bears."""

import asyncio
import os
import threading

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from learnx.adapters import password_hasher
from learnx.adapters.password_hasher import Argon2PasswordHasher
from learnx.domain.errors import Unavailable

pytestmark = pytest.mark.anyio


async def test_a_hash_costs_what_owasp_asks_for() -> None:
    hasher = Argon2PasswordHasher()
    cost = extract_parameters(await hasher.hash("correct horse"))
    assert cost.type is Type.ID and (cost.memory_cost, cost.time_cost, cost.parallelism) == (19 * 1024, 2, 1)
    assert (cost.hash_len, cost.salt_len) == (32, 16)
    hasher.close()


async def test_who_is_unknown_is_as_much_work_as_who_is_known() -> None:
    hasher = Argon2PasswordHasher()
    kept, cost = await hasher.hash("correct horse"), extract_parameters(hasher._of_nobody)
    assert cost == extract_parameters(kept)
    asked: list[str] = []
    matches = hasher._matches
    hasher._matches = lambda password_hash, password: asked.append(password_hash) or matches(password_hash, password)
    assert not await hasher.verify(kept, "wrong") and not await hasher.verify(None, "wrong")
    assert not await hasher.verify(None, "")
    assert asked == [kept, hasher._of_nobody, hasher._of_nobody]
    hasher.close()


async def test_a_hash_of_another_cost_is_outdated() -> None:
    cheap, now = Argon2PasswordHasher(memory_kib=1024, passes=1), Argon2PasswordHasher()
    kept = await cheap.hash("correct horse")
    assert now.outdated(kept) and not cheap.outdated(kept)
    assert await now.verify(kept, "correct horse")
    cheap.close()
    now.close()


async def test_beyond_so_many_a_burst_is_refused_and_the_rest_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MOST_HASHES", 5)
    hasher, go = Argon2PasswordHasher(), threading.Event()
    running: list[int] = []

    def slow(password_hash: str, password: str) -> bool:
        running.append(hasher._threads._work_queue.qsize())
        return go.wait(30)

    hasher._matches = slow
    burst = [asyncio.create_task(hasher.verify("kept", "x")) for _ in range(20)]
    done, waiting = await asyncio.wait(burst, timeout=0.2)
    assert len(waiting) == 5 and len(running) == password_hasher.HASHING_THREADS
    assert all(isinstance(task.exception(), Unavailable) for task in done) and len(done) == 15
    go.set()
    assert await asyncio.gather(*waiting) == [True] * 5
    assert await hasher.verify("kept", "x")
    hasher.close()


async def test_hashing_gives_way_to_requests_and_nothing_else_does() -> None:
    hasher = Argon2PasswordHasher()
    hasher._matches = lambda *_: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == password_hasher.NICENESS
    before = os.getpriority(os.PRIO_PROCESS, 0)
    assert await hasher.verify("kept", "x")
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before < password_hasher.NICENESS
    hasher.close()


async def test_who_leaves_gives_their_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_hasher, "MOST_HASHES", 2)
    hasher = Argon2PasswordHasher()
    for _ in range(5):
        leaving = asyncio.create_task(hasher.hash("x"))
        await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
    assert (await hasher.hash("x")).startswith("$argon2id$")
    hasher.close()


async def test_a_password_is_kept_as_argon2id_and_verified() -> None:
    hasher = Argon2PasswordHasher()
    kept = await hasher.hash("correct horse")
    assert kept.startswith("$argon2id$")
    assert await hasher.verify(kept, "correct horse")
    assert not await hasher.verify(kept, "battery staple")
    assert await hasher.hash("correct horse") != kept
    hasher.close()


@pytest.mark.parametrize("password", ["", "anything"])
async def test_an_unknown_account_matches_no_password(password: str) -> None:
    hasher = Argon2PasswordHasher()
    assert not await hasher.verify(None, password)
    assert not await hasher.verify("not a hash", password)
    hasher.close()
