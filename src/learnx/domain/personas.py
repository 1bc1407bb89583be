"""The persona: five facets of a learner, and, beside each facet, which parts of a lesson depend on which of its fields.

Level decides what is said; interests decide only how. ``learningStyle`` is a preference of format: the evidence that
matching "learning styles" improves learning is weak, so nothing here claims it.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from learnx.domain.errors import InvalidInput
from learnx.domain.lessons import SECTION_TYPES, SectionType
from learnx.domain.values import VISIBLE, Value

FreeText = Annotated[str, Meta(min_length=1, max_length=100, pattern=VISIBLE)]
#: ``check_distinct`` compares them as readers do; a schema has words for equal ones alone.
EACH_ONCE = {"uniqueItems": True}
Fraction = Annotated[float, Meta(ge=0, le=1)]

TechnicalLevel = Literal["beginner", "intermediate", "advanced", "expert"]
LearningFormat = Literal["visual", "auditory", "reading", "kinesthetic"]
Density = Literal["concise", "balanced", "comprehensive"]
SummaryStyle = Literal["bullet_points", "paragraphs", "outline"]
Tone = Literal["formal", "professional", "casual", "friendly"]
EncouragementLevel = Literal["minimal", "moderate", "high"]
HumorTolerance = Literal["none", "low", "moderate", "high"]

ALL = frozenset[SectionType]((*SECTION_TYPES, "answer"))
BODY = frozenset[SectionType]({"introduction", "explanation", "examples", "practice"})
Governs = Mapping[str, frozenset[SectionType]]


class Professional(Value):
    current_role: FreeText | None = None
    industry: FreeText | None = None
    experience_years: Annotated[int, Meta(ge=0, le=80)] | None = None
    career_goals: Annotated[tuple[FreeText, ...], Meta(max_length=10, extra_json_schema=EACH_ONCE)] = ()
    technical_level: TechnicalLevel = "intermediate"

    governs: ClassVar[Governs] = {
        "technicalLevel": ALL,
        "currentRole": frozenset({"introduction", "examples"}),
        "industry": frozenset({"examples"}),
        "experienceYears": frozenset({"introduction"}),
        "careerGoals": frozenset({"introduction"}),
    }


class Interests(Value):
    """Material for analogies, never for facts. ``primary`` is the one thing a persona can't do without."""

    primary: Annotated[tuple[FreeText, ...], Meta(min_length=1, max_length=5, extra_json_schema=EACH_ONCE)]
    secondary: Annotated[tuple[FreeText, ...], Meta(max_length=5, extra_json_schema=EACH_ONCE)] = ()
    learning_topics: Annotated[tuple[FreeText, ...], Meta(max_length=10, extra_json_schema=EACH_ONCE)] = ()

    governs: ClassVar[Governs] = {
        "primary": frozenset({"introduction", "explanation", "examples"}),
        "secondary": frozenset({"examples"}),
        "learningTopics": frozenset({"introduction"}),
    }


class LearningStyle(Value):
    primary: LearningFormat = "reading"
    strength: Fraction = 0.5
    secondary: LearningFormat | None = None

    governs: ClassVar[Governs] = {
        "primary": frozenset({"explanation", "examples", "practice"}),
        "strength": frozenset({"explanation", "examples", "practice"}),
        "secondary": frozenset({"explanation", "examples", "practice"}),
    }


class ContentPreferences(Value):
    density: Density = "balanced"
    examples_per_concept: Annotated[int, Meta(ge=0, le=5)] = 1
    summary_style: SummaryStyle = "bullet_points"

    governs: ClassVar[Governs] = {
        "density": ALL,
        "examplesPerConcept": frozenset({"examples"}),
        "summaryStyle": frozenset({"summary"}),
    }


class Communication(Value):
    tone: Tone = "friendly"
    encouragement_level: EncouragementLevel = "moderate"
    technical_comfort: Fraction = 0.5
    humor_tolerance: HumorTolerance = "low"

    governs: ClassVar[Governs] = {
        "tone": ALL,
        "encouragementLevel": frozenset({"introduction", "practice"}),
        "technicalComfort": frozenset({"explanation"}),
        "humorTolerance": frozenset({"introduction", "examples"}),
    }


class Persona(Value):
    """``language`` is a BCP 47 tag; None means the document's."""

    language: (
        Annotated[str, Meta(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None
    ) = None
    professional: Professional = msgspec.field(default_factory=Professional)
    interests: Interests
    learning_style: LearningStyle = msgspec.field(default_factory=LearningStyle)
    content_preferences: ContentPreferences = msgspec.field(default_factory=ContentPreferences)
    communication: Communication = msgspec.field(default_factory=Communication)

    governs: ClassVar[Governs] = {"language": ALL}

    def used_in(self, section: SectionType) -> dict[str, object]:
        """The fields that a section of this type depends on: path (``professional.technicalLevel``) to value.

        This is all of the persona that its prompt may see, and all that its key is made of.
        """
        used: dict[str, object] = {}
        if self.language is not None:
            used["language"] = self.language
        for facet_name in (
            "professional",
            "interests",
            "learningStyle",
            "contentPreferences",
            "communication",
        ):
            facet = getattr(self, _ATTRIBUTE[facet_name])
            values = msgspec.to_builtins(facet)
            used.update(
                (f"{facet_name}.{name}", values[name])
                for name, sections in facet.governs.items()
                if section in sections
            )
        return used


_ATTRIBUTE = {
    "professional": "professional",
    "interests": "interests",
    "learningStyle": "learning_style",
    "contentPreferences": "content_preferences",
    "communication": "communication",
}


def check_distinct(persona: Persona) -> None:
    """``InvalidInput`` where a list names something twice; letter case, width and spacing make no difference."""
    repeated = [
        (f"/{facet}/{name}/{index}", "is there already")
        for facet, attribute in _ATTRIBUTE.items()
        for name, entries in msgspec.to_builtins(getattr(persona, attribute)).items()
        if isinstance(entries, (list, tuple))
        for index in _repeated(entries)
    ]
    if repeated:
        raise InvalidInput("The persona names something twice: see `errors`.", repeated)


def _repeated(entries: Sequence[str]) -> Iterator[int]:
    seen = set[str]()
    for index, entry in enumerate(entries):
        key = " ".join(unicodedata.normalize("NFKC", entry).casefold().split())
        if key in seen:
            yield index
        seen.add(key)


class PersonaVersion(Value):
    """A persona as it was from ``updated_at`` on; versions count from 1."""

    version: int
    updated_at: datetime
    persona: Persona
