"""Reads one text of a model: finds the section of each unit, verifies the unit, and says in events what came of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.influence import because
from learnx.domain.kept_sections import KeptSections
from learnx.domain.lessons import (
    Delta,
    LessonEvent,
    Section,
    SectionOutline,
    SectionStarted,
    Sentence,
    SentenceRetracted,
    SentenceVerified,
)
from learnx.domain.markers import harmless, inert, is_open, read_markers, shown_text
from learnx.domain.model_text import Growing, ModelText, Reading, SectionHeading, Unit
from learnx.domain.persona_bounds import PersonaBounds
from learnx.domain.personas import Persona
from learnx.domain.section_writing import SectionWriting

_LISTED = frozenset({"item", "table"})
#: So many pieces reach the reader before anything is indexed ahead: the first words are what is waited for most.
_FIRST_WORDS = 8
NO_HEADS: Mapping[str, str] = MappingProxyType({})


class Reply:
    """Once closed, ``sections`` are those of ``asked`` that got text. What is kept is told where its turn comes.

    ``headed`` tells that the text opened a section by its line: its writer knows how a lesson is written.

    ``heads`` are sentences that sections begin with, by their ids: what the server has to say of them.
    """

    def __init__(
        self,
        persona: Persona | None,
        verifier: Verifier,
        bounds: PersonaBounds,
        asked: Sequence[SectionOutline],
        kept: KeptSections,
        heads: Mapping[str, str] = NO_HEADS,
    ) -> None:
        self._persona, self._verifier, self._bounds, self._asked, self._kept = persona, verifier, bounds, asked, kept
        self._heads = heads
        self._text = ModelText()
        self.sections: dict[str, SectionWriting] = {}
        self._current: SectionWriting | None = self._open(asked[0]) if asked else None
        self._shown, self._grown = "", 0
        self.headed = False

    def feed(self, piece: str) -> list[LessonEvent]:
        return [event for reading in _newest(self._text.feed(piece)) for event in self._read(reading)]

    def close(self) -> list[LessonEvent]:
        events = [event for reading in self._text.close() for event in self._read(reading)]
        self.sections = {id_: section for id_, section in self.sections.items() if section.started}
        return [*events, *self._kept.rest()]

    @property
    def retracted(self) -> int:
        return sum(len(section.reasons) for section in self.sections.values())

    def forget(self) -> list[LessonEvent]:
        """Begin each section that got a sentence again, with none."""
        for id_ in self.sections:
            self._bounds.forget(id_)
        return [_begun(section.outline) for section in self.sections.values() if section.sentences]

    def _open(self, outline: SectionOutline) -> SectionWriting:
        return self.sections.setdefault(outline.id, SectionWriting(outline))

    def _read(self, reading: Reading) -> list[LessonEvent]:
        if isinstance(reading, SectionHeading):
            self.headed = True
            outline = self._asked_for(reading)
            self._current = self._open(outline) if outline else None
            return []
        if self._current is None:
            return []
        if isinstance(reading, Growing):
            return self._grow(self._current, reading.raw)
        return self._verify(self._current, reading)

    def _asked_for(self, heading: SectionHeading) -> SectionOutline | None:
        """The section of that type and title; else, unless that one is kept, the first of that type that has no text
        yet, or its last."""
        same_type = [outline for outline in self._asked if outline.type == heading.type]
        titled = [outline for outline in same_type if _has_title(outline, heading)]
        if not titled and any(_has_title(kept, heading) for kept in self._kept.sections.values()):
            return None
        fresh = [
            outline for outline in same_type if outline.id not in self.sections or not self.sections[outline.id].started
        ]
        return next(iter([*titled, *fresh, *same_type[-1:]]), None)

    def _grow(self, section: SectionWriting, raw: str) -> list[LessonEvent]:
        if is_open(raw):
            return []
        shown = shown_text(read_markers(raw))
        more = shown[len(self._shown) :]
        if not more or not shown.startswith(self._shown) or not any(map(str.isalnum, shown)):
            return []
        self._shown = shown
        self._grown += 1
        if self._grown > _FIRST_WORDS:
            self._verifier.read_ahead()
        return [*self._start(section), Delta(section_id=section.outline.id, sentence_id=section.next_id, text=more)]

    def _start(self, section: SectionWriting) -> list[LessonEvent]:
        if section.started:
            return []
        section.started = True
        outline = section.outline
        self._bounds.forget(outline.id)
        head = self._heads.get(outline.id)
        return [
            *self._kept.before(outline.id),
            _begun(outline),
            *([_told(outline, section.begin_with(head))] if head else []),
        ]

    def _verify(self, section: SectionWriting, unit: Unit) -> list[LessonEvent]:
        shown, self._shown = self._shown, ""
        marked = read_markers(unit.raw)
        text = marked.text
        if not shown and not any(map(str.isalnum, text)):
            return []
        verdict = self._verifier.verify(marked, unit.kind)
        events = self._start(section)
        if verdict.kind is not None and (reason := self._bounds.refusal(section.outline, verdict.kind, text)):
            verdict = Verdict(kind=None, reason=reason)
        if verdict.kind is not None and section.is_repeated(text):
            verdict = Verdict(kind=None, reason="It was said before.")
        if section.talks_on(unit, text, verdict):
            verdict = Verdict(kind=None, reason="Nothing is said of the subject any more.")
        section_id = section.outline.id
        if verdict.kind is None:
            sentence_id = section.refuse(text, verdict.reason)
            return [
                *events,
                SentenceRetracted(section_id=section_id, sentence_id=sentence_id, reason=inert(verdict.reason)),
            ]
        self._bounds.keep(section_id, verdict.kind, text, verdict.citations)
        why = because(self._persona, section.outline.type, verdict.kind, text, listed=unit.kind in _LISTED)
        sentence = section.keep(unit, harmless(text), verdict, why)
        return [*events, _told(section.outline, sentence)]


def _begun(section: SectionOutline) -> SectionStarted:
    return SectionStarted(section_id=section.id, section_type=section.type, title=section.title)


def _told(section: SectionOutline, sentence: Sentence) -> SentenceVerified:
    return SentenceVerified(
        section_id=section.id,
        sentence_id=sentence.id,
        lead=sentence.lead,
        text=sentence.text,
        kind=sentence.kind,
        citations=sentence.citations,
        because=sentence.because,
    )


def _has_title(section: SectionOutline | Section, heading: SectionHeading) -> bool:
    return section.type == heading.type and _plain_title(section.title) == _plain_title(heading.title)


def _plain_title(title: str) -> str:
    return "".join(filter(str.isalnum, title.casefold()))


def _newest(readings: Iterable[Reading]) -> Iterator[Reading]:
    """Of a sentence that grows word by word within one piece only the last state is told."""
    growing: Growing | None = None
    for reading in readings:
        if isinstance(reading, Growing):
            growing = reading
            continue
        if growing is not None:
            yield growing
        growing = None
        yield reading
    if growing is not None:
        yield growing
