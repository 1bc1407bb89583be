"""Summaries of a small document of our own, driven to their end with replies that a test gives."""

from collections.abc import Sequence
from uuid import UUID

from tests.domain.lesson_material import FILE, chunks

from learnx.domain.documents import Chunk
from learnx.domain.lessons import LessonEvent
from learnx.domain.personas import Persona
from learnx.domain.prompts import Prompt
from learnx.domain.summaries import SummaryFile, SummaryType
from learnx.domain.summary_writing import SummaryBrief, SummaryDraft, write_summary


def brief(
    summary_type: SummaryType = "key_points",
    *,
    parts: Sequence[Sequence[Chunk]] | None = None,
    max_words: int = 300,
    persona: Persona | None = None,
    excerpt_tokens: int = 4_000,
) -> SummaryBrief:
    read = parts if parts is not None else [chunks()]
    files = dict.fromkeys(chunk.file_id for part in read for chunk in part)
    return SummaryBrief(
        file_id=FILE,
        summary_type=summary_type,
        max_words=max_words,
        persona=persona,
        files=tuple(SummaryFile(file_id=file, title="Cells and water", language="en") for file in files),
        parts=tuple(tuple(part) for part in read),
        excerpt_tokens=excerpt_tokens,
    )


def written(given: SummaryBrief, *replies: str, piece: int = 9) -> tuple[list[LessonEvent], SummaryDraft, list[Prompt]]:
    """Each reply is one text; later prompts than replies get silence."""
    writing = write_summary(given)
    events: list[LessonEvent] = []
    prompts: list[Prompt] = []
    texts = iter(replies)
    try:
        step = next(writing)
        while True:
            if isinstance(step, tuple):
                events.extend(step)
                step = writing.send(None)
                continue
            prompts.append(step)
            text = next(texts, "")
            for start in range(0, len(text), piece):
                came = writing.send(text[start : start + piece])
                assert isinstance(came, tuple)
                events.extend(came)
            step = writing.send(None)
    except StopIteration as end:
        return events, end.value, prompts


def chunk_of(text: str, *, number: int = 1, file_id: UUID = FILE, headings: tuple[str, ...] = ()) -> Chunk:
    return Chunk(
        id=UUID(int=1_000 + number),
        file_id=file_id,
        index=number,
        text=text,
        heading_path=headings,
        token_count=max(1, len(text) // 4),
        content_hash=f"{number} {text[:20]}",
    )
