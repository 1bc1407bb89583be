"""A lesson as it is stored, streamed and returned: sections of sentences, each sourced, an analogy, or framing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from msgspec import UNSET, UnsetType

from learnx.domain.values import Value

LessonSectionType = Literal["introduction", "explanation", "examples", "practice", "summary"]
SECTION_TYPES: tuple[LessonSectionType, ...] = get_args(LessonSectionType)
#: What a section of any stream may be: an answer is one section, and so is a summary.
SectionType = LessonSectionType | Literal["answer"]
SentenceKind = Literal["sourced", "analogy", "framing"]


class LessonOptions(Value):
    """What a learner asks for; ``target_minutes`` is at 200 words a minute, ``persona`` off gives the plain lesson."""

    sections: tuple[LessonSectionType, ...] = SECTION_TYPES
    focus: str | None = None
    target_minutes: int | None = None
    persona: bool = True


class Citation(Value):
    """``quote`` is verbatim from the chunk's text and stands on ``page_number`` (physical, from 1)."""

    file_id: UUID
    chunk_id: UUID
    page_number: int | None
    page_label: str | None
    quote: str


class Sentence(Value):
    """``lead`` is what stands before the sentence; ``because`` names the persona fields that shaped it."""

    id: str
    lead: str
    text: str
    kind: SentenceKind
    citations: tuple[Citation, ...] = ()
    because: tuple[str, ...] = ()


class Section(Value):
    """``markdown`` is the concatenation of lead and text of its sentences."""

    id: str
    type: SectionType
    title: str
    sentences: tuple[Sentence, ...]
    markdown: str


class GroundingCounts(Value):
    sourced: int = 0
    analogy: int = 0
    framing: int = 0
    retracted: int = 0
    corrected: int = 0


class Usage(Value):
    """Tokens as the provider counts them; ``cost_usd`` is None where no price is known."""

    prompt_tokens: int = 0
    cached_prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None
    cache_hit: bool = False
    model: str


class Lesson(Value):
    """``current`` says whether a request now would give this lesson; it is set when a lesson is read."""

    id: UUID
    generation_id: UUID
    file_id: UUID
    file_sha256: str
    options: LessonOptions = LessonOptions()
    persona_version: int | None
    model: str
    prompt_version: str
    created_at: datetime
    current: bool = True
    sections: tuple[Section, ...]
    grounding: GroundingCounts
    usage: Usage
    word_count: int


class SectionOutline(Value):
    id: str
    type: SectionType
    title: str
    cached: bool = False


class Event(Value, tag_field="type"):
    """One message of a stream; its JSON carries its name as ``type``."""


class Started(Event, tag="start"):
    """Of a lesson it has ``lesson_id`` and ``file_id``, of an answer ``answer_id`` and ``conversation_id``, of a
    summary ``summary_id``."""

    generation_id: UUID
    lesson_id: UUID | UnsetType = UNSET
    answer_id: UUID | UnsetType = UNSET
    conversation_id: UUID | UnsetType = UNSET
    summary_id: UUID | UnsetType = UNSET
    file_id: UUID | UnsetType = UNSET
    persona_version: int | None
    model: str
    prompt_version: str
    cached: bool
    sections: tuple[SectionOutline, ...]


class SectionStarted(Event, tag="section"):
    section_id: str
    section_type: SectionType
    title: str


class Delta(Event, tag="delta"):
    """Provisional plain text of a sentence that is still being written."""

    section_id: str
    sentence_id: str
    text: str


class SentenceVerified(Event, tag="sentence"):
    section_id: str
    sentence_id: str
    lead: str
    text: str
    kind: SentenceKind
    citations: tuple[Citation, ...] = ()
    because: tuple[str, ...] = ()


class SentenceRetracted(Event, tag="retract"):
    section_id: str
    sentence_id: str
    reason: str


class Restarted(Event, tag="restart"):
    reason: str


class UsageReported(Event, tag="usage"):
    """What this generation or replay consumed."""

    prompt_tokens: int
    cached_prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    cache_hit: bool
    model: str


class Failed(Event, tag="error"):
    """Terminal."""

    code: str
    detail: str
    retryable: bool


class Completed(Event, tag="complete"):
    """Terminal: the last event of every successful stream. What was stored has one of the ids; of an answer
    ``answered`` says whether the documents answer the question."""

    lesson_id: UUID | UnsetType = UNSET
    answer_id: UUID | UnsetType = UNSET
    summary_id: UUID | UnsetType = UNSET
    answered: bool | UnsetType = UNSET
    grounding: GroundingCounts
    word_count: int

    @property
    def stored_id(self) -> UUID:
        """The id of the lesson, answer or summary."""
        found = next(one for one in (self.lesson_id, self.answer_id, self.summary_id) if one is not UNSET)
        assert isinstance(found, UUID)
        return found


LessonEvent = (
    Started
    | SectionStarted
    | Delta
    | SentenceVerified
    | SentenceRetracted
    | Restarted
    | UsageReported
    | Failed
    | Completed
)
TERMINAL: tuple[type[Event], ...] = (Failed, Completed)


def section_events(section: Section) -> list[LessonEvent]:
    """The stream of a section that is whole."""
    return [
        SectionStarted(section_id=section.id, section_type=section.type, title=section.title),
        *(
            SentenceVerified(
                section_id=section.id,
                sentence_id=sentence.id,
                lead=sentence.lead,
                text=sentence.text,
                kind=sentence.kind,
                citations=sentence.citations,
                because=sentence.because,
            )
            for sentence in section.sentences
        ),
    ]


def replay(lesson: Lesson) -> tuple[LessonEvent, ...]:
    """The stream of a stored lesson: its end state is byte-identical to that of the generation that wrote it."""
    started = Started(
        generation_id=lesson.generation_id,
        lesson_id=lesson.id,
        file_id=lesson.file_id,
        persona_version=lesson.persona_version,
        model=lesson.model,
        prompt_version=lesson.prompt_version,
        cached=True,
        sections=outlined(lesson.sections),
    )
    completed = Completed(lesson_id=lesson.id, grounding=lesson.grounding, word_count=lesson.word_count)
    return replay_of(started, lesson.sections, completed)


def outlined(sections: Iterable[Section]) -> tuple[SectionOutline, ...]:
    """Stored sections, as the start of their replay tells them."""
    return tuple(
        SectionOutline(id=section.id, type=section.type, title=section.title, cached=True) for section in sections
    )


def replay_of(started: Started, sections: Iterable[Section], completed: Completed) -> tuple[LessonEvent, ...]:
    """The stream of anything that is stored: no model is called for it."""
    events: list[LessonEvent] = [started]
    for section in sections:
        events.extend(section_events(section))
    events.append(
        UsageReported(
            prompt_tokens=0,
            cached_prompt_tokens=0,
            completion_tokens=0,
            cost_usd=0.0,
            cache_hit=True,
            model=started.model,
        )
    )
    events.append(completed)
    return tuple(events)
