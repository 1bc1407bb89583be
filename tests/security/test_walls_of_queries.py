"""Two walls stand between owners, conditions of queries and policies of tables; every query is safe by either alone.

A wall is taken away without a change of any file: conditions by rewriting statements and functions, one by one, or by a
repository of somebody else than its transaction acts for; policies by a role that bypasses them.
"""

import inspect
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import get_type_hints

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.conftest import DatabaseUrls, NewDatabase
from tests.security.foreign_rows import MODEL, VECTOR, Names, stored
from tests.security.wall_cases import CASES, OUTSIDE, WITHOUT_CONDITIONS
from tests.security.walls import ALL, Conditions, Probe

from learnx.adapters import postgres
from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresTransaction
from learnx.adapters.postgres.engine import open_engine
from learnx.adapters.postgres.own_rows import PostgresOwnRows
from learnx.adapters.postgres.stored_vectors import PostgresStoredVectors
from learnx.application.ports.database import Transaction

pytestmark = pytest.mark.anyio

UNKNOWN = Names("nobody")

_OWN_CONDITION = re.compile(r"\b\w+\.owner_id = \w+\.owner\b|\b\w+\.owner_id = \$1")
_FUNCTIONS = """
    SELECT p.proname AS name, pg_get_functiondef(p.oid) AS definition, p.prosecdef AS definer FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""

#: What a function that is told its owner is asked by.
ASKED_BY = {
    "find_passages": "chunks.candidates",
    "search_words": "search.words",
    "search_library": "search.hits",
    "is_signed_in": "users.is_signed_in",
    "index_words": "chunks.replace (by nothing)",
    "reserve_spend": "spending.reserve",
}

#: Of whose rows no text is the library's own.
NAMELESS = {"activities", "charges", "lessons"}

#: Functions whose owner is not told, or that the release before asks, and what they are tested by.
OTHER_FUNCTIONS = {
    "act_for": "refuses another owner than the transaction's, as each repository of another owner shows",
    "find_chunks": "asked by find_passages, for questions to what was stored by a release before",
    "search_chunks": "asked by the release before alone; acts for its owner as find_passages does",
    "settle_spend": "knows the owner from the transaction: passwords and charges of another are not reached",
    "own_password_hash": "knows the owner from the transaction",
    "replace_own_password": "knows the owner from the transaction",
    "register_user": "before an owner is known: adds a user and no more",
    "user_by_email": "before an owner is known: who has this address",
    "owner_of_refresh_token": "before an owner is known: whose token has this hash",
    "owner_of_mail_token": "before an owner is known: whose token has this hash",
    "user_of_identity": "before an owner is known: whose identity at another provider it is",
    "due_jobs": "the worker's: ids of owners and files alone",
    "unfinished_erasures": "the worker's: ids of owners alone",
    "files_to_embed": "the worker's: ids of owners and files, and counts of chunks",
    "lexemes_of": "reads no table",
    "label_words": "reads no table",
    "remember_erased_identity": "a trigger",
}


@pytest.fixture(scope="module")
def urls(new_database: NewDatabase) -> Iterator[DatabaseUrls]:
    """One database for all of these, which change nothing in the end."""
    with new_database() as urls:
        yield urls


@pytest.fixture
async def engine(urls: DatabaseUrls) -> AsyncIterator[AsyncEngine]:
    opened = open_engine(urls.superuser, pool_size=1)
    yield opened
    await opened.dispose()


@pytest.fixture
async def victim(engine: AsyncEngine) -> Names:
    names = Names(f"victim{id(engine)}")
    await stored(engine, names)
    return names


@pytest.fixture
async def probe(engine: AsyncEngine) -> Probe:
    """Acts for somebody who has an account and nothing else."""
    attacker = Names(f"attacker{id(engine)}")
    await PostgresAccounts(engine).register(attacker.user, "hash")
    return Probe(engine, attacker.owner)


def repositories() -> dict[str, type]:
    return {name: hint for name, hint in get_type_hints(Transaction).items() if name != "owner"}


def methods(of: type) -> set[str]:
    return {name for name, _ in inspect.getmembers(of, inspect.isfunction) if not name.startswith("_")}


def test_every_method_of_every_repository_has_a_case() -> None:
    wanted = {f"{name}.{method}" for name, port in repositories().items() for method in methods(port)}
    assert wanted == {case.partition(" (")[0] for case in CASES}
    transaction = PostgresTransaction(None, UNKNOWN.owner)  # type: ignore[arg-type]
    adapters = {type(getattr(transaction, name)): port for name, port in repositories().items()}
    # What the adapters have beyond their ports is called by nobody but other methods of theirs.
    assert {method for adapter, port in adapters.items() for method in methods(adapter) - methods(port)} == {"inbox"}
    modules = [import_module(f"{postgres.__name__}.{found.name}") for found in pkgutil.iter_modules(postgres.__path__)]
    classes = {
        value.__name__
        for module in modules
        for name, value in vars(module).items()
        if inspect.isclass(value) and name.startswith("Postgres") and value.__module__ == module.__name__
    }
    assert classes == {adapter.__name__ for adapter in adapters} | {"PostgresTransaction"} | set(OUTSIDE)


async def test_the_library_that_is_tried_has_a_row_in_every_table(probe: Probe, victim: Names) -> None:
    rows = (await probe.rows(victim.owner)).splitlines()
    assert [row for row in rows if row.endswith(": ")] == ["identities: "]


async def test_policies_hold_where_a_repository_is_of_another_owner(probe: Probe, victim: Names) -> None:
    """The conditions name the victim; the transaction acts for somebody else."""
    before, leaks = await probe.rows(victim.owner), {}
    for case in CASES:
        told, rows = await probe.outcome(case, victim, owner=victim.owner)
        expected, _ = await probe.outcome(case, UNKNOWN, owner=UNKNOWN.owner)
        if told != expected or rows not in ("", before):
            leaks[case] = (told, expected)
    assert leaks == {}


async def test_conditions_hold_where_no_policy_does(probe: Probe, victim: Names) -> None:
    """The role sees and changes everything; the repositories are somebody else's."""
    before, leaks = await probe.rows(victim.owner), {}
    for case in CASES:
        told, rows = await probe.outcome(case, victim, bypassing=True)
        expected, _ = await probe.outcome(case, UNKNOWN, bypassing=True)
        if told != expected or rows not in ("", before):
            leaks[case] = (told, expected)
    assert leaks == {}


