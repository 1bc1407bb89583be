"""Keys of an identity provider: how often they are asked for, which count, and what happens while it is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from tests.fakes.identity_provider import KEYS, IdentityProvider, identity_provider

from learnx.adapters import supabase_keys
from learnx.adapters.supabase_keys import FRESH_SECONDS, PAUSE_SECONDS, RemoteKeys

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def keys_of(provider: IdentityProvider, clock: Clock) -> AsyncIterator[RemoteKeys]:
    async with httpx.AsyncClient() as client:
        keys = RemoteKeys(client, f"{provider.address}{KEYS}", now=clock)
        yield keys
        await keys.aclose()


async def test_a_key_is_fetched_once_however_many_ask_for_it() -> None:
    async with identity_provider() as provider, keys_of(provider, Clock()) as keys:
        key_id = provider.new_key("RS256")
        found = await asyncio.gather(*(keys.get(key_id) for _ in range(20)))
        assert {key.algorithm_name for key in found if key} == {"RS256"} and None not in found
        assert provider.fetches == 1


async def test_a_new_key_is_found_at_the_next_look_and_there_is_one_in_half_a_minute() -> None:
    clock = Clock()
    async with identity_provider() as provider, keys_of(provider, clock) as keys:
        first = provider.new_key()
        assert await keys.get(first)
        second = provider.new_key()
        clock.now += PAUSE_SECONDS - 1
        assert await keys.get(second) is None
        clock.now += 1
        assert await keys.get(second) and await keys.get(first)
        assert provider.fetches == 2


async def test_a_fetch_that_fails_is_not_made_again_at_once() -> None:
    clock = Clock()
    async with identity_provider() as provider, keys_of(provider, clock) as keys:
        key_id = provider.new_key()
        provider.broken = 503
        for _ in range(5):
            assert await keys.get(key_id) is None
        assert provider.fetches == 1 and not keys.seen
        provider.broken = None
        clock.now += PAUSE_SECONDS
        assert await keys.get(key_id) and keys.seen


async def test_keys_stay_in_use_while_the_provider_is_away_and_are_renewed_beside_the_requests() -> None:
    clock = Clock()
    async with identity_provider() as provider, keys_of(provider, clock) as keys:
        kept, revoked = provider.new_key(), provider.new_key()
        assert await keys.get(kept)
        provider.broken = 500
        clock.now += FRESH_SECONDS
        assert await keys.get(kept) and await keys.get(revoked)
        await renewed(keys)
        assert await keys.get(kept) and await keys.get(revoked)
        provider.broken = None
        provider.published = [one for one in provider.published if one["kid"] == kept]
        clock.now += PAUSE_SECONDS
        assert await keys.get(revoked)
        await renewed(keys)
        assert await keys.get(kept) and await keys.get(revoked) is None
        assert provider.fetches == 3


async def renewed(keys: RemoteKeys) -> None:
    assert keys._fetching is not None
    await keys._fetching


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"keys": 5}',
        b"<html>",
        b"[" * 60_000,
        b'{"keys": []}' + b" " * 70_000,
    ],
)
async def test_what_is_no_set_of_keys_changes_nothing(body: bytes) -> None:
    clock = Clock()
    async with identity_provider() as provider, keys_of(provider, clock) as keys:
        key_id = provider.new_key()
        assert await keys.get(key_id)
        provider.body = body
        clock.now += PAUSE_SECONDS
        assert await keys.get("another") is None
        assert provider.fetches == 2 and await keys.get(key_id)


async def test_only_public_keys_of_the_two_kinds_count() -> None:
    async with identity_provider() as provider, keys_of(provider, Clock()) as keys:
        good = provider.new_key()
        weak = provider.new_key("RS256", bits=1024)
        encrypts = provider.new_key("RS256", use="enc")
        other = provider.new_key("RS256", alg="PS256")
        broken: list[Any] = [
            {"kty": "oct", "kid": "secret", "k": "c2VjcmV0", "alg": "HS256"},
            {"kty": "EC", "kid": "no point", "crv": "P-256", "x": "AA", "y": "AA"},
            {"kty": "EC", "kid": "no curve"},
            {"kty": ["EC"], "kid": "a list"},
            {"kty": "EC", "kid": 5},
            "no key",
        ]
        provider.published += broken
        assert await keys.get(good)
        for key_id in (weak, encrypts, other, "secret", "no point", "no curve", "a list"):
            assert await keys.get(key_id) is None
        assert provider.fetches == 1


async def test_a_provider_that_does_not_answer_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supabase_keys, "FETCH_SECONDS", 0.05)
    hangs = await asyncio.start_server(lambda reader, writer: reader.read(), "127.0.0.1", 0)
    address = "http://{}:{}".format(*hangs.sockets[0].getsockname())
    async with hangs, keys_of(IdentityProvider(address), Clock()) as keys:
        assert await keys.get("any") is None


async def test_who_leaves_does_not_end_what_others_wait_for() -> None:
    async with identity_provider() as provider, keys_of(provider, Clock()) as keys:
        key_id = provider.new_key()
        leaving, waiting = asyncio.create_task(keys.get(key_id)), asyncio.create_task(keys.get(key_id))
        await asyncio.sleep(0)
        leaving.cancel()
        assert await waiting
        assert provider.fetches == 1


async def test_a_set_may_be_empty_and_then_nothing_counts_any_more() -> None:
    clock = Clock()
    async with identity_provider() as provider, keys_of(provider, clock) as keys:
        key_id = provider.new_key()
        assert await keys.get(key_id)
        provider.body = msgspec.json.encode({"keys": []})
        clock.now += PAUSE_SECONDS
        assert await keys.get("another") is None
        assert await keys.get(key_id) is None
