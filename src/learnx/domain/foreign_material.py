"""Keeps out of a section what it does not depend on: one text is written for all sections, and a model sees it all."""

from collections.abc import Sequence
from functools import cached_property

from learnx.domain.lessons import SECTION_TYPES, SectionType
from learnx.domain.personas import Persona
from learnx.domain.prompts import Excerpt
from learnx.domain.terms import terms

#: Fields in a learner's own words, which analogies and asides are made of.
_OWN_WORDS = frozenset(
    {
        "interests.primary",
        "interests.secondary",
        "interests.learningTopics",
        "professional.currentRole",
        "professional.industry",
        "professional.careerGoals",
    }
)


class ForeignMaterial:
    """A stored section outlives changes of the fields that it does not use, so it must not be told through them."""

    def __init__(self, persona: Persona | None, excerpts: Sequence[Excerpt]) -> None:
        self._excerpts = excerpts
        types: tuple[SectionType, ...] = (*SECTION_TYPES, "answer")
        used = {type_: _entries(persona, type_) for type_ in types}
        every = frozenset[frozenset[str]]().union(*used.values())
        self._foreign = {type_: every - entries for type_, entries in used.items()}

    def is_in(self, text: str, section: SectionType) -> bool:
        """Whether it names something of the persona that sections of this type don't use, and the document neither."""
        said = frozenset(terms(text))
        return any(entry <= said and not entry <= self._document for entry in self._foreign[section])

    @cached_property
    def _document(self) -> frozenset[str]:
        return frozenset(term for excerpt in self._excerpts for term in terms(excerpt.chunk.text))


def _entries(persona: Persona | None, section: SectionType) -> frozenset[frozenset[str]]:
    """What the learner wrote into the fields that the section uses, each entry by its terms."""
    if persona is None:
        return frozenset()
    found: set[frozenset[str]] = set()
    for path, value in persona.used_in(section).items():
        if path in _OWN_WORDS:
            entries = value if isinstance(value, list | tuple) else [value]
            found.update(frozenset(terms(entry)) for entry in entries if isinstance(entry, str))
    return frozenset(found - {frozenset()})
