"""What a generation has left behind, of whatever kind: the stream of the stored lesson, answer or summary."""

from uuid import UUID

from learnx.application.ports.database import Transaction
from learnx.domain.answers import answer_replay
from learnx.domain.lessons import LessonEvent, replay
from learnx.domain.summaries import summary_replay


async def stored_replay(tx: Transaction, generation_id: UUID) -> tuple[LessonEvent, ...] | None:
    """None where nothing is stored of it, or not any more."""
    lesson = await tx.lessons.by_generation(generation_id)
    if lesson is not None:
        return replay(lesson)
    answer = await tx.answers.by_generation(generation_id)
    if answer is not None:
        return answer_replay(answer)
    summary = await tx.summaries.by_generation(generation_id)
    if summary is not None:
        return summary_replay(summary)
    return None
