from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.lesson_material import brief, persona, written
from tests.domain.test_lesson_writing import REPLY

from learnx.domain.lessons import (
    Lesson,
    LessonEvent,
    Section,
    SectionStarted,
    SentenceVerified,
    Usage,
    replay,
)
from learnx.domain.personalization import LessonDraft, write_lesson
from learnx.domain.prompts import Prompt

WITH_EXAMPLES = REPLY.replace(
    "## practice",
    "## examples: Examples\n\nFor instance, an iceberg shows only a tenth of its volume above the surface of the sea. "
    "[3]\n\n## practice",
)
BRIEF = brief(persona())
IDS = tuple(section.id for section in BRIEF.plan.sections)
WHOLE = written(BRIEF, [WITH_EXAMPLES])[1]


def from_another_lesson(*ids: str) -> dict[str, Section]:
    """Those of the whole lesson, as one had them in which they stood elsewhere and other sentences were retracted."""
    return {
        section.id: msgspec.structs.replace(
            section,
            id=f"s{9 - int(section.id[1:])}",
            sentences=tuple(
                msgspec.structs.replace(sentence, id=f"s{9 - int(section.id[1:])}.{3 * number}")
                for number, sentence in enumerate(section.sentences, start=1)
            ),
        )
        for section in WHOLE.sections
        if section.id in ids
    }


def texts_of(reply: str) -> dict[str, str]:
    """The part of a reply that writes each section."""
    parts = [f"## {part}" for part in reply.removeprefix("## ").split("\n## ") if part]
    return dict(zip(IDS, parts, strict=True))


def end_state(events: Sequence[LessonEvent]) -> dict[str, tuple[str, str, list[tuple[str, str, str]]]]:
    """What a client has that renders by the protocol: type, title and sentences of each section that got any."""
    sections: dict[str, tuple[str, str, list[tuple[str, str, str]]]] = {}
    for event in events:
        if isinstance(event, SectionStarted):
            sections[event.section_id] = (event.section_type, event.title, [])
        elif isinstance(event, SentenceVerified):
            sections[event.section_id][2].append((event.sentence_id, event.lead, event.text))
    return {id_: section for id_, section in sections.items() if section[2]}


def replayed(draft: LessonDraft) -> tuple[LessonEvent, ...]:
    return replay(
        Lesson(
            id=BRIEF.lesson_id,
            generation_id=BRIEF.generation_id,
            file_id=BRIEF.file_id,
            file_sha256="0" * 64,
            persona_version=1,
            model="a model",
            prompt_version="1",
            created_at=datetime(2026, 11, 22, tzinfo=UTC),
            sections=draft.sections,
            grounding=draft.grounding,
            usage=Usage(model="a model"),
            word_count=draft.word_count,
        )
    )


def told(events: Sequence[LessonEvent]) -> list[str]:
    return [event.section_id for event in events if isinstance(event, SectionStarted)]


def content(sections: Sequence[Section]) -> list[tuple[str, str, str]]:
    return [(section.id, section.title, section.markdown) for section in sections]


KEPT = st.sets(st.sampled_from(IDS)).map(lambda ids: from_another_lesson(*ids))
CUTS = st.integers(1, 40)


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@settings(max_examples=60, deadline=None)
@given(KEPT, CUTS)
def test_whatever_is_kept_the_whole_lesson_comes_in_the_order_of_the_plan(
    kept: Mapping[str, Section], size: int
) -> None:
    asked = "\n\n".join(text for id_, text in texts_of(WITH_EXAMPLES).items() if id_ not in kept)
    events, draft, prompts = written(BRIEF, cut(asked, size), kept=kept)
    assert content(draft.sections) == content(WHOLE.sections)
    assert told(events) == list(IDS)
    assert len(prompts) == (len(kept) < len(IDS))
    for section in BRIEF.plan.sections:
        assert all(
            (f"The line `## {section.type}: {section.title}`" in prompt.task) != (section.id in kept)
            for prompt in prompts
        )