async def test_policies_hold_without_any_of_the_conditions_and_without_both_walls_each_query_leaks(
    probe: Probe, victim: Names
) -> None:
    before, leaks, harmless, taken = await probe.rows(victim.owner), {}, set(), 0
    for case in CASES:
        expected, _ = await probe.outcome(case, UNKNOWN)
        bitten = False
        for without in (ALL, *range(100)):
            conditions = Conditions(without)
            told, rows = await probe.outcome(case, victim, conditions=conditions)
            if told != expected or rows not in ("", before):
                leaks[case, without] = (told, expected)
            if without >= conditions.seen:
                break
            taken += without != ALL
            if not bitten:
                told, rows = await probe.outcome(case, victim, bypassing=True, conditions=Conditions(without))
                bitten = told != expected or rows not in ("", before)
        if not bitten:
            harmless.add(case)
    assert leaks == {}
    assert harmless == set(WITHOUT_CONDITIONS)
    assert taken >= 75


async def test_policies_hold_without_any_of_the_conditions_in_functions(
    probe: Probe, victim: Names, engine: AsyncEngine
) -> None:
    async with engine.connect() as connection:
        functions = {row.name: row for row in await connection.execute(text(_FUNCTIONS))}
    assert set(functions) == set(ASKED_BY) | set(OTHER_FUNCTIONS)
    before, leaks, bitten = await probe.rows(victim.owner), {}, set()
    for name, case in ASKED_BY.items():
        expected, _ = await probe.outcome(case, UNKNOWN)
        definition = functions[name].definition
        places = [match.span() for match in _OWN_CONDITION.finditer(definition)]
        mutants = [definition[:start] + "true" + definition[end:] for start, end in places]
        mutants.append(_OWN_CONDITION.sub("true", definition))
        for mutant in mutants:
            told, rows = await probe.outcome(case, victim, bypassing=True, prepared=mutant)
            if told != expected or rows not in ("", before):
                bitten.add(name)
            if functions[name].definer:
                continue  # it runs as the owner of the tables, whom no policy holds: its conditions are all it has
            told, rows = await probe.outcome(case, victim, prepared=mutant)
            if told != expected or rows not in ("", before):
                leaks[name] = (told, expected)
    assert leaks == {}
    assert bitten == set(ASKED_BY)


async def test_rows_that_are_asked_for_outside_of_a_transaction(
    probe: Probe, victim: Names, engine: AsyncEngine, urls: DatabaseUrls
) -> None:
    """Of a file that is another's, as the worker and as a role that sees everything."""
    before = await probe.rows(victim.owner)
    worker, app = open_engine(urls.worker, pool_size=1), open_engine(urls.app, pool_size=1)
    theirs = replace(victim.place, owner=probe.acting)
    for role in (worker, engine):
        vectors = PostgresStoredVectors(role)
        assert await vectors.chunks_without(theirs, "another", after=None, limit=5) == []
        await vectors.add(theirs, [victim.chunk], [VECTOR], model="another")
        assert await vectors.keep_only(theirs, MODEL) == 0
        assert len(await vectors.chunks_without(victim.place, "another", after=None, limit=5)) == 1
    for role in (app, engine):
        rows = PostgresOwnRows(role)
        for name in rows.names:
            told = [row async for row in rows.read(probe.acting, name)]
            assert victim.mark not in repr(told), name
            assert victim.mark in repr([row async for row in rows.read(victim.owner, name)]) or name in NAMELESS
    assert await probe.rows(victim.owner) == before
    await worker.dispose()
    await app.dispose()
