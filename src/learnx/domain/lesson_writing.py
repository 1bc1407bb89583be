"""Writes a lesson as a pure dialogue: asks for a model's text, turns it into verified sentences, asks again once."""

import re
from collections import Counter, defaultdict
from collections.abc import Generator, Sequence
from uuid import UUID

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.influence import because
from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import (
    Delta,
    GroundingCounts,
    LessonEvent,
    LessonOptions,
    Section,
    SectionOutline,
    SectionStarted,
    Sentence,
    SentenceRetracted,
    SentenceVerified,
)
from learnx.domain.markers import harmless, is_open, plain_text, read_markers
from learnx.domain.model_text import Growing, ModelText, Reading, SectionHeading, Unit
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt, Prompt, build_prompt
from learnx.domain.text_comparison import comparable
from learnx.domain.values import Value

#: So many reasons of refused sentences are told to the model when it writes a section again.
_TOLD_REASONS = 5
#: A section may say the same so many times; a model that loops says it hundreds of times.
_MOST_TIMES = 2
_LABEL = 12
#: Chinese and Japanese have no spaces; two characters make a word on average.
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")


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
    """What passed. With ``grounding.sourced == 0`` it is no lesson: the driver ends in ``UNGROUNDED``.

    ``retracted`` counts all that were, those of a first attempt included; the rest counts what the sections hold.
    """

    sections: tuple[Section, ...]
    grounding: GroundingCounts
    word_count: int


def write_lesson(brief: Brief) -> Generator[Prompt | tuple[LessonEvent, ...], str | None, LessonDraft]:
    """Drive it so::

        writing = write_lesson(brief)
        step = next(writing)                        # a Prompt: open a stream of the model's text for it
        while True:
            for piece in stream_of(step):
                events = writing.send(piece)        # a tuple of events, maybe empty
            events = writing.send(None)             # the text is over: a tuple of the remaining events
            step = writing.send(None)               # another Prompt, or StopIteration with the LessonDraft

    Only ``section``, ``delta``, ``sentence`` and ``retract`` events come out; all others are the driver's. There are at
    most two prompts: sections that lost more than half of their sentences are written again, once, in one second
    text; each of them begins with a ``section`` event of the same id. Where the second text leaves one of them out, its
    first version stands. How a text is cut into pieces changes nothing but the deltas' lengths. Text beyond
    ``model_text.MAX_CHARACTERS``, and of sections that were not asked for, is dropped.
    """
    verifier = Verifier(brief.file_id, brief.excerpts)
    written: dict[str, _SectionWriting] = {}
    retracted = 0
    asked: Sequence[SectionOutline] = brief.plan.sections
    reasons: dict[str, Sequence[str]] = {}
    for _attempt in range(2):
        reply = _Reply(brief, verifier, asked)
        piece = yield _prompt(brief, asked, reasons)
        while piece is not None:
            piece = yield tuple(reply.feed(piece))
        yield tuple(reply.close())
        written.update(reply.sections)
        retracted += sum(len(section.reasons) for section in reply.sections.values())
        asked = [outline for outline in asked if outline.id in reply.sections and reply.sections[outline.id].failed]
        if not asked:
            break
        reasons = {outline.id: reply.sections[outline.id].reasons[:_TOLD_REASONS] for outline in asked}
    return _draft(brief, written, retracted)


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


def _draft(brief: Brief, written: dict[str, "_SectionWriting"], retracted: int) -> LessonDraft:
    kept = [written[outline.id] for outline in brief.plan.sections if outline.id in written]
    kept = [section for section in kept if section.sentences]
    kinds: dict[str, int] = defaultdict(int)
    for section in kept:
        for sentence in section.sentences:
            kinds[sentence.kind] += 1
    return LessonDraft(
        sections=tuple(section.finished() for section in kept),
        grounding=GroundingCounts(
            sourced=kinds["sourced"],
            analogy=kinds["analogy"],
            framing=kinds["framing"],
            retracted=retracted,
            corrected=sum(section.corrected for section in kept),
        ),
        word_count=sum(_words(sentence.text) for section in kept for sentence in section.sentences),
    )


