"""What a summary is of, and of which kind."""

from typing import Literal
from uuid import UUID

from learnx.domain.values import Value

SummaryType = Literal["key_points", "comprehensive", "exam_prep"]


class SummaryFile(Value):
    """What prompts need of a file beside its chunks."""

    file_id: UUID
    title: str | None
    language: str | None


class SummaryMaterial(Value):
    """All chunks that are summarized, in reading order, and the files they are of, in order."""

    files: tuple[SummaryFile, ...]
    chunk_ids: tuple[UUID, ...]
