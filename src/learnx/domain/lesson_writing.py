"""Writes a lesson as a pure dialogue: asks for a model's text, turns it into verified sentences, asks again once."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from learnx.domain.focus import told_of_focus
from learnx.domain.grounding import Verifier
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lesson_reply import NO_HEADS, Reply
from learnx.domain.lessons import (
    GroundingCounts,
    LessonEvent,
    LessonOptions,
    Section,
    SectionOutline,
    section_events,
)
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.personas import Persona
from learnx.domain.plain_prompt import build_plain_prompt, plain_section
from learnx.domain.prompts import Excerpt, Prompt, build_prompt
from learnx.domain.section_writing import SectionWriting
from learnx.domain.values import Value
from learnx.domain.word_count import count_words

#: So many reasons of refused sentences are told to the model when it writes a section again.
_TOLD_REASONS = 5


NOTHING_KEPT: Mapping[str, Section] = MappingProxyType({})


class Brief(Value):
    """Everything one generation of a lesson is made from; ``excerpts`` are the plan's chunks, numbered from 1."""

    generation_id: UUID
    lesson_id: UUID
    file_id: UUID
    file_title: str | None = None
    language: str | None = None
    options: LessonOptions
    persona: Persona | None = None
    persona_version: int | None = None
    plan: LessonPlan
    excerpts: tuple[Excerpt, ...]
    model: str


class LessonDraft(Value):
    """What passed, in the order of the plan. Where it is not ``grounded`` it is no lesson: the driver ends in
    ``UNGROUNDED``.

    ``grounded``: something of it is sourced, and of what the model wrote, if anything, not everything was refused: what
    is kept does not make up for that. ``retracted`` counts all that were, those of a first attempt included, and
    ``corrected`` what was written now; the rest counts what the sections hold.
    """

    sections: tuple[Section, ...]
    grounding: GroundingCounts
    word_count: int
    grounded: bool


def write_lesson(
    brief: Brief, kept: Mapping[str, Section] = NOTHING_KEPT
) -> Generator[Prompt | tuple[LessonEvent, ...], str | None, LessonDraft]:
    """Drive it so::

        writing = write_lesson(brief, kept)
        step = next(writing)
        while True:
            if isinstance(step, tuple):             # events, to be sent at once
                step = writing.send(None)           # a Prompt, more events, or StopIteration with the LessonDraft
                continue
            for piece in stream_of(step):           # a Prompt: open a stream of the model's text for it
                events = writing.send(piece)        # a tuple of events, maybe empty
            step = writing.send(None)               # the text is over: a tuple of the remaining events

    ``kept`` are stored sections, by the id in the plan of the place that they take. They are told, whole, before the
    first prompt where nothing that is missing stands before them, and else where their turn comes; the model is asked
    for the missing ones alone, and what it writes of others is dropped. With nothing missing there is no prompt.

    Only ``section``, ``delta``, ``sentence`` and ``retract`` events come out; all others are the driver's. There are at
    most two prompts: sections that lost more than half of their sentences are written again, once, in one second
    text; each of them begins with a ``section`` event of the same id. Where the second text leaves one of them out, its
    first version stands; where it has fewer sourced sentences, the first version is told again, and stands. How a text
    is cut into pieces changes nothing but the deltas' lengths. Text beyond ``model_text.MAX_CHARACTERS``, and of
    sections that were not asked for, is dropped. A text that ends before half of the sections asked for have any was
    broken off, as small models do: the second one is asked for the rest as well. If, besides, nothing of it is sourced
    and it opened no section, its writer can't follow how a lesson is written: its sections are begun anew, and the
    second prompt asks for one section, plainly (``plain_prompt``).

    Where the excerpts don't name the focus that was asked for, the first section begins by saying so.
    """
    stored = KeptSections(brief.plan.sections, kept)
    asked: Sequence[SectionOutline] = stored.missing
    if at_once := stored.before(asked[0].id) if asked else stored.rest():
        yield tuple(at_once)
    if not asked:
        return _draft(brief, stored, {}, retracted=0)
    verifier = Verifier(brief.file_id, brief.excerpts)
    bounds = PersonaBounds(brief.persona, brief.excerpts, stored.sections.values())
    told = told_of_focus(brief.options.focus, brief.excerpts)
    heads = {brief.plan.sections[0].id: told} if told else NO_HEADS
    first = Reply(brief.persona, verifier, bounds, asked, stored, heads)
    yield from _read(first, _prompt(brief, asked, {}))
    if plain := _plain_prompt(brief, first, asked):
        prompt, section = plain
        yield tuple(first.forget())
        again = Reply(brief.persona, verifier, bounds, [section], stored, {section.id: told} if told else NO_HEADS)
        yield from _read(again, prompt)
        return _draft(brief, stored, again.sections, retracted=first.retracted + again.retracted)
    written = dict(first.sections)
    retracted = first.retracted
    failed = {id_ for id_, attempt in written.items() if attempt.failed}
    if asked := [item for item in asked if item.id in failed or (_broke_off(first, asked) and item.id not in written)]:
        reasons: dict[str, Sequence[str]] = {id_: written[id_].reasons[:_TOLD_REASONS] for id_ in failed}
        again = Reply(brief.persona, verifier, bounds, asked, stored, heads)
        yield from _read(again, _prompt(brief, asked, reasons))
        retracted += again.retracted
        for id_, rewritten in again.sections.items():
            before = written.setdefault(id_, rewritten)
            if before.says_more_than(rewritten):
                before.limit(bounds)
                yield tuple(section_events(before.finished()))
            else:
                written[id_] = rewritten
    return _draft(brief, stored, written, retracted=retracted)


