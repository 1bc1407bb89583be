"""Three learners do this and that, in turns, over one connection; a model in Python says what each of them may see."""

from collections.abc import Awaitable
from typing import Any

import asyncpg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from tests.security.foreign_rows import MODEL, NOW, SOON, VECTOR
from tests.security.one_connection import USERS, OverOneConnection, World, found_or_none
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.database import PostgresTransaction
from learnx.adapters.postgres.session import OwnedSession
from learnx.application.ports.idempotency import Kept
from learnx.application.ports.paging import Page
from learnx.domain.activity import Activity
from learnx.domain.courses import Course, File, Module
from learnx.domain.documents import Chunk
from learnx.domain.errors import Conflict, NotFound
from learnx.domain.personas import Interests, Persona, PersonaVersion
from learnx.domain.retrieval import Scope
from learnx.domain.search import LibraryScope
from learnx.domain.search_query import parse_query
from learnx.domain.spending import Limits, day_of

ALL = Page(limit=1000)
HASH = b"#" * 32
#: Operations of the same three.
AT_ONCE = 50


who, whose = (st.integers(0, USERS - 1) for _ in range(2))
#: What becomes of a change: kept, left, broken off by an error, or cancelled so many milliseconds after it.
ends = st.sampled_from(["commit"] * 5 + ["leave", "error", "cancel"])
places = st.integers(0, 5)


