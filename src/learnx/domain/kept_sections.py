"""Sections that are stored already, told to a reader where the plan has them among those that are being written."""

from collections.abc import Mapping, Sequence

import msgspec

from learnx.domain.lessons import LessonEvent, Section, SectionOutline, section_events


class KeptSections:
    """In the order of the plan: each of them is told once, as soon as nothing that is missing stands before it.

    ``stored`` are sections of any earlier lesson, by the id of the place they are to take; others are left out.
    """

    def __init__(self, plan: Sequence[SectionOutline], stored: Mapping[str, Section]) -> None:
        self._order = [outline.id for outline in plan]
        self.sections = {
            outline.id: _in_its_place(stored[outline.id], outline) for outline in plan if outline.id in stored
        }
        self.missing = tuple(outline for outline in plan if outline.id not in stored)
        self._told = 0

    def before(self, section_id: str) -> list[LessonEvent]:
        """What stands before this one and was not told yet."""
        return self._tell(self._order.index(section_id))

    def rest(self) -> list[LessonEvent]:
        return self._tell(len(self._order))

    def _tell(self, until: int) -> list[LessonEvent]:
        due, self._told = self._order[self._told : until], max(self._told, until)
        return [event for id_ in due if id_ in self.sections for event in section_events(self.sections[id_])]


def _in_its_place(section: Section, outline: SectionOutline) -> Section:
    return msgspec.structs.replace(
        section,
        id=outline.id,
        sentences=tuple(
            msgspec.structs.replace(sentence, id=f"{outline.id}.{number}")
            for number, sentence in enumerate(section.sentences, start=1)
        ),
    )
