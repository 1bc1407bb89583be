"""A small document of our own, and what it takes to write lessons from it."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from learnx.domain.documents import Chunk, PageMark
from learnx.domain.lessons import (
    Delta,
    LessonEvent,
    LessonOptions,
    Section,
    SectionStarted,
    SentenceRetracted,
    SentenceVerified,
)
from learnx.domain.personalization import Brief, Excerpt, LessonDraft, plan_lesson, write_lesson
from learnx.domain.personas import Interests, Persona
from learnx.domain.prompts import Prompt
from learnx.domain.retrieval import ChunkOutline

FILE = UUID(int=1)

_TEXTS = (
    (
        ("Cells", "Mitochondria"),
        "Mitochondria are organelles that produce most of the energy of a cell. They were first described by Albert "
        "von Kölliker in 1857. A human liver cell holds about 2,000 mitochondria. The inner membrane folds into "
        "cristae, which increase its surface. Mitochondria do not divide during apoptosis. For example, a muscle cell "
        "that works hard builds additional mitochondria within 6 weeks.",
    ),
    (
        ("Cells", "Photosynthesis"),
        "Photosynthesis converts light into chemical energy: 6CO2 + 6H2O → C6H12O6 + 6O2. The reactions take place in "
        "the chloroplasts of plants. If the light grows stronger, the rate of photosynthesis increases until another "
        "factor limits it. Robert Hooke wrote that cells were “little boxes” on 23 September 1665. DNA carries the "
        "genetic information of the chloroplast as well.",
    ),
    (
        ("Water", "Phases"),
        "Water is a molecule of two hydrogen atoms and one oxygen atom. Pure water boils at 100 °C at sea level. Its "
        "boiling point falls by about 1 °C for every 300 m of altitude. Ice floats, because it is less dense than "
        "liquid water. For instance, an iceberg shows only a tenth of its volume above the surface of the sea.",
    ),
)


def chunks() -> tuple[Chunk, ...]:
    """Three chunks on pages 3, 4 and 5; the second half of the first stands on page 4 already."""
    made = []
    for index, (headings, text) in enumerate(_TEXTS):
        page = 3 + index
        marks = [PageMark(offset=0, page=page, label=str(page + 10))]
        if index == 0:
            marks.append(PageMark(offset=text.index("The inner membrane"), page=4, label="14"))
        made.append(
            Chunk(
                id=UUID(int=100 + index),
                file_id=FILE,
                index=index,
                text=text,
                page_marks=tuple(marks),
                heading_path=headings,
                token_count=90,
                content_hash=f"hash {index}",
                page_start=page,
                page_end=marks[-1].page,
                page_label=marks[0].label,
            )
        )
    return tuple(made)


def outline_of(found: Iterable[Chunk]) -> list[ChunkOutline]:
    return [
        ChunkOutline(
            id=chunk.id,
            index=chunk.index,
            heading_path=chunk.heading_path,
            token_count=chunk.token_count,
            content_hash=chunk.content_hash,
        )
        for chunk in found
    ]


def excerpts() -> tuple[Excerpt, ...]:
    return tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chunks(), start=1))


def persona(**facets: object) -> Persona:
    return Persona(interests=Interests(primary=("basketball",)), **facets)  # type: ignore[arg-type]


def brief(
    persona: Persona | None = None,
    options: LessonOptions | None = None,
    found: Sequence[Chunk] | None = None,
    title: str | None = "Cells and water",
) -> Brief:
    chosen = found if found is not None else chunks()
    options = options or LessonOptions()
    return Brief(
        generation_id=UUID(int=2),
        lesson_id=UUID(int=3),
        file_id=FILE,
        file_title=title,
        language="en",
        options=options,
        persona=persona,
        persona_version=1 if persona else None,
        plan=plan_lesson(outline_of(chosen), options, budget_tokens=100_000),
        excerpts=tuple(Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(chosen, start=1)),
        model="a model",
    )


def written(
    given: Brief, *replies: Sequence[str], kept: Mapping[str, Section] | None = None
) -> tuple[list[LessonEvent], LessonDraft, list[Prompt]]:
    """Drive a lesson to its end; each reply is the pieces of one text, and later prompts than replies get silence.

    Whatever is written, the order of the stream has to hold: that is asserted here.
    """
    writing = write_lesson(given, kept or {})
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
            for piece in next(texts, ()):
                came = writing.send(piece)
                assert isinstance(came, tuple)
                events.extend(came)
            step = writing.send(None)
            assert isinstance(step, tuple)
    except StopIteration as end:
        assert_protocol(events)
        return events, end.value, prompts


def assert_protocol(events: Iterable[LessonEvent]) -> None:
    """A sentence is some deltas and then either said or retracted, once; its section may begin again, with none."""
    ended: set[str] = set()
    begun: set[str] = set()
    for event in events:
        if isinstance(event, SectionStarted):
            begun.add(event.section_id)
            ended = {id_ for id_ in ended if not id_.startswith(f"{event.section_id}.")}
        elif isinstance(event, (Delta, SentenceVerified, SentenceRetracted)):
            assert event.section_id in begun
            assert event.sentence_id not in ended
            if not isinstance(event, Delta):
                ended.add(event.sentence_id)
