"""How far a persona may shape a lesson, enforced while it is written: what exceeds it is retracted, with the reason."""

import re
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from learnx.domain.foreign_material import ForeignMaterial
from learnx.domain.lessons import Citation, Section, SectionOutline, SentenceKind
from learnx.domain.persona_effects import REMARKS
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt

#: Sections that practise and sum up facts have no analogies.
_PLAIN = frozenset({"practice", "summary"})
_REMARK = re.compile(r"^([*_])(?![*_\s]).+(?<![*_\s])\1$", re.DOTALL)

Concept = tuple[str, ...]


def is_remark(text: str) -> bool:
    """Whether a sentence is one in italics as a whole, as light remarks are asked for."""
    return _REMARK.match(text) is not None


class PersonaBounds:
    """Of one lesson: at most one analogy per concept, behind a fact of it, and none in practice and summary; interests
    in nothing else; what a section does not use not at all; so many remarks a section as the persona likes.

    A concept is what one heading of the document is about, or, where it has none, one passage.
    """

    def __init__(self, persona: Persona | None, excerpts: Sequence[Excerpt], kept: Iterable[Section] = ()) -> None:
        self._foreign = ForeignMaterial(persona, excerpts)
        self._remarks = REMARKS[persona.communication.humor_tolerance] if persona else None
        self._concepts: Mapping[UUID, Concept] = {
            item.chunk.id: item.chunk.heading_path or (str(item.chunk.id),) for item in excerpts
        }
        self._sections: dict[str, _Told] = {}
        for section in kept:
            for sentence in section.sentences:
                self.keep(section.id, sentence.kind, sentence.text, sentence.citations)

    def refusal(self, section: SectionOutline, kind: SentenceKind, text: str) -> str:
        """Why a sentence may not stand in the section, or "" where it may."""
        told = self._sections.get(section.id) or _Told()
        if kind == "analogy":
            if reason := self._against_analogy(section, told):
                return reason
        elif self._foreign.is_interest(text):
            return "The learner's interests are for analogies alone."
        if kind == "framing" and is_remark(text) and self._remarks is not None and told.remarks >= self._remarks:
            return "The section has as many light remarks as the learner likes."
        if kind != "sourced" and self._foreign.is_in(text, section.type):
            return "It is told through something that this section does not use."
        return ""

    def keep(self, section_id: str, kind: SentenceKind, text: str, citations: Sequence[Citation]) -> None:
        """It stands in the section."""
        told = self._sections.setdefault(section_id, _Told())
        if kind == "sourced":
            told.concept = self._concepts.get(citations[0].chunk_id) if citations else told.concept
        elif kind == "analogy":
            told.analogies.add(told.concept)
        else:
            told.remarks += is_remark(text)

    def forget(self, section_id: str) -> None:
        """The section is written anew."""
        self._sections.pop(section_id, None)

    def _against_analogy(self, section: SectionOutline, told: "_Told") -> str:
        if section.type in _PLAIN:
            return "There are no analogies in practice and summary."
        if told.concept is None:
            return "An analogy stands behind the fact that it explains."
        if any(told.concept in other.analogies for other in self._sections.values()):
            return "There is an analogy for this concept already."
        return ""


class _Told:
    """What a section says so far: the concept it speaks of now, those that it has an analogy for, and its remarks."""

    def __init__(self) -> None:
        self.concept: Concept | None = None
        self.analogies: set[Concept | None] = set()
        self.remarks = 0
