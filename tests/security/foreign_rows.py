"""A library with a row in every table, made by the repositories themselves, and the names of all that is in it."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine
from tests.adapters.postgres.test_conversations import answer_of, conversation_of
from tests.adapters.postgres.test_records import lesson_of
from tests.adapters.postgres.test_summaries import summary_of
from uuid_utils.compat import uuid7

from learnx.adapters.postgres.accounts import PostgresAccounts
from learnx.adapters.postgres.database import PostgresDatabase
from learnx.application.ports.idempotency import Kept
from learnx.application.ports.stored_vectors import FileToMove
from learnx.domain.activity import Activity
from learnx.domain.answers import Answer
from learnx.domain.conversations import Conversation
from learnx.domain.courses import Course, File, Module
from learnx.domain.documents import Chunk
from learnx.domain.feedback import Feedback
from learnx.domain.identity import User, VouchedUser
from learnx.domain.lessons import Lesson
from learnx.domain.model_calls import ModelCall
from learnx.domain.personas import Interests, Persona, PersonaVersion
from learnx.domain.retrieval import Scope
from learnx.domain.spending import Limits
from learnx.domain.summaries import Summary

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=30)
MODEL = "test-3"
OPERATION = "courses.create"
VECTOR = [1.0, 0.0, 0.0]


@dataclass
class Names:
    """Of one owner's things: those of a library that is there, or, before it is stored, of one that nobody has."""

    mark: str
    owner: UUID = field(default_factory=uuid7)
    family: UUID = field(default_factory=uuid7)
    charge: UUID = field(default_factory=uuid7)
    activity: UUID = field(default_factory=uuid7)
    feedback: UUID = field(default_factory=uuid7)

    def __post_init__(self) -> None:
        times = {"created_at": NOW, "updated_at": NOW}
        self.course = Course(id=uuid7(), title=self.mark, description=self.mark, **times)
        self.module = Module(id=uuid7(), course_id=self.course.id, title=self.mark, position=0, **times)
        self.file = File(
            id=uuid7(),
            module_id=self.module.id,
            course_id=self.course.id,
            filename=f"{self.mark}.md",
            media_type="text/markdown",
            size_bytes=100,
            sha256=self.hash("file").hex(),
            created_at=NOW,
        )
        self.chunk = Chunk(
            id=uuid7(),
            file_id=self.file.id,
            index=0,
            text=f"{self.mark} says that a cell is alive: $$E = mc^2$$",
            heading_path=(),
            token_count=10,
            content_hash=self.mark,
        )
        self.lesson: Lesson = lesson_of(self.file)
        self.conversation: Conversation = replace(conversation_of(Scope(file_id=self.file.id)), title=self.mark)
        self.answer: Answer = replace(answer_of(self.conversation, self.file.id), answer=self.mark)
        self.summary: Summary = replace(summary_of(self.file), summary=self.mark)

    def hash(self, of: str) -> bytes:
        return hashlib.sha256(f"{self.mark} {of}".encode()).digest()

    @property
    def email(self) -> str:
        return f"{self.mark}@example.org"

    @property
    def place(self) -> FileToMove:
        return FileToMove(owner=self.owner, file=self.file.id, chunks=1)

    @property
    def vouched(self) -> VouchedUser:
        return VouchedUser(
            issuer="https://identity.example",
            subject=self.mark,
            email=self.email,
            full_name=self.mark,
            avatar_url=None,
            issued_at=datetime.now(UTC),
            expires_at=SOON,
        )

    @property
    def user(self) -> User:
        return User(id=self.owner, email=self.email, full_name=self.mark, created_at=NOW)

    @property
    def said(self) -> Feedback:
        return Feedback(id=self.feedback, lesson_id=self.lesson.id, rating="helpful", comment=self.mark, created_at=NOW)

    @property
    def done(self) -> Activity:
        return Activity(id=self.activity, kind="lesson_read", at=NOW, file_id=self.file.id)

    @property
    def persona(self) -> PersonaVersion:
        interests = Interests(primary=(self.mark,))
        return PersonaVersion(version=1, updated_at=NOW, persona=Persona(interests=interests))

    def told(self) -> list[tuple[str, str]]:
        """Each of its names, as text, with the word that stands for it."""
        values = {
            **{name: getattr(self, name) for name in ("owner", "family", "charge", "activity", "feedback")},
            **{
                name: getattr(self, name).id
                for name in ("course", "module", "file", "chunk", "lesson", "conversation", "answer", "summary")
            },
            "lesson generation": self.lesson.generation_id,
            "answer generation": self.answer.generation_id,
            "summary generation": self.summary.generation_id,
            "mark": self.mark,
        }
        return [(str(value), f"<{name}>") for name, value in values.items()]


async def stored(engine: AsyncEngine, names: Names) -> None:
    """Rows in every table but that of erased identities; ``engine`` is the application's, or sees everything."""
    await PostgresAccounts(engine).register(names.user, f"hash of {names.mark}")
    async with PostgresDatabase(engine).transaction(names.owner) as tx:
        for number, token in enumerate(("expired", "spent", "current")):
            ends = NOW + timedelta(days=number, hours=1)
            await tx.refresh_tokens.start_family(
                names.family, names.hash(token), now=NOW, expires_at=ends, user_agent=names.mark
            )
        await tx.mail_tokens.add(names.hash("mail"), "password_reset", now=NOW, expires_at=SOON)
        await tx.personas.append(names.persona)
        await tx.courses.add_inbox(names.course, names.module)
        await tx.files.add(names.file, password=f"password of {names.mark}")
        await tx.jobs.claim(names.file.id, worker="w", stale_after_seconds=60)
        await tx.chunks.replace(names.file.id, [names.chunk], [VECTOR], embedding_model=MODEL, language="en")
        await tx.lessons.add(names.lesson, key=f"key of {names.mark}", section_keys={"s1": f"section of {names.mark}"})
        await tx.feedback.put(names.said)
        await tx.conversations.add(names.conversation)
        await tx.answers.add(names.answer)
        await tx.summaries.add(names.summary, key=f"key of {names.mark}")
        await tx.activities.add(names.done)
        await tx.model_calls.add([ModelCall(model=names.mark)], kind="lesson", generation=names.charge, at=NOW)
        await tx.spending.reserve(names.charge, usd=1, own=Limits(), service=Limits(), at=NOW, expires_at=SOON)
        kept = Kept(body_hash=names.hash("body"), generation_id=names.charge, created_at=NOW)
        await tx.idempotency.keep(OPERATION, names.hash("key"), kept, expires_at=SOON)
        await tx.erasures.begin()
        await tx.commit()