class RandomOperations(OverOneConnection):
    @rule(who=who, end=ends)
    def adds_a_course(self, who: int, end: str) -> None:
        own = self.all[who]
        course = Course(id=uuid7(), title=own.word, created_at=NOW, updated_at=NOW)
        if self.changes(own, lambda tx: tx.courses.add(course), end):
            own.courses[course.id] = course.title

    @rule(who=who)
    def adds_a_course_twice(self, who: int) -> None:
        own = self.all[who]
        course = Course(id=uuid7(), title=own.word, created_at=NOW, updated_at=NOW)

        async def twice(tx: PostgresTransaction) -> None:
            await tx.courses.add(course)
            await tx.courses.add(course)

        self.fails(own, twice, Conflict)

    @rule(who=who, whose=whose, place=places, end=ends)
    def renames_a_course(self, who: int, whose: int, place: int, end: str) -> None:
        own, course = self.all[who], self.one_of(self.all[whose].courses, place)
        title = f"{own.word} {place}"
        renamed = Course(id=course, title=title, created_at=NOW, updated_at=NOW)
        if course not in own.courses:
            self.fails(own, lambda tx: tx.courses.update(renamed), NotFound)
        elif self.changes(own, lambda tx: tx.courses.update(renamed), end):
            own.courses[course] = title

    @rule(who=who, whose=whose, place=places, end=ends)
    def deletes_a_course(self, who: int, whose: int, place: int, end: str) -> None:
        own, course = self.all[who], self.one_of(self.all[whose].courses, place)
        if course not in own.courses:
            self.fails(own, lambda tx: tx.courses.delete(course), NotFound)
        elif self.changes(own, lambda tx: tx.courses.delete(course), end):
            del own.courses[course]
            own.modules = {module: of for module, of in own.modules.items() if of != course}
            own.files = {file: of for file, of in own.files.items() if of in own.modules}
            own.chunks = {chunk: of for chunk, of in own.chunks.items() if of in own.files}

    @rule(who=who, whose=whose, place=places, end=ends)
    def adds_a_module(self, who: int, whose: int, place: int, end: str) -> None:
        own, course = self.all[who], self.one_of(self.all[whose].courses, place)
        module = Module(id=uuid7(), course_id=course, title=own.word, position=0, created_at=NOW, updated_at=NOW)
        if course not in own.courses:
            self.fails(own, lambda tx: tx.modules.add(module), NotFound)
        elif self.changes(own, lambda tx: tx.modules.add(module), end):
            own.modules[module.id] = course

    @rule(who=who, whose=whose, place=places, end=ends)
    def adds_a_file_with_its_text(self, who: int, whose: int, place: int, end: str) -> None:
        own, module = self.all[who], self.one_of(self.all[whose].modules, place)
        file = File(
            id=uuid7(),
            module_id=module,
            course_id=uuid7(),
            filename=f"{own.word}.md",
            media_type="text/markdown",
            size_bytes=1,
            sha256="0" * 64,
            created_at=NOW,
        )
        chunk = Chunk(id=uuid7(), file_id=file.id, index=0, text=f"the {own.word}", token_count=2, content_hash="h")

        async def added(tx: PostgresTransaction) -> None:
            await tx.files.add(file)
            await tx.chunks.replace(file.id, [chunk], [VECTOR], embedding_model=MODEL, language="en")

        if module not in own.modules:
            self.fails(own, added, NotFound)
        elif self.changes(own, added, end):
            own.files[file.id], own.chunks[chunk.id] = module, file.id

    @rule(who=who, end=ends)
    def records_an_activity(self, who: int, end: str) -> None:
        own, activity = self.all[who], Activity(id=uuid7(), kind="lesson_read", at=NOW, file_id=uuid7())
        if self.changes(own, lambda tx: tx.activities.add(activity), end):
            own.activities.add(activity.id)

    @rule(who=who, end=ends)
    def tells_of_themselves(self, who: int, end: str) -> None:
        own = self.all[who]
        persona = Persona(interests=Interests(primary=(own.word,)))
        version = PersonaVersion(version=own.personas + 1, updated_at=NOW, persona=persona)
        if self.changes(own, lambda tx: tx.personas.append(version), end):
            own.personas += 1

    @rule(who=who, end=ends)
    def keeps_a_reply(self, who: int, end: str) -> None:
        own = self.all[who]
        kept = Kept(body_hash=HASH, reply=own.word, created_at=NOW)

        async def keep(tx: PostgresTransaction) -> None:
            await tx.idempotency.begin("op", HASH, now=NOW)
            await tx.idempotency.keep("op", HASH, kept, expires_at=SOON)

        if self.changes(own, keep, end):
            own.kept = own.word

    @rule(who=who)
    def spends(self, who: int) -> None:
        """One round trip, without a transaction around it."""
        own, free = self.all[who], Limits()
        spend = {"usd": 0.5, "own": free, "service": free, "at": NOW, "expires_at": SOON}
        self.run(self.alone(own, lambda tx: tx.spending.reserve(uuid7(), **spend)))
        own.reserved += 0.5

    @rule(who=who, whose=whose, place=places, milliseconds=st.sampled_from([None, 0, 1, 3]))
    def asks_a_course(self, who: int, whose: int, place: int, milliseconds: int | None) -> None:
        own, course = self.all[who], self.one_of(self.all[whose].courses, place)

        def question(tx: PostgresTransaction) -> Awaitable[Any]:
            asked = " ".join(one.word for one in self.all)
            return tx.chunks.candidates(Scope(course_id=course), asked, VECTOR, embedding_model=MODEL, limit=1000)

        if milliseconds is not None:
            self.run(self.cancelled(self.alone(own, question), milliseconds))
            return
        found = {candidate.chunk_id for candidate in self.run(self.alone(own, question))}
        expected = {c for c, file in own.chunks.items() if own.modules[own.files[file]] == course}
        assert found == expected, f"{found} instead of {expected}"

    @rule(who=who, whose=whose)
    def searches(self, who: int, whose: int) -> None:
        own, word = self.all[who], self.all[whose].word
        asked: dict[str, Any] = {"embedding_model": MODEL, "kind": "chunk", "limit": 1000, "after": None}
        query = parse_query(word)
        found = self.run(
            self.alone(own, lambda tx: tx.search.hits(LibraryScope(), query, {"english": [word]}, None, **asked))
        )
        assert {hit.id for hit in found} == (set(own.chunks) if own is self.all[whose] else set())

    @rule(who=who, whose=whose, place=places)
    def looks_at_something(self, who: int, whose: int, place: int) -> None:
        own, theirs = self.all[who], self.all[whose]

        async def looked(tx: PostgresTransaction) -> None:
            for ids, get in ((theirs.courses, tx.courses.get), (theirs.modules, tx.modules.get)):
                one = await found_or_none(get(self.one_of(ids, place)))
                assert (one is not None) == (own is theirs and bool(ids)), one
            chunks = await tx.chunks.get_many(list(theirs.chunks))
            assert {chunk.id for chunk in chunks} == (set(theirs.chunks) if own is theirs else set())

        self.run(self.transaction(own, looked, "leave"))

    @rule(who=who)
    def looks_at_everything(self, who: int) -> None:
        own = self.all[who]

        async def looked(tx: PostgresTransaction) -> None:
            assert (await tx.users.get()).full_name == own.word
            assert {one.id: one.title for one in await tx.courses.page(ALL, archived=False)} == own.courses
            assert set(await tx.files.ids_in()) == set(own.files)
            assert {one.id for one in await tx.activities.page(ALL)} == own.activities
            history = await tx.personas.history(ALL)
            assert len(history) == own.personas
            assert {one.persona.interests.primary for one in history} <= {(own.word,)}
            kept = await tx.idempotency.begin("op", HASH, now=NOW)
            assert (kept and kept.reply) == own.kept
            assert (await tx.spending.totals(day_of(NOW), at=NOW)).reserved_usd == own.reserved

        self.run(self.transaction(own, looked, "leave"))

    @rule()
    def the_connection_acts_for_nobody_between_two_of_them(self) -> None:
        async def looked() -> None:
            async with OwnedSession(self.world.engine, None) as session:
                ((setting,),) = await session.ask_alone("SELECT current_setting('app.owner_id', true)")
                assert not setting

        self.run(looked())

    @rule()
    def the_server_ends_the_connection(self) -> None:
        async def ended() -> None:
            connection = await asyncpg.connect(self.world.superuser_url)
            await connection.execute(
                "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                " WHERE usename = 'learnx_app' AND datname = current_database()"
            )
            await connection.close()

        self.run(ended())


def do(world: World, operations: int) -> None:
    """So many, at least. A failure is not made smaller: what is cancelled is not the same twice."""
    quickly = settings(
        max_examples=max(2, operations // AT_ONCE),
        stateful_step_count=AT_ONCE,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    machine = type("OverThisConnection", (RandomOperations,), {"world": world})
    while world.operations < operations:
        run_state_machine_as_test(machine, settings=quickly)
