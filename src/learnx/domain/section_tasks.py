"""How a persona and the options of a request become what is asked of each section: its length and its manner."""

from collections.abc import Mapping
from uuid import UUID

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import LessonOptions, SectionOutline, SectionType
from learnx.domain.persona_effects import (
    AT_HOME,
    DETAIL,
    ENCOURAGEMENTS,
    FORMAT_STRENGTH,
    FORMATS,
    LEVELS,
    REMARKS,
    SUMMARY,
    TONES,
    TRY,
    UNEASY,
    WORDS_PER_CONCEPT,
)
from learnx.domain.personas import Density, Persona
from learnx.domain.values import Value

WORDS_PER_MINUTE = 200

#: Words of a whole lesson where no time is asked for: this share of the excerpts' words, within these bounds.
_SHARE = 0.25
_BOUNDS = (300, 1_100)
#: A lesson has at least so many words for each of a document's parts: a sentence or two in an explanation.
_PART_WORDS: dict[Density, int] = {"concise": 32, "balanced": 40, "comprehensive": 50}
#: So many parts are reckoned with, at most: 2,560 words, a quarter of an hour.
_MOST_PARTS = 64
#: A concept has at least so many.
_SENTENCE_WORDS = 12
#: Hundredths of a lesson that has all types. Whole numbers: their sum is the same in every order.
_PART: dict[SectionType, int] = {
    "introduction": 10,
    "explanation": 45,
    "examples": 17,
    "practice": 13,
    "summary": 15,
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
    """``words`` is the length aimed at; ``excerpts`` are the numbers it rests on, none meaning all of them.

    ``concepts`` of an explanation, as many at every density, share its words. Any other section has 0.
    """

    section: SectionOutline
    words: int
    concepts: int = 0
    excerpts: tuple[int, ...]
    instructions: tuple[str, ...]

    @property
    def size(self) -> str:
        """Its length and what it rests on: what the other sections of a lesson need to know of it."""
        each = ""
        if self.concepts:
            each = f": {self.concepts} concept{'s' * (self.concepts > 1)}, {self.words // self.concepts} words each"
        rests = f" Rests on excerpts {', '.join(map(str, self.excerpts))}." if self.excerpts else ""
        return f"About {self.words} words{each}.{rests}"


def section_tasks(
    plan: LessonPlan,
    options: LessonOptions,
    persona: Persona | None,
    numbers: Mapping[UUID, int],
    *,
    excerpt_words: int,
) -> dict[str, SectionTask]:
    """What is asked of each of the plan's sections, by its id; its length is its share of the whole plan's.

    ``numbers`` maps chunks to the numbers of their excerpts.
    """
    density = persona.content_preferences.density if persona else "balanced"
    total, usual = (
        lesson_words(excerpt_words, options, asked, parts=plan.parts) for asked in (density, _usual(density, options))
    )
    tasks = {}
    for section in plan.sections:
        words, concepts = max(30, round(total * share(plan, section) / 10) * 10), 0
        if section.type == "explanation":
            words, concepts = _explained(plan, section, words, usual, density, options)
        topic = plan.topics.get(section.id, ())
        tasks[section.id] = SectionTask(
            section=section,
            words=words,
            concepts=concepts,
            excerpts=tuple(numbers[chunk] for chunk in topic if chunk in numbers),
            instructions=_instructions(section.type, persona),
        )
    return tasks


def _usual(density: Density, options: LessonOptions) -> Density:
    """The density whose length decides how many concepts there are: where a time is asked for, one's own."""
    return "balanced" if options.target_minutes is None else density


def _explained(
    plan: LessonPlan, section: SectionOutline, words: int, usual: int, density: Density, options: LessonOptions
) -> tuple[int, int]:
    """Words and concepts of an explanation. In a document of many parts each that there is room for has a sentence,
    whatever the density."""
    reckoned = WORDS_PER_CONCEPT[_usual(density, options)]
    concepts = max(1, round(usual * share(plan, section) / reckoned))
    explanations = sum(other.type == "explanation" for other in plan.sections)
    parts = min(-(-plan.parts // explanations), _MOST_PARTS, words // _SENTENCE_WORDS)
    if parts > concepts:
        return words, parts
    return (concepts * WORDS_PER_CONCEPT[density] if options.target_minutes is None else words), concepts


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
    usual = round(
        min(max(excerpt_words * _SHARE, least), most) * WORDS_PER_CONCEPT[density] / WORDS_PER_CONCEPT["balanced"]
    )
    return max(usual, min(parts, _MOST_PARTS) * _PART_WORDS[density])


def manner(persona: Persona) -> str:
    """What is asked of all sections alike, from fields that all of them use."""
    name, tone = persona.professional.technical_level, persona.communication.tone
    level = LEVELS[name]
    lowest, highest = level.grades
    return (
        f"For {'a' if name == 'beginner' else 'an'} {name}: {level.asks} At most {level.sentence_words} words a "
        f"sentence; in English, Flesch–Kincaid grade {lowest} to {highest}. "
        f"{DETAIL[persona.content_preferences.density]} Tone: {tone}. {TONES[tone].asks}"
    )


def _instructions(type_: SectionType, persona: Persona | None) -> tuple[str, ...]:
    """What is asked of a section for this learner, beyond its type's purpose and the manner of all."""
    if persona is None:
        return (SUMMARY["bullet_points"],) if type_ == "summary" else ()
    preferences, communication, style = persona.content_preferences, persona.communication, persona.learning_style
    used = persona.used_in(type_)
    lines = []
    if "contentPreferences.examplesPerConcept" in used:
        lines.append(_examples(preferences.examples_per_concept))
    if "contentPreferences.summaryStyle" in used:
        lines.append(SUMMARY[preferences.summary_style])
    if "learningStyle.primary" in used and style.strength >= FORMAT_STRENGTH:
        formats = [style.primary, *([style.secondary] if style.secondary else [])]
        lines += [TRY[one] for one in formats] if type_ == "practice" else [FORMATS[style.primary]]
    if "communication.technicalComfort" in used and communication.technical_comfort >= AT_HOME:
        lines.append("Formulas may stand by themselves.")
    if "communication.technicalComfort" in used and communication.technical_comfort < UNEASY:
        lines.append("Say each formula in words before you show it.")
    if "communication.encouragementLevel" in used:
        count = ENCOURAGEMENTS[communication.encouragement_level]
        lines.append(f"{count} sentence{'s' * (count != 1)} of encouragement.")
    if "communication.humorTolerance" in used:
        most = REMARKS[communication.humor_tolerance]
        lines.append(f"At most {most} light remarks, each a sentence of its own in *italics*." if most else "No jokes.")
    if "interests.primary" in used:
        lines.append("At most 1 analogy per concept; none where none fits.")
    return tuple(filter(None, lines))


def _examples(per_concept: int) -> str:
    if per_concept == 0:
        return "At most 1 example in all."
    return f"{per_concept} example{'s' if per_concept > 1 else ''} per concept."