@settings(max_examples=60, deadline=None)
@given(KEPT, st.permutations(IDS), st.sets(st.sampled_from(IDS)), CUTS)
def test_the_stream_and_its_replay_end_alike_whatever_the_model_writes_in_whatever_order(
    kept: Mapping[str, Section], order: Sequence[str], left_out: set[str], size: int
) -> None:
    parts = texts_of(WITH_EXAMPLES)
    reply = "\n\n".join(parts[id_] for id_ in order if id_ not in left_out)
    events, draft, _ = written(BRIEF, cut(reply, size), kept=kept)
    assert end_state(events) == end_state(replayed(draft))
    assert [section.id for section in draft.sections] == [id_ for id_ in IDS if id_ in kept or id_ not in left_out]
    assert content(draft.sections) == [
        one for one in content(WHOLE.sections) if one[0] in kept or one[0] not in left_out
    ]
    assert len(told(events)) == len(set(told(events)))
    ids = [sentence.id for section in draft.sections for sentence in section.sentences]
    assert len(ids) == len(set(ids))
    assert all(sentence.id.startswith(f"{section.id}.") for section in draft.sections for sentence in section.sentences)
    assert draft.grounded == bool(draft.grounding.sourced)


@settings(max_examples=60, deadline=None)
@given(KEPT, st.lists(st.sampled_from([*WITH_EXAMPLES.split("\n"), "## explanation: Water", "Moss is blue. [1]"])))
def test_nothing_that_a_model_writes_changes_what_is_kept(kept: Mapping[str, Section], lines: Sequence[str]) -> None:
    events, draft, _ = written(BRIEF, ["\n".join(lines)], kept=kept)
    assert end_state(events) == end_state(replayed(draft))
    by_id = {section.id: section for section in draft.sections}
    for id_, section in kept.items():
        assert by_id[id_].markdown == section.markdown
        assert [s.citations for s in by_id[id_].sentences] == [s.citations for s in section.sentences]
        assert [s.because for s in by_id[id_].sentences] == [s.because for s in section.sentences]


def test_what_stands_before_the_first_missing_section_is_told_before_the_model_is_asked() -> None:
    writing = write_lesson(BRIEF, from_another_lesson("s1", "s2", "s4"))
    at_once = next(writing)
    assert isinstance(at_once, tuple)
    assert told(at_once) == ["s1", "s2"]
    assert isinstance(writing.send(None), Prompt)


def test_what_stands_after_the_last_missing_section_is_told_at_the_latest_with_the_end_of_the_text() -> None:
    events, draft, _ = written(BRIEF, [], kept=from_another_lesson("s4", "s6"))
    assert told(events) == ["s4", "s6"]
    assert [section.id for section in draft.sections] == ["s4", "s6"]


def test_with_nothing_missing_no_model_is_asked() -> None:
    events, draft, prompts = written(BRIEF, kept=from_another_lesson(*IDS))
    assert prompts == []
    assert content(draft.sections) == content(WHOLE.sections)
    assert end_state(events) == end_state(replayed(draft))
    assert draft.grounded
    assert draft.word_count == WHOLE.word_count
    assert draft.grounding.sourced == WHOLE.grounding.sourced
    assert draft.grounding.retracted == 0


def test_a_kept_section_that_the_model_writes_anyway_does_not_take_the_place_of_another_of_its_type() -> None:
    kept = from_another_lesson("s2")
    _, draft, _ = written(BRIEF, ["## explanation: Cells\n\nIce floats on liquid water. [3]"], kept=kept)
    assert content(draft.sections) == [one for one in content(WHOLE.sections) if one[0] == "s2"]


def test_only_what_failed_of_the_missing_sections_is_written_again() -> None:
    bad = "## explanation: Water\n\nWater boils at 50 °C. [3] Ice sinks below 70 m. [3] Why?"
    good = "## explanation: Water\n\nPure water boils at 100 °C at sea level. [3]"
    events, draft, prompts = written(BRIEF, [bad], [good], kept=from_another_lesson("s1", "s6"))
    assert len(prompts) == 2
    assert told(events) == ["s1", "s3", "s6", "s3"]
    assert [section.id for section in draft.sections] == ["s1", "s3", "s6"]
    assert end_state(events) == end_state(replayed(draft))


def test_a_lesson_of_which_all_that_was_written_was_refused_is_not_grounded_by_what_is_kept() -> None:
    kept = from_another_lesson("s1", "s6")
    refused = "## explanation: Water\n\nWater boils at 50 °C. [3]"
    _, draft, _ = written(BRIEF, [refused], [refused], kept=kept)
    assert draft.grounding.sourced > 0
    assert not draft.grounded
    _, silent, _ = written(BRIEF, [], kept=kept)
    assert silent.grounded


def test_a_plan_announces_what_is_kept() -> None:
    announced = BRIEF.plan.outlines({"s1", "s6"})
    assert [section.id for section in announced if section.cached] == ["s1", "s6"]
    assert [(section.id, section.type, section.title) for section in announced] == [
        (section.id, section.type, section.title) for section in BRIEF.plan.sections
    ]
