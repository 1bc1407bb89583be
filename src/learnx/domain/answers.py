"""An answer as it is stored, replayed and returned: sourced sentences, or that the documents don't say."""

from datetime import datetime
from uuid import UUID

from learnx.domain.answer_prompt import OUTLINE
from learnx.domain.lessons import (
    Completed,
    GroundingCounts,
    LessonEvent,
    Section,
    Sentence,
    Started,
    Usage,
    outlined,
    replay_of,
)
from learnx.domain.values import Value


class Source(Value):
    """A passage that an answer rests on or, where there is none, that is nearest to the question.

    ``quote`` is verbatim from the chunk; ``relevance_score`` is from 0 to 1, 1 being the best by every measure.
    """

    chunk_id: UUID
    file_id: UUID
    page_number: int | None
    page_label: str | None
    quote: str
    relevance_score: float


class Answer(Value):
    """``answered`` False: the documents don't say, and ``sources`` are the nearest passages.

    ``question`` is as it was asked, ``searched_for`` what it means on its own after what was asked before.
    """

    id: UUID
    conversation_id: UUID
    generation_id: UUID
    question: str
    searched_for: str
    answered: bool
    answer: str
    sentences: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    related_concepts: tuple[str, ...]
    persona_version: int | None
    model: str
    prompt_version: str
    created_at: datetime
    grounding: GroundingCounts
    usage: Usage
    word_count: int

    @property
    def quoted_files(self) -> frozenset[UUID]:
        """Without which it can't be shown any more."""
        cited = (citation.file_id for sentence in self.sentences for citation in sentence.citations)
        return frozenset([*cited, *(source.file_id for source in self.sources)])


def answer_replay(answer: Answer) -> tuple[LessonEvent, ...]:
    """The stream of a stored answer: its one section, as it was written."""
    section = Section(
        id=OUTLINE.id, type=OUTLINE.type, title=OUTLINE.title, sentences=answer.sentences, markdown=answer.answer
    )
    started = Started(
        generation_id=answer.generation_id,
        answer_id=answer.id,
        conversation_id=answer.conversation_id,
        persona_version=answer.persona_version,
        model=answer.model,
        prompt_version=answer.prompt_version,
        cached=True,
        sections=outlined([section]),
    )
    completed = Completed(
        answer_id=answer.id, answered=answer.answered, grounding=answer.grounding, word_count=answer.word_count
    )
    return replay_of(started, [section], completed)
