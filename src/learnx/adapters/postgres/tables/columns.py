"""Columns that many tables have alike, and the keys by which their rows go with what they belong to."""

from typing import Any

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, Index, Numeric, Uuid

USD = Numeric(18, 9)
USERS = ("users", ["owner_id"], ["owner_id"])


def owner(*, key: bool = True) -> Column[Any]:
    return Column("owner_id", Uuid, primary_key=key, nullable=False)


def belongs_to(table: str, columns: list[str], referred: list[str]) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(columns, [f"{table}.{column}" for column in referred], ondelete="CASCADE")


def moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def place() -> list[Any]:
    """The one file, module or course that a row is about, and goes with."""
    return [
        Column("file_id", Uuid),
        Column("module_id", Uuid),
        Column("course_id", Uuid),
        belongs_to("files", ["owner_id", "file_id"], ["owner_id", "id"]),
        belongs_to("modules", ["owner_id", "module_id"], ["owner_id", "id"]),
        belongs_to("courses", ["owner_id", "course_id"], ["owner_id", "id"]),
        Index(None, "owner_id", "file_id"),
        Index(None, "owner_id", "module_id"),
        Index(None, "owner_id", "course_id"),
    ]
