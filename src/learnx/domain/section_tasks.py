"""How a persona and the options of a request become what is asked of each section: its length and its manner."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import LessonOptions, SectionOutline, SectionType
from learnx.domain.personas import Density, LearningFormat, Persona
from learnx.domain.values import Value

WORDS_PER_MINUTE = 200

#: Words of a whole lesson where no time is asked for: this share of the excerpts' words, within these bounds.
_SHARE = 0.25
_BOUNDS = (300, 1_100)
_DENSITY: dict[Density, float] = {"concise": 0.55, "balanced": 1.0, "comprehensive": 1.7}
#: A lesson has at least so many words for each of a document's parts: a sentence or two in an explanation.
_PART_WORDS: dict[Density, int] = {"concise": 32, "balanced": 40, "comprehensive": 50}
#: So many parts are reckoned with, at most: 2,560 words, a quarter of an hour.
_MOST_PARTS = 64
#: Hundredths of a lesson that has all types. Whole numbers: their sum is the same in every order.
_PART: dict[SectionType, int] = {
    "introduction": 10,
    "explanation": 45,
    "examples": 17,
    "practice": 13,
    "summary": 15,
}

_LEVEL = {
    "beginner": "For a beginner: everyday words, short sentences, each term explained when it first appears, one step "
    "at a time.",
    "intermediate": "For a reader who knows the basics: usual terms without ceremony, reasons as well as facts.",
    "advanced": "For an advanced reader: technical vocabulary, mechanisms, conditions and limits; no basics.",
    "expert": "For an expert: terse and technical; quantities, edge cases and assumptions first; no basics.",
}
_DETAIL: dict[Density, str] = {
    "concise": "Only what carries the subject.",
    "balanced": "The main points with what is needed to follow them.",
    "comprehensive": "Thorough: also details, conditions and exceptions.",
}
_FORMAT: dict[LearningFormat, str] = {
    "visual": "Where the excerpts give comparable items, prefer a table or an outline.",
    "auditory": "Phrase it so that it reads well aloud.",
    "reading": "Prefer connected prose.",
    "kinesthetic": "Add steps to try at once.",
}
_SUMMARY = {
    "bullet_points": "As bullet points.",
    "paragraphs": "As connected paragraphs.",
    "outline": "As a nested outline by topic.",
}
#: What each type of section is for, whoever it is written for.
PURPOSE: dict[SectionType, str] = {
    "introduction": "Say what this is about and why it hangs together.",
    "explanation": "Explain the ideas in the order in which they build on each other.",
    "examples": "Work through examples that the excerpts give.",
    "practice": "Questions to test oneself, each followed by its answer.",
    "summary": "What to remember.",
}


class SectionTask(Value):
    """``words`` is the length aimed at; ``excerpts`` are the numbers it rests on, none meaning all of them."""

    section: SectionOutline
    words: int
    excerpts: tuple[int, ...]
    instructions: tuple[str, ...]


def section_tasks(
    plan: LessonPlan,
    sections: Sequence[SectionOutline],
    options: LessonOptions,
    persona: Persona | None,
    numbers: Mapping[UUID, int],
    *,
    excerpt_words: int,
) -> tuple[SectionTask, ...]:
    """What is asked of each of ``sections``, whose lengths are shares of the whole plan's length.

    ``numbers`` maps chunks to the numbers of their excerpts.
    """
    total = lesson_words(
        excerpt_words,
        options,
        persona.content_preferences.density if persona else "balanced",
        parts=plan.parts,
    )
    tasks = []
    for section in sections:
        topic = plan.topics.get(section.id, ())
        tasks.append(
            SectionTask(
                section=section,
                words=max(30, round(total * share(plan, section) / 10) * 10),
                excerpts=tuple(numbers[chunk] for chunk in topic if chunk in numbers),
                instructions=_instructions(section.type, persona),
            )
        )
    return tuple(tasks)


def share(plan: LessonPlan, section: SectionOutline) -> float:
    """How much of the whole plan's length is this section's: between 0 and 1."""
    types = [other.type for other in plan.sections]
    return _PART[section.type] / (sum(_PART[type_] for type_ in set(types)) * types.count(section.type))


def lesson_words(excerpt_words: int, options: LessonOptions, density: Density, *, parts: int = 1) -> int:
    """The length of a whole lesson, in words; a time that is asked for outweighs the density.

    ``parts`` counts the top-level sections that it touches: in a long document they, and not its length, decide.
    """
    if options.target_minutes is not None:
        return options.target_minutes * WORDS_PER_MINUTE
    least, most = _BOUNDS
    usual = round(min(max(excerpt_words * _SHARE, least), most) * _DENSITY[density])
    return max(usual, min(parts, _MOST_PARTS) * _PART_WORDS[density])


def manner(persona: Persona) -> str:
    """What is asked of all sections alike, from fields that all of them use."""
    level = _LEVEL[persona.professional.technical_level]
    return f"{level} {_DETAIL[persona.content_preferences.density]} Tone: {persona.communication.tone}."


def _instructions(type_: SectionType, persona: Persona | None) -> tuple[str, ...]:
    """What is asked of a section for this learner, beyond its type's purpose and the manner of all."""
    if persona is None:
        return ("As bullet points.",) if type_ == "summary" else ()
    preferences, communication = persona.content_preferences, persona.communication
    lines = []
    used = persona.used_in(type_)
    if type_ == "examples":
        lines.append(_examples(preferences.examples_per_concept))
    if type_ == "summary":
        lines.append(_SUMMARY[preferences.summary_style])
    if "learningStyle.primary" in used and persona.learning_style.strength >= 0.3:
        lines.append(_FORMAT[persona.learning_style.primary])
    if "communication.technicalComfort" in used and communication.technical_comfort >= 0.8:
        lines.append("Formulas and symbols are welcome.")
    if "communication.encouragementLevel" in used:
        lines.append(f"Encouragement: {communication.encouragement_level}.")
    if "communication.humorTolerance" in used:
        lines.append(f"Humour: {communication.humor_tolerance}.")
    return tuple(lines)


def _examples(per_concept: int) -> str:
    if per_concept == 0:
        return "At most one example in all."
    return f"{per_concept} example{'s' if per_concept > 1 else ''} per concept."
