"""Keeps out of a sentence what it must not be told through: fields its section does not use, and interests but for
analogies."""

from collections.abc import Iterable, Sequence
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


_INTERESTS = frozenset({"interests.primary", "interests.secondary"})
#: Words that lessons are told in: who likes "reading" is not spoken of wherever a learner is asked to read on.
_LESSON_WORDS = frozenset(
    terms(
        "read write learn study teach explain question answer example exercise test try sketch draw diagram label say "
        "aloud word card memory sort practice lesson section topic document sentence time idea look see start step way "
        "part turn home helmet analogy arrange connect check trust fit path walk go work play think help puzzle quick "
        "welcome sure long home missing blank"
    )
)


class ForeignMaterial:
    """A stored section outlives changes of the fields that it does not use, so it must not be told through them."""

    def __init__(self, persona: Persona | None, excerpts: Sequence[Excerpt]) -> None:
        self._excerpts = excerpts
        types: tuple[SectionType, ...] = (*SECTION_TYPES, "answer")
        used = {type_: _entries(persona, type_) for type_ in types}
        every = frozenset[frozenset[str]]().union(*used.values())
        self._foreign = {type_: every - entries for type_, entries in used.items()}
        fields = persona.interests if persona else None
        self._interests = _by_terms((*fields.primary, *fields.secondary)) if fields else frozenset()

    def is_in(self, text: str, section: SectionType) -> bool:
        """Whether it names something of the persona that sections of this type don't use, and the document neither."""
        return self._names(text, self._foreign[section])

    def is_interest(self, text: str) -> bool:
        """Whether it names an interest of the learner, and the document does not."""
        return self._names(text, self._interests)

    def _names(self, text: str, entries: frozenset[frozenset[str]]) -> bool:
        said = frozenset(terms(text))
        return any(entry <= said and not entry <= self._document for entry in entries)

    @cached_property
    def _document(self) -> frozenset[str]:
        return frozenset(term for excerpt in self._excerpts for term in terms(excerpt.chunk.text))


def _entries(persona: Persona | None, section: SectionType) -> frozenset[frozenset[str]]:
    """What the learner wrote into the fields that the section uses, each entry by its terms."""
    if persona is None:
        return frozenset()
    found: list[str] = []
    for path, value in persona.used_in(section).items():
        if path in _OWN_WORDS:
            found.extend(value if isinstance(value, list | tuple) else [str(value or "")])
    return _by_terms(found)


def _by_terms(entries: Iterable[str]) -> frozenset[frozenset[str]]:
    """Those that can be recognised: not without any term, and not in words of every lesson."""
    return frozenset(found for entry in entries if not (found := frozenset(terms(entry))) <= _LESSON_WORDS)
