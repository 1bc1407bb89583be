"""The tables as SQL expressions see them; what a table guards (policies, grants, keys) is said in ``migrations/``."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import UserDefinedType


class Halfvec(UserDefinedType[Sequence[float]]):
    """pgvector's half-precision vector, of any length, handed to the driver as it is: the codec writes it in binary.

    ``pgvector.sqlalchemy.HALFVEC`` would make text of it, which that codec refuses.
    """

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "HALFVEC"


metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

USD = Numeric(18, 9)
USERS = ("users", ["owner_id"], ["owner_id"])


def _owner(*, key: bool = True) -> Column[Any]:
    return Column("owner_id", Uuid, primary_key=key, nullable=False)


def _belongs_to(table: str, columns: list[str], referred: list[str]) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(columns, [f"{table}.{column}" for column in referred], ondelete="CASCADE")


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


users = Table(
    "users",
    metadata,
    _owner(),
    Column("email", Text, nullable=False),
    Column("full_name", Text, nullable=False),
    Column("avatar_url", Text),
    Column("subscription_tier", Text, nullable=False),
    _moment("created_at"),
    _moment("email_verified_at", nullable=True),
)

# The one key that can't begin with an owner: whose address it is, is the question. No role but the owner of the tables
# reads it, through the functions of the first migration.
credentials = Table(
    "credentials",
    metadata,
    Column("email_key", Text, primary_key=True),
    _owner(key=False),
    Column("password_hash", Text, nullable=False),
    _belongs_to(*USERS),
    UniqueConstraint("owner_id"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    _owner(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("family", Uuid, nullable=False),
    _moment("created_at"),
    _moment("expires_at"),
    _moment("spent_at", nullable=True),
    _moment("started_at", nullable=True),
    Column("user_agent", Text),
    _belongs_to(*USERS),
    Index(None, "owner_id", "family"),
    Index(None, "token_hash"),
)

mail_tokens = Table(
    "mail_tokens",
    metadata,
    _owner(),
    Column("token_hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    _moment("created_at"),
    _moment("expires_at"),
    _belongs_to(*USERS),
    Index(None, "token_hash"),
)

# Another directory: whose subject at another provider it is, is the question.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    _owner(key=False),
    _moment("vouched_at"),
    _belongs_to(*USERS),
    UniqueConstraint("owner_id"),
)

# It names nobody, and only the functions of its migration reach it.
erased_identities = Table(
    "erased_identities",
    metadata,
    Column("identity_hash", LargeBinary, primary_key=True),
    _moment("erased_at"),
)

personas = Table(
    "personas",
    metadata,
    _owner(),
    Column("version", Integer, primary_key=True),
    _moment("updated_at"),
    Column("persona", JSONB, nullable=False),
    _belongs_to(*USERS),
)

courses = Table(
    "courses",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("color", Text),
    Column("icon", Text),
    Column("archived", Boolean, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    _belongs_to(*USERS),
    Index(None, "owner_id", "archived", "created_at", "id"),
)

modules = Table(
    "modules",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("course_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("inbox", Boolean, nullable=False, server_default=text("false")),
    _moment("created_at"),
    _moment("updated_at"),
    _belongs_to("courses", ["owner_id", "course_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "course_id", "position", "id"),
    Index("modules_inbox_key", "owner_id", unique=True, postgresql_where=text("inbox")),
)

files = Table(
    "files",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("module_id", Uuid, nullable=False),
    Column("filename", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("ready", Boolean, nullable=False),
    Column("step", Text),
    Column("progress", SmallInteger, nullable=False),
    Column("pages_done", Integer),
    Column("pages_total", Integer),
    Column("attempt", Integer, nullable=False),
    Column("error", JSONB(none_as_null=True)),
    Column("title", Text),
    Column("page_count", Integer),
    Column("word_count", Integer),
    Column("chunk_count", Integer),
    Column("language", Text),
    _moment("created_at"),
    _moment("processed_at", nullable=True),
    _belongs_to("modules", ["owner_id", "module_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "module_id", "created_at", "id"),
    Index(None, "owner_id", "created_at", "id"),
)

jobs = Table(
    "jobs",
    metadata,
    _owner(),
    Column("file_id", Uuid, primary_key=True),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("password", Text),
    Column("worker", Text),
    _moment("due_at"),
    _moment("heartbeat_at", nullable=True),
    _belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    Index("jobs_unfinished_idx", "due_at", postgresql_where=text("status <> 'finished'")),
)

chunks = Table(
    "chunks",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("file_id", Uuid, nullable=False),
    Column("index", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("page_marks", JSONB, nullable=False),
    Column("heading_path", ARRAY(Text), nullable=False),
    Column("token_count", Integer, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("page_start", Integer),
    Column("page_end", Integer),
    Column("page_label", Text),
    Column("embedding", Halfvec, nullable=False),
    Column("embedding_model", Text, nullable=False),
    Column("next_embedding", Halfvec),
    Column("next_embedding_model", Text),
    Column("search", TSVECTOR, nullable=False),
    Column("text_config", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    _belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "file_id", "index", unique=True),
)

lessons = Table(
    "lessons",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("generation_id", Uuid, nullable=False),
    Column("file_id", Uuid, nullable=False),
    Column("key", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    _moment("created_at"),
    _belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "key", "created_at", "id"),
    Index(None, "owner_id", "file_id", "created_at", "id"),
)

lesson_sections = Table(
    "lesson_sections",
    metadata,
    _owner(),
    Column("lesson_id", Uuid, primary_key=True),
    Column("section_id", Text, primary_key=True),
    Column("key", Text, nullable=False),
    _belongs_to("lessons", ["owner_id", "lesson_id"], ["owner_id", "id"]),
    Index(None, "owner_id", "key"),
)

activities = Table(
    "activities",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    _moment("at"),
    Column("file_id", Uuid),
    Column("lesson_id", Uuid),
    _belongs_to(*USERS),
    Index(None, "owner_id", "at", "id"),
)

model_calls = Table(
    "model_calls",
    metadata,
    _owner(),
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _moment("at"),
    Column("kind", Text, nullable=False),
    Column("generation_id", Uuid),
    Column("model", Text, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("cached_prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cost_usd", USD),
    Column("counted", Boolean, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("latency_ms", Integer, nullable=False),
    Column("first_token_ms", Integer),
    _belongs_to(*USERS),
    Index(None, "owner_id", "at"),
)

charges = Table(
    "charges",
    metadata,
    _owner(),
    Column("generation_id", Uuid, primary_key=True),
    _moment("at"),
    Column("reserved_usd", USD, nullable=False),
    _moment("expires_at"),
    Column("spent_usd", USD),
    _belongs_to(*USERS),
    Index(None, "owner_id", "at"),
    Index("charges_open_idx", "expires_at", postgresql_where=text("spent_usd IS NULL")),
)

# The one table of an owner that outlives the user: it says that the rest of what was theirs is still to be erased.
erasures = Table(
    "erasures",
    metadata,
    _owner(),
    _moment("requested_at"),
)

# The one table without an owner; no role but the owner of the tables reaches it.
service_spending = Table(
    "service_spending",
    metadata,
    Column("day", Date, primary_key=True),
    Column("usd", USD, nullable=False),
)

lesson_feedback = Table(
    "lesson_feedback",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("lesson_id", Uuid, nullable=False),
    Column("sentence_id", Text, nullable=False),
    Column("rating", Text, nullable=False),
    Column("comment", Text),
    _moment("created_at"),
    _belongs_to("lessons", ["owner_id", "lesson_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "lesson_id", "sentence_id"),
)


def _place() -> list[Any]:
    """The one file, module or course that a row is about, and goes with."""
    return [
        Column("file_id", Uuid),
        Column("module_id", Uuid),
        Column("course_id", Uuid),
        _belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
        _belongs_to("modules", ["owner_id", "module_id"], ["owner_id", "id"]),
        _belongs_to("courses", ["owner_id", "course_id"], ["owner_id", "id"]),
        Index(None, "owner_id", "file_id"),
        Index(None, "owner_id", "module_id"),
        Index(None, "owner_id", "course_id"),
    ]


conversations = Table(
    "conversations",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    *_place(),
    Column("title", Text, nullable=False),
    _moment("created_at"),
    _moment("updated_at"),
    _belongs_to(*USERS),
    Index(None, "owner_id", "updated_at", "id"),
)

answers = Table(
    "answers",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("conversation_id", Uuid, nullable=False),
    Column("generation_id", Uuid, nullable=False),
    Column("cited_files", ARRAY(Uuid), nullable=False),
    Column("body", JSONB, nullable=False),
    _moment("created_at"),
    _belongs_to("conversations", ["owner_id", "conversation_id"], ["owner_id", "id"]),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "conversation_id", "created_at", "id"),
)

summaries = Table(
    "summaries",
    metadata,
    _owner(),
    Column("id", Uuid, primary_key=True),
    Column("generation_id", Uuid, nullable=False),
    *_place(),
    Column("key", Text, nullable=False),
    Column("cited_files", ARRAY(Uuid), nullable=False),
    Column("body", JSONB, nullable=False),
    _moment("created_at"),
    _belongs_to(*USERS),
    UniqueConstraint("owner_id", "generation_id"),
    Index(None, "owner_id", "key", "created_at", "id"),
)

file_words = Table(
    "file_words",
    metadata,
    _owner(),
    Column("file_id", Uuid, primary_key=True),
    Column("ends", Text, primary_key=True),
    Column("words", ARRAY(Text), nullable=False),
    _belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
)

chunk_formulas = Table(
    "chunk_formulas",
    metadata,
    _owner(),
    Column("chunk_id", Uuid, primary_key=True),
    Column("forms", Text, nullable=False),
    _belongs_to("chunks", ["owner_id", "chunk_id"], ["owner_id", "id"]),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    _owner(),
    Column("operation", Text, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("reply", JSONB(none_as_null=True)),
    Column("generation_id", Uuid),
    _moment("created_at"),
    _moment("expires_at"),
    _belongs_to(*USERS),
    Index(None, "owner_id", "expires_at"),
)
