"""Finds what is left of somebody: in every row of every table, every key of Redis, and every stored byte."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg
import httpx
from redis.asyncio import Redis
from tests.conftest import Bucket

TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname
"""


async def tables(superuser_url: str) -> set[str]:
    connection = await asyncpg.connect(superuser_url)
    try:
        return {row["relname"] for row in await connection.fetch(TABLES)}
    finally:
        await connection.close()


async def in_tables(superuser_url: str, needles: Iterable[str]) -> dict[str, str]:
    """By the name of a table, a row that has one of them; of every table that there is."""
    connection = await asyncpg.connect(superuser_url)
    try:
        names = [row["relname"] for row in await connection.fetch(TABLES)]
        rows = {name: await connection.fetch(f'SELECT t::text AS row FROM "{name}" t') for name in names}
    finally:
        await connection.close()
    found = {}
    for name, those in rows.items():
        for row in those:
            if hit := _hit(row["row"].encode(), needles):
                found[name] = f"{hit}: {row['row'][:300]}"
    return found


async def in_redis(url: str, needles: Iterable[str]) -> dict[str, str]:
    """By the name of a key, what it holds; of every key of every kind."""
    found = {}
    async with Redis.from_url(url) as redis:
        async for key in redis.scan_iter(count=1000):
            value = await _value(redis, key)
            if hit := _hit(key + b" " + value, needles):
                found[key.decode("utf-8", "replace")] = f"{hit}: {value[:300]!r}"
    return found


async def _value(redis: Redis, key: bytes) -> bytes:
    match await redis.type(key):
        case b"string":
            value = await redis.get(key)
        case b"hash":
            value = await redis.hgetall(key)
        case b"list":
            value = await redis.lrange(key, 0, -1)
        case b"set":
            value = await redis.smembers(key)
        case b"zset":
            value = await redis.zrange(key, 0, -1)
        case b"stream":
            value = await redis.xrange(key)
        case b"none":
            return b""
        case other:
            raise AssertionError(f"{key!r} is of the kind {other!r}, which nobody looks into")
    return value if isinstance(value, bytes) else repr(value).encode()


def in_folder(folder: Path, needles: Iterable[str], *, but: str = "") -> list[str]:
    """Paths, of folders too, that name one of them or hold it; what is in the folder ``but`` is left out."""
    paths = [path.relative_to(folder) for path in folder.rglob("*")]
    told = {path: str(path).encode() + _content(folder / path) for path in paths if path.parts[0] != but}
    return [str(path) for path, shown in told.items() if _hit(shown, needles)]


def _content(path: Path) -> bytes:
    return b" " + path.read_bytes() if path.is_file() else b""


def in_bucket(bucket: Bucket, needles: Iterable[str]) -> list[str]:
    """Keys of objects. Of what is being uploaded only the number is told: there must be none."""
    names = bucket.keys()
    objects = {key: httpx.get(f"{bucket.endpoint}/{bucket.name}/{key}").content for key in names}
    found = [key for key, content in objects.items() if _hit(key.encode() + content, needles)]
    return found + [f"unfinished: {upload}" for upload in bucket.unfinished()]


def _hit(text: bytes, needles: Iterable[str]) -> str | None:
    lower = text.lower()
    return next((needle for needle in needles if needle.lower().encode() in lower), None)