def _read(reply: Reply, prompt: Prompt) -> Generator[Prompt | tuple[LessonEvent, ...], str | None, None]:
    piece = yield prompt
    while piece is not None:
        piece = yield tuple(reply.feed(piece))
    yield tuple(reply.close())


def _broke_off(reply: Reply, asked: Sequence[SectionOutline]) -> bool:
    return len(reply.sections) * 2 < len(asked)


def _plain_prompt(brief: Brief, reply: Reply, asked: Sequence[SectionOutline]) -> tuple[Prompt, SectionOutline] | None:
    """For one of the sections asked for, where the reply shows that its writer can't follow the protocol."""
    if reply.headed or not _broke_off(reply, asked) or any(section.sourced for section in reply.sections.values()):
        return None
    section = plain_section(brief.plan, asked)
    prompt = build_plain_prompt(
        excerpts=brief.excerpts,
        plan=brief.plan,
        section=section,
        options=brief.options,
        persona=brief.persona,
        language=brief.language,
    )
    return None if prompt is None else (prompt, section)


def _prompt(brief: Brief, asked: Sequence[SectionOutline], reasons: dict[str, Sequence[str]]) -> Prompt:
    return build_prompt(
        excerpts=brief.excerpts,
        plan=brief.plan,
        sections=asked,
        options=brief.options,
        persona=brief.persona,
        title=brief.file_title,
        language=brief.language,
        reasons=reasons,
    )


def _draft(brief: Brief, kept: KeptSections, written: Mapping[str, SectionWriting], *, retracted: int) -> LessonDraft:
    passed = {id_: section for id_, section in written.items() if section.written}
    finished = kept.sections | {id_: section.finished() for id_, section in passed.items()}
    sections = tuple(finished[outline.id] for outline in brief.plan.sections if outline.id in finished)
    kinds = Counter(sentence.kind for section in sections for sentence in section.sentences)
    return LessonDraft(
        sections=sections,
        grounding=GroundingCounts(
            sourced=kinds["sourced"],
            analogy=kinds["analogy"],
            framing=kinds["framing"],
            retracted=retracted,
            corrected=sum(section.corrected for section in passed.values()),
        ),
        word_count=sum(count_words(sentence.text) for section in sections for sentence in section.sentences),
        grounded=kinds["sourced"] > 0 and (bool(passed) or not retracted),
    )
