"""Accounts and sessions, from before an owner is known until nothing of theirs is left."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
import pytest
from msgspec.structs import replace
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.accounts import RefreshTokenOwner
from learnx.domain.errors import Conflict, NotFound
from learnx.domain.identity import User

pytestmark = pytest.mark.anyio


async def joined(database: PostgresDatabase, owner: UUID) -> User:
    async with database.transaction(owner) as tx:
        return await tx.users.get()


async def test_a_user_is_found_by_address_in_whatever_case(
    engine: Any, database: PostgresDatabase, owner: UUID
) -> None:
    user = await joined(database, owner)
    found = await PostgresAccounts(engine).by_email(f"  {user.email.upper()} ")
    assert found is not None
    assert (found.user, found.password_hash) == (user, "$argon2id$…")
    assert await PostgresAccounts(engine).by_email("nobody@example.org") is None


async def test_a_taken_address_is_refused_and_leaves_no_user(
    engine: Any, database: PostgresDatabase, owner: UUID
) -> None:
    taken = replace(await joined(database, owner), id=uuid7())
    with pytest.raises(Conflict):
        await PostgresAccounts(engine).register(replace(taken, email=taken.email.swapcase()), "hash")
    with pytest.raises(NotFound):
        await joined(database, taken.id)


async def test_of_registrations_at_once_one_wins(engine: Any) -> None:
    accounts, outcomes = PostgresAccounts(engine), list[str]()

    async def register(user: User) -> None:
        try:
            await accounts.register(user, "hash")
            outcomes.append("registered")
        except Conflict:
            outcomes.append("conflict")

    async with anyio.create_task_group() as group:
        for _ in range(4):
            user = User(id=uuid7(), email="a@example.org", full_name="A", created_at=datetime(2026, 1, 1, tzinfo=UTC))
            group.start_soon(register, user)
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "registered"]


async def test_a_user_is_changed_but_for_the_address(database: PostgresDatabase, owner: UUID) -> None:
    user = await joined(database, owner)
    async with database.transaction(owner) as tx:
        await tx.users.update(
            replace(user, full_name="Grace", avatar_url="https://example.org/a.png", email="x@example.org")
        )
        await tx.commit()
    changed = replace(user, full_name="Grace", avatar_url="https://example.org/a.png")
    assert await joined(database, owner) == changed


async def test_an_erased_user_is_gone_with_all_that_was_theirs(
    engine: Any, database: PostgresDatabase, owner: UUID, new_file: Any, connect: Any
) -> None:
    user, file = await joined(database, owner), await new_file(owner)
    async with database.transaction(owner) as tx:
        await tx.refresh_tokens.start_family(
            uuid7(), b"t", now=user.created_at, expires_at=user.created_at + timedelta(days=9999)
        )
        await tx.users.delete()
        await tx.commit()
        with pytest.raises(NotFound):
            await tx.users.delete()
        with pytest.raises(NotFound):
            await tx.users.update(user)
    assert await PostgresAccounts(engine).by_email(user.email) is None
    assert await PostgresAccounts(engine).by_refresh_token(b"t") is None
    async with connect("admin") as connection:
        for table in ("users", "credentials", "refresh_tokens", "courses", "modules", "files", "jobs"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0
    with pytest.raises(NotFound):
        await new_file(owner, module=None, id=file.id)


async def test_a_refresh_token_is_spent_for_its_child(engine: Any, database: PostgresDatabase, owner: UUID) -> None:
    accounts, family = PostgresAccounts(engine), uuid7()
    now = (await joined(database, owner)).created_at
    later = now + timedelta(days=9999)
    async with database.transaction(owner) as tx:
        await tx.refresh_tokens.start_family(family, b"first", now=now, expires_at=later)
        await tx.commit()
        assert await tx.refresh_tokens.rotate(b"first", b"second", now=now, expires_at=later)
        await tx.commit()
    for token in (b"first", b"second"):
        assert await accounts.by_refresh_token(token) == RefreshTokenOwner(owner=owner, family=family)
    assert await accounts.by_refresh_token(b"third") is None


async def test_a_replay_ends_the_family_and_no_other(engine: Any, database: PostgresDatabase, owner: UUID) -> None:
    accounts, now = PostgresAccounts(engine), (await joined(database, owner)).created_at
    later = now + timedelta(days=9999)
    async with database.transaction(owner) as tx:
        await tx.refresh_tokens.start_family(uuid7(), b"first", now=now, expires_at=later)
        await tx.refresh_tokens.start_family(uuid7(), b"other", now=now, expires_at=later)
        assert await tx.refresh_tokens.rotate(b"first", b"second", now=now, expires_at=later)
        assert not await tx.refresh_tokens.rotate(b"first", b"stolen", now=now, expires_at=later)
        assert not await tx.refresh_tokens.rotate(b"never seen", b"x", now=now, expires_at=later)
        await tx.commit()
    for token in (b"first", b"second", b"stolen"):
        assert await accounts.by_refresh_token(token) is None
    assert await accounts.by_refresh_token(b"other") is not None


async def test_of_rotations_at_once_at_most_one_gets_a_child(database: PostgresDatabase, owner: UUID) -> None:
    now = (await joined(database, owner)).created_at
    later, outcomes = now + timedelta(days=9999), list[bool]()
    async with database.transaction(owner) as tx:
        await tx.refresh_tokens.start_family(uuid7(), b"first", now=now, expires_at=later)
        await tx.commit()

    async def rotate(child: bytes) -> None:
        async with database.transaction(owner) as tx:
            outcomes.append(await tx.refresh_tokens.rotate(b"first", child, now=now, expires_at=later))
            await tx.commit()

    async with anyio.create_task_group() as group:
        for number in range(4):
            group.start_soon(rotate, bytes([number]))
    assert outcomes.count(True) == 1


async def test_a_replay_soon_gets_the_unused_child_again(engine: Any, database: PostgresDatabase, owner: UUID) -> None:
    accounts, now = PostgresAccounts(engine), (await joined(database, owner)).created_at
    times: dict[str, Any] = {"expires_at": now + timedelta(days=9999), "replayable_for": timedelta(seconds=10)}
    soon, late = now + timedelta(seconds=9), now + timedelta(seconds=10)
    for replayed_at, child_used, kept in [(soon, False, True), (late, False, False), (soon, True, False)]:
        async with database.transaction(owner) as tx:
            await tx.refresh_tokens.start_family(uuid7(), b"first", now=now, expires_at=times["expires_at"])
            assert await tx.refresh_tokens.rotate(b"first", b"second", now=now, **times)
            if child_used:
                assert await tx.refresh_tokens.rotate(b"second", b"third", now=now, **times)
            assert await tx.refresh_tokens.rotate(b"first", b"second", now=replayed_at, **times) is kept
            await tx.commit()
        for token in (b"first", b"second"):
            assert (await accounts.by_refresh_token(token) is not None) is kept
        async with database.transaction(owner) as tx:
            await tx.refresh_tokens.end_all()
            await tx.commit()


async def test_an_expired_token_is_no_token(engine: Any, database: PostgresDatabase, owner: UUID) -> None:
    now = (await joined(database, owner)).created_at
    async with database.transaction(owner) as tx:
        await tx.refresh_tokens.start_family(
            uuid7(), b"old", now=now - timedelta(days=900), expires_at=now - timedelta(days=800)
        )
        await tx.commit()
        assert await PostgresAccounts(engine).by_refresh_token(b"old") is None
        assert not await tx.refresh_tokens.rotate(b"old", b"new", now=now, expires_at=now + timedelta(days=9))


async def test_one_session_ends_or_all_do(engine: Any, database: PostgresDatabase, owner: UUID) -> None:
    accounts, now = PostgresAccounts(engine), (await joined(database, owner)).created_at
    later, families = now + timedelta(days=9999), [uuid7() for _ in range(3)]
    async with database.transaction(owner) as tx:
        for number, family in enumerate(families):
            await tx.refresh_tokens.start_family(family, bytes([number]), now=now, expires_at=later)
        await tx.refresh_tokens.end_family(families[0])
        await tx.commit()
        assert [await accounts.by_refresh_token(bytes([n])) is not None for n in range(3)] == [False, True, True]
        await tx.refresh_tokens.end_all()
        await tx.commit()
    assert await accounts.by_refresh_token(b"\x01") is None
