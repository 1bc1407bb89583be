"""How every method of every repository is called for one owner with the ids, keys and hashes of another."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace
from tests.security.foreign_rows import MODEL, NOW, OPERATION, SOON, VECTOR, Names

from learnx.application.ports.idempotency import Kept
from learnx.application.ports.paging import Page
from learnx.domain.courses import FileError
from learnx.domain.model_calls import ModelCall
from learnx.domain.retrieval import Scope
from learnx.domain.search import LibraryScope
from learnx.domain.search_query import parse_query
from learnx.domain.spending import Limits, day_of

Call = Callable[[Any, Names], Awaitable[Any]]

#: After the first of a library's tokens has expired, and its other rows have not.
LATER = NOW + timedelta(hours=2)

#: Repository and method, and what is special → the call of it within a transaction.
CASES: dict[str, Call] = {
    "users.get": lambda tx, of: tx.users.get(),
    "users.update": lambda tx, of: tx.users.update(replace(of.user, full_name="taken")),
    "users.is_signed_in": lambda tx, of: tx.users.is_signed_in(of.family),
    "users.verify_email": lambda tx, of: tx.users.verify_email(at=NOW),
    "users.delete": lambda tx, of: tx.users.delete(),
    "erasures.begin": lambda tx, of: tx.erasures.begin(),
    "erasures.finish": lambda tx, of: tx.erasures.finish(),
    "passwords.get": lambda tx, of: tx.passwords.get(),
    "passwords.replace": lambda tx, of: tx.passwords.replace("taken", old=f"hash of {of.mark}"),
    "refresh_tokens.start_family": lambda tx, of: tx.refresh_tokens.start_family(
        of.family, of.hash("new"), now=LATER, expires_at=SOON
    ),
    "refresh_tokens.rotate": lambda tx, of: tx.refresh_tokens.rotate(
        of.hash("current"), of.hash("child"), now=LATER, expires_at=SOON
    ),
    "refresh_tokens.sessions": lambda tx, of: tx.refresh_tokens.sessions(Page(), now=LATER),
    "refresh_tokens.end_family": lambda tx, of: tx.refresh_tokens.end_family(of.family),
    "refresh_tokens.end_all": lambda tx, of: tx.refresh_tokens.end_all(),
    "mail_tokens.add": lambda tx, of: tx.mail_tokens.add(
        of.hash("new"), "password_reset", now=SOON + timedelta(days=1), expires_at=SOON + timedelta(days=2)
    ),
    "mail_tokens.added_since": lambda tx, of: tx.mail_tokens.added_since(NOW - timedelta(days=1), "password_reset"),
    "mail_tokens.take": lambda tx, of: tx.mail_tokens.take(of.hash("mail"), "password_reset", now=LATER),
    "mail_tokens.end_all": lambda tx, of: tx.mail_tokens.end_all("password_reset"),
    "personas.current": lambda tx, of: tx.personas.current(),
    "personas.append": lambda tx, of: tx.personas.append(of.persona),
    "personas.history": lambda tx, of: tx.personas.history(Page()),
    "courses.add": lambda tx, of: tx.courses.add(of.course),
    "courses.get": lambda tx, of: tx.courses.get(of.course.id),
    "courses.update": lambda tx, of: tx.courses.update(replace(of.course, title="taken")),
    "courses.delete": lambda tx, of: tx.courses.delete(of.course.id),
    "courses.page": lambda tx, of: tx.courses.page(Page(), archived=False),
    "courses.inbox": lambda tx, of: tx.courses.inbox(),
    "courses.add_inbox": lambda tx, of: tx.courses.add_inbox(of.course, of.module),
    "modules.add": lambda tx, of: tx.modules.add(of.module),
    "modules.get": lambda tx, of: tx.modules.get(of.module.id),
    "modules.update": lambda tx, of: tx.modules.update(replace(of.module, title="taken")),
    "modules.move": lambda tx, of: tx.modules.move(of.module.id, 1),
    "modules.delete": lambda tx, of: tx.modules.delete(of.module.id),
    "modules.page": lambda tx, of: tx.modules.page(of.course.id, Page()),
    "files.add": lambda tx, of: tx.files.add(of.file),
    "files.get": lambda tx, of: tx.files.get(of.file.id),
    "files.update_place": lambda tx, of: tx.files.update_place(replace(of.file, filename="taken.md")),
    "files.delete": lambda tx, of: tx.files.delete(of.file.id),
    "files.page": lambda tx, of: tx.files.page(Page(), module=of.module.id),
    "files.ids_in": lambda tx, of: tx.files.ids_in(course=of.course.id),
    "files.progress": lambda tx, of: tx.files.progress(of.file.id),
    "files.restart": lambda tx, of: tx.files.restart(of.file.id),
    "jobs.claim": lambda tx, of: tx.jobs.claim(of.file.id, worker="w", stale_after_seconds=0),
    "jobs.heartbeat": lambda tx, of: tx.jobs.heartbeat(of.file.id, 1),
    "jobs.step": lambda tx, of: tx.jobs.step(of.file.id, 1, "embed"),
    "jobs.release": lambda tx, of: tx.jobs.release(of.file.id, 1),
    "jobs.fail": lambda tx, of: tx.jobs.fail(of.file.id, 1, FileError(code="corrupt", detail="No."), now=NOW),
    "jobs.complete": lambda tx, of: tx.jobs.complete(
        of.file.id, 1, title=None, language=None, page_count=None, word_count=1, chunk_count=1, now=NOW
    ),
    "chunks.index": lambda tx, of: tx.chunks.index([], language="en"),
    "chunks.replace": lambda tx, of: tx.chunks.replace(
        of.file.id, [of.chunk], [VECTOR], embedding_model=MODEL, language="en"
    ),
    "chunks.replace (by nothing)": lambda tx, of: tx.chunks.replace(
        of.file.id, [], [], embedding_model=MODEL, language=None
    ),
    "chunks.hashes": lambda tx, of: tx.chunks.hashes(of.file.id),
    "chunks.get": lambda tx, of: tx.chunks.get(of.chunk.id),
    "chunks.get_many": lambda tx, of: tx.chunks.get_many([of.chunk.id]),
    "chunks.page": lambda tx, of: tx.chunks.page(of.file.id, Page()),
    "chunks.outline": lambda tx, of: tx.chunks.outline(of.file.id),
    "chunks.candidates": lambda tx, of: tx.chunks.candidates(
        Scope(file_id=of.file.id), "Is a cell alive?", VECTOR, embedding_model=MODEL, limit=5
    ),
    "search.words": lambda tx, of: tx.search.words(LibraryScope(), parse_query("cell alife")),
    "search.hits": lambda tx, of: tx.search.hits(
        LibraryScope(),
        parse_query("cell alive"),
        {"english": ["cell", "aliv"]},
        VECTOR,
        embedding_model=MODEL,
        kind=None,
        limit=5,
        after=None,
    ),
    "search.lexemes": lambda tx, of: tx.search.lexemes([("english", "cells")]),
    "lessons.add": lambda tx, of: tx.lessons.add(of.lesson, key="k", section_keys={"s1": "k"}),
    "lessons.sections": lambda tx, of: tx.lessons.sections([f"section of {of.mark}"]),
    "lessons.get": lambda tx, of: tx.lessons.get(of.lesson.id),
    "lessons.by_key": lambda tx, of: tx.lessons.by_key(f"key of {of.mark}"),
    "lessons.by_generation": lambda tx, of: tx.lessons.by_generation(of.lesson.generation_id),
    "lessons.page": lambda tx, of: tx.lessons.page(of.file.id, Page()),
    "lessons.delete": lambda tx, of: tx.lessons.delete(of.lesson.id),
    "feedback.put": lambda tx, of: tx.feedback.put(of.said),
    "feedback.get": lambda tx, of: tx.feedback.get(of.feedback),
    "feedback.page": lambda tx, of: tx.feedback.page(of.lesson.id, Page()),
    "feedback.delete": lambda tx, of: tx.feedback.delete(of.feedback),
    "conversations.add": lambda tx, of: tx.conversations.add(of.conversation),
    "conversations.get": lambda tx, of: tx.conversations.get(of.conversation.id),
    "conversations.touch": lambda tx, of: tx.conversations.touch(of.conversation.id, at=SOON),
    "conversations.page": lambda tx, of: tx.conversations.page(Page(), scope=Scope(file_id=of.file.id)),
    "conversations.delete": lambda tx, of: tx.conversations.delete(of.conversation.id),
    "answers.add": lambda tx, of: tx.answers.add(of.answer),
    "answers.get": lambda tx, of: tx.answers.get(of.answer.id),
    "answers.by_generation": lambda tx, of: tx.answers.by_generation(of.answer.generation_id),
    "answers.page": lambda tx, of: tx.answers.page(of.conversation.id, Page()),
    "answers.delete_citing": lambda tx, of: tx.answers.delete_citing([of.file.id]),
    "summaries.add": lambda tx, of: tx.summaries.add(of.summary, key="k"),
    "summaries.get": lambda tx, of: tx.summaries.get(of.summary.id),
    "summaries.by_key": lambda tx, of: tx.summaries.by_key(f"key of {of.mark}"),
    "summaries.by_generation": lambda tx, of: tx.summaries.by_generation(of.summary.generation_id),
    "summaries.page": lambda tx, of: tx.summaries.page(of.file.id, Page()),
    "summaries.delete": lambda tx, of: tx.summaries.delete(of.summary.id),
    "summaries.delete_citing": lambda tx, of: tx.summaries.delete_citing([of.file.id]),
    "activities.add": lambda tx, of: tx.activities.add(of.done),
    "activities.add_all": lambda tx, of: tx.activities.add_all([of.done]),
    "activities.page": lambda tx, of: tx.activities.page(Page()),
    "model_calls.add": lambda tx, of: tx.model_calls.add(
        [ModelCall(model="m")], kind="lesson", generation=of.charge, at=NOW
    ),
    "model_calls.totals": lambda tx, of: tx.model_calls.totals(day_of(NOW)),
    "spending.reserve": lambda tx, of: tx.spending.reserve(
        of.charge, usd=1, own=Limits(budget_usd_per_day=1.5), service=Limits(), at=NOW, expires_at=SOON
    ),
    "spending.totals": lambda tx, of: tx.spending.totals(day_of(NOW), at=NOW),
    "spending.settle": lambda tx, of: tx.spending.settle(of.charge, usd=2),
    "idempotency.begin": lambda tx, of: tx.idempotency.begin(OPERATION, of.hash("key"), now=LATER),
    "idempotency.keep": lambda tx, of: tx.idempotency.keep(
        OPERATION,
        of.hash("new"),
        Kept(body_hash=of.hash("body"), reply="new", created_at=SOON + timedelta(days=1)),
        expires_at=SOON + timedelta(days=2),
    ),
    "idempotency.forget": lambda tx, of: tx.idempotency.forget(OPERATION, of.hash("key"), of.charge),
}

#: Where no condition of a statement can be taken away, because nothing is looked up by one. The conditions within
#: functions of the database are taken away by ``test_owner_functions``.
WITHOUT_CONDITIONS = {
    "users.is_signed_in": "is_signed_in, a function",
    "chunks.candidates": "find_passages, a function",
    "search.words": "search_words, a function",
    "search.hits": "search_library, a function",
    "spending.reserve": "reserve_spend, a function",
    "chunks.replace": "the rows that it adds refer to the file with their owner, and are refused",
    "passwords.get": "own_password_hash, which knows the owner from the transaction",
    "passwords.replace": "replace_own_password, likewise",
    "spending.settle": "settle_spend, likewise",
    "search.lexemes": "reads no table",
    "chunks.index": "reads no table",
    "erasures.begin": "adds a row, with its owner",
    "courses.add": "adds a row, with its owner",
    "courses.add_inbox": "adds rows, with their owner",
    "modules.add": "adds a row, with its owner",
    "files.add": "adds rows, with their owner",
    "lessons.add": "adds rows, with their owner",
    "personas.append": "adds a row, with its owner",
    "feedback.put": "adds a row or changes one of the same key, which begins with the owner",
    "conversations.add": "adds a row, with its owner",
    "answers.add": "adds a row, with its owner",
    "summaries.add": "adds a row, with its owner",
    "activities.add": "adds a row, with its owner",
    "activities.add_all": "adds rows, with their owner",
    "model_calls.add": "adds rows, with their owner",
}

#: Classes of the adapter that are no repository of a transaction, and what asks of them for another's rows.
OUTSIDE = {
    "PostgresDatabase": "opens transactions",
    "PostgresAccounts": "asks before an owner is known, by an address, a token's hash or an identity",
    "PostgresDueJobs": "the worker's, for all owners: ids",
    "PostgresUnfinishedErasures": "the worker's, for all owners: ids",
    "PostgresStoredVectors": "test_rows_that_are_asked_for_outside_of_a_transaction",
    "PostgresOwnRows": "test_rows_that_are_asked_for_outside_of_a_transaction",
}