class _SectionWriting:
    """A section while its text comes in; its ``section`` event is due with its first sign of life."""

    def __init__(self, outline: SectionOutline) -> None:
        self.outline = outline
        self.sentences: list[Sentence] = []
        self.reasons: list[str] = []
        self.corrected = 0
        self.started = False
        self._said: Counter[str] = Counter()
        self._count = 0
        self._block = 0
        self._item = False

    @property
    def failed(self) -> bool:
        return len(self.reasons) > len(self.sentences)

    @property
    def next_id(self) -> str:
        return f"{self.outline.id}.{self._count + 1}"

    def keep(self, unit: Unit, text: str, verdict: Verdict, reasons_why: tuple[str, ...]) -> Sentence:
        assert verdict.kind is not None
        sentence = Sentence(
            id=self.next_id,
            lead=self._lead(unit, text),
            text=text,
            kind=verdict.kind,
            citations=verdict.citations,
            because=reasons_why,
        )
        self._count += 1
        self.corrected += verdict.corrected
        self.sentences.append(sentence)
        self._block, self._item = unit.block, unit.kind == "item"
        return sentence

    def is_repeated(self, text: str) -> bool:
        """Whether the section says it already as often as a text may; a label ("Answer:") may come again and again."""
        said = comparable(text).casefold()
        self._said[said] += 1
        return self._said[said] > _MOST_TIMES and len(said) > _LABEL

    def refuse(self, text: str, reason: str) -> str:
        """The id of the sentence that is retracted."""
        sentence_id = self.next_id
        self._count += 1
        self.reasons.append(f"“{text[:160]}”: {reason}")
        return sentence_id

    def finished(self) -> Section:
        return Section(
            id=self.outline.id,
            type=self.outline.type,
            title=self.outline.title,
            sentences=tuple(self.sentences),
            markdown="".join(sentence.lead + sentence.text for sentence in self.sentences),
        )

    def _lead(self, unit: Unit, text: str) -> str:
        if not self.sentences:
            return unit.prefix
        if unit.block == self._block:
            return "" if "\u3040" <= text[:1] <= "\u9fff" else " "
        return ("\n" if self._item and unit.kind == "item" else "\n\n") + unit.prefix


class _Reply:
    """One text of the model: finds the section that each unit belongs to, verifies the unit, and says so in events."""

    def __init__(self, brief: Brief, verifier: Verifier, asked: Sequence[SectionOutline]) -> None:
        self._brief, self._verifier, self._asked = brief, verifier, asked
        self._text = ModelText()
        self.sections: dict[str, _SectionWriting] = {}
        self._current: _SectionWriting | None = self._open(asked[0]) if asked else None
        self._shown = ""

    def feed(self, piece: str) -> list[LessonEvent]:
        return [event for reading in self._text.feed(piece) for event in self._read(reading)]

    def close(self) -> list[LessonEvent]:
        events = [event for reading in self._text.close() for event in self._read(reading)]
        self.sections = {id_: section for id_, section in self.sections.items() if section.started}
        return events

    def _open(self, outline: SectionOutline) -> _SectionWriting:
        return self.sections.setdefault(outline.id, _SectionWriting(outline))

    def _read(self, reading: Reading) -> list[LessonEvent]:
        if isinstance(reading, SectionHeading):
            outline = self._asked_for(reading)
            self._current = self._open(outline) if outline else None
            return []
        if self._current is None:
            return []
        if isinstance(reading, Growing):
            return self._grow(self._current, reading.raw)
        return self._verify(self._current, reading)

    def _asked_for(self, heading: SectionHeading) -> SectionOutline | None:
        """The section of that type and title; else the first of that type that has no text yet, or its last."""
        same_type = [outline for outline in self._asked if outline.type == heading.type]
        titled = [outline for outline in same_type if _plain_title(outline.title) == _plain_title(heading.title)]
        fresh = [
            outline for outline in same_type if outline.id not in self.sections or not self.sections[outline.id].started
        ]
        return next(iter([*titled, *fresh, *same_type[-1:]]), None)

    def _grow(self, section: _SectionWriting, raw: str) -> list[LessonEvent]:
        if is_open(raw):
            return []
        shown = plain_text(read_markers(raw).text)
        more = shown[len(self._shown) :]
        if not more or not shown.startswith(self._shown) or not any(map(str.isalnum, shown)):
            return []
        self._shown = shown
        return [*self._start(section), Delta(section_id=section.outline.id, sentence_id=section.next_id, text=more)]

    def _start(self, section: _SectionWriting) -> list[LessonEvent]:
        if section.started:
            return []
        section.started = True
        outline = section.outline
        return [SectionStarted(section_id=outline.id, section_type=outline.type, title=outline.title)]

    def _verify(self, section: _SectionWriting, unit: Unit) -> list[LessonEvent]:
        shown, self._shown = self._shown, ""
        marked = read_markers(unit.raw)
        text = marked.text
        if not shown and not any(map(str.isalnum, text)):
            return []
        verdict = self._verifier.verify(marked, unit.kind)
        if verdict.kind is not None and section.is_repeated(text):
            verdict = Verdict(kind=None, reason="It was said before.")
        events = self._start(section)
        section_id = section.outline.id
        if verdict.kind is None:
            sentence_id = section.refuse(text, verdict.reason)
            return [
                *events,
                SentenceRetracted(section_id=section_id, sentence_id=sentence_id, reason=verdict.reason),
            ]
        why = because(self._brief.persona, section.outline.type, verdict.kind, text)
        sentence = section.keep(unit, harmless(text), verdict, why)
        return [
            *events,
            SentenceVerified(
                section_id=section_id,
                sentence_id=sentence.id,
                lead=sentence.lead,
                text=sentence.text,
                kind=sentence.kind,
                citations=sentence.citations,
                because=sentence.because,
            ),
        ]


def _words(text: str) -> int:
    characters = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + -(-characters // 2) if characters else len(text.split())


def _plain_title(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))
