"""Reads what the application has sent to Postgres, and finds each statement on an owned table that names no owner.

The servers of the tests log every statement of the application's and the worker's roles, without its parameters.
"""

import re
from bisect import bisect
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from learnx.adapters.postgres.tables.schema import schema
from learnx.entrypoints.local_stack import LocalServers

#: When, session, transaction, role, application: what an entry begins with.
PREFIX = "%n|%c|%v|%u|%a|"
OPTIONS = {"log_line_prefix": PREFIX, "log_error_verbosity": "terse"}
LOGGED_ROLES = ("learnx_app", "learnx_worker")

#: What engines of ours call themselves. Other connections are the tests' own, which try what must not succeed.
APPLICATION = "learnx"

_ENTRY = re.compile(r"(?P<at>\d+\.\d+)\|(?P<session>[^|]*)\|(?P<transaction>[^|]*)\|(?P<role>[^|]*)\|(?P<name>[^|]*)\|")
_STATEMENT = re.compile(r"LOG:  (?:statement|execute [^:]+): (?P<sql>.*)", re.DOTALL)
_OWNER = re.compile(r"set_config\('app\.owner_id', \$1, true\)")

#: Functions that run as their caller and reach owned tables without telling an owner themselves.
OF_THE_TRANSACTION = ("index_words", "settle_spend", "own_password_hash", "replace_own_password")


@dataclass(frozen=True)
class Sent:
    at: float
    transaction: tuple[str, str]
    role: str
    sql: str


def server_log(servers: LocalServers) -> Path:
    log = next(child.program.log for child in servers.children if child.program.name == "postgres")
    assert log is not None
    return Path(log)


def owned_tables() -> set[str]:
    return {table.name for table in schema.tables.values() if "owner_id" in table.c}


def sent(lines: Iterable[str]) -> Iterator[Sent]:
    """Statements of the application, in their order."""
    entry: re.Match[str] | None = None
    rest: list[str] = []
    for line in chain(lines, ["0.0|||||"]):
        found = _ENTRY.match(line)
        if found is None:
            rest.append(line)
            continue
        if entry is not None and entry["name"] == APPLICATION and entry["role"] in LOGGED_ROLES:
            told = _STATEMENT.match("".join(rest))
            if told is not None:
                yield Sent(float(entry["at"]), (entry["session"], entry["transaction"]), entry["role"], told["sql"])
        entry, rest = found, [line[found.end() :]]


def without_owner(statements: Iterable[Sent], tables: Collection[str]) -> list[Sent]:
    """Those that name an owned table in a transaction that acts for nobody by then."""
    names = "|".join(map(re.escape, sorted(tables)))
    reaches = re.compile(
        r"\b(?:FROM|JOIN|INTO|UPDATE|USING|TABLE|COPY|LOCK)\s+(?:ONLY\s+)?"
        r"(?:[\w.\"]+(?:\s+(?:AS\s+)?\w+)?\s*,\s*)*"
        rf'"?(?:public"?\.)?"?(?:{names})\b(?!\()'
        rf"|\b(?:{'|'.join(OF_THE_TRANSACTION)})\(",
        re.IGNORECASE,
    )
    acting: dict[str, str] = {}
    found = []
    for one in statements:
        session, transaction = one.transaction
        if _OWNER.search(one.sql):
            acting[session] = transaction
        elif reaches.search(one.sql) and acting.get(session) != transaction:
            found.append(one)
    return found


def report(found: Sequence[Sent], tests: Sequence[tuple[float, str]]) -> str:
    """Each with the test that ran then; ``tests`` are when they began, and their names."""
    begun = [at for at, _ in tests]
    lines = []
    for one in found[:20]:
        place = bisect(begun, one.at) - 1
        lines.append(f"{tests[place][1] if place >= 0 else 'before all tests'} ({one.role}): {one.sql[:300]}")
    return f"{len(found)} statements reach owned tables without an owner:\n" + "\n".join(lines)
