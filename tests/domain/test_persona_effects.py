from typing import get_args

import pytest
from tests.domain.lesson_material import brief, persona
from tests.domain.test_section_keys import OTHER_VALUES

from learnx.domain.lessons import SECTION_TYPES, LessonOptions, SectionType
from learnx.domain.persona_effects import (
    DETAIL,
    EFFECTS,
    ENCOURAGEMENTS,
    FORMATS,
    LEVELS,
    REMARKS,
    SUMMARY,
    TONES,
    TRY,
    WORDS_PER_CONCEPT,
)
from learnx.domain.personas import (
    Communication,
    ContentPreferences,
    Density,
    EncouragementLevel,
    HumorTolerance,
    LearningFormat,
    LearningStyle,
    Persona,
    Professional,
    SummaryStyle,
    TechnicalLevel,
    Tone,
)
from learnx.domain.prompts import build_prompt


def task(learner: Persona | None, section: SectionType, options: LessonOptions | None = None) -> str:
    made = brief(learner, options or LessonOptions(sections=(section,)))
    return build_prompt(
        excerpts=made.excerpts,
        plan=made.plan,
        sections=[outline for outline in made.plan.sections if outline.type == section],
        options=made.options,
        persona=learner,
    ).task


def test_every_field_of_a_persona_has_a_declared_effect() -> None:
    def camel(path: str) -> str:
        first, *others = path.split("_")
        return first + "".join(word.capitalize() for word in others)

    fields = {".".join(map(camel, path.split("."))) for path in OTHER_VALUES}
    assert {effect.path for effect in EFFECTS} == fields
    assert len(EFFECTS) == len(fields)
    assert all(effect.effect and effect.checked for effect in EFFECTS)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (LEVELS, TechnicalLevel),
        (WORDS_PER_CONCEPT, Density),
        (DETAIL, Density),
        (SUMMARY, SummaryStyle),
        (TONES, Tone),
        (ENCOURAGEMENTS, EncouragementLevel),
        (REMARKS, HumorTolerance),
        (FORMATS, LearningFormat),
        (TRY, LearningFormat),
    ],
)
def test_every_value_has_its_entry(table: dict[str, object], values: object) -> None:
    assert tuple(table) == get_args(values)


def test_levels_rise_and_say_how_far_a_grade_is_off() -> None:
    assert [level.target for level in LEVELS.values()] == sorted(level.target for level in LEVELS.values())
    assert [level.sentence_words for level in LEVELS.values()] == [18, 25, 32, 40]
    beginner = LEVELS["beginner"]
    assert [beginner.distance(grade) for grade in (4.5, 6, 7.2, 8, 11)] == [1.5, 0, 0, 0, 3]


@pytest.mark.parametrize("level", get_args(TechnicalLevel))
def test_a_level_asks_for_its_grades_and_sentences_in_numbers(level: TechnicalLevel) -> None:
    asked = task(persona(professional=Professional(technical_level=level)), "explanation")
    low, high = LEVELS[level].grades
    assert f"Flesch–Kincaid grade {low} to {high}." in asked
    assert f"At most {LEVELS[level].sentence_words} words a sentence" in asked


@pytest.mark.parametrize("density", get_args(Density))
def test_density_sets_words_per_concept_and_not_how_many_concepts_there_are(density: Density) -> None:
    asked = task(persona(content_preferences=ContentPreferences(density=density)), "explanation", LessonOptions())
    words = WORDS_PER_CONCEPT[density]
    assert asked.count(f": 1 concept, {words} words each.") == 2


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "At most 1 example in all."), (1, "1 example per concept."), (3, "3 examples per concept.")],
)
def test_examples_are_asked_for_by_their_number(count: int, words: str) -> None:
    assert words in task(persona(content_preferences=ContentPreferences(examples_per_concept=count)), "examples")


@pytest.mark.parametrize("style", get_args(SummaryStyle))
def test_the_summary_is_asked_for_in_its_style(style: SummaryStyle) -> None:
    assert SUMMARY[style] in task(persona(content_preferences=ContentPreferences(summary_style=style)), "summary")


@pytest.mark.parametrize("tone", get_args(Tone))
def test_a_tone_says_what_it_allows(tone: Tone) -> None:
    assert f"Tone: {tone}. {TONES[tone].asks}" in task(persona(communication=Communication(tone=tone)), "practice")


def test_encouragement_and_remarks_are_numbers_and_only_where_they_belong() -> None:
    learner = persona(communication=Communication(encouragement_level="high", humor_tolerance="moderate"))
    assert "2 sentences of encouragement." in task(learner, "practice")
    assert "At most 2 light remarks" in task(learner, "introduction")
    assert "encouragement" not in task(learner, "summary")
    assert "remarks" not in task(learner, "practice")


def test_a_format_is_asked_for_from_a_strength_on_and_claims_nothing() -> None:
    strong, weak = (
        LearningStyle(primary="visual", strength=strength, secondary="kinesthetic") for strength in (0.3, 0.2)
    )
    assert FORMATS["visual"] in task(persona(learning_style=strong), "explanation")
    assert TRY["visual"] in task(persona(learning_style=strong), "practice")
    assert TRY["kinesthetic"] in task(persona(learning_style=strong), "practice")
    for section in SECTION_TYPES:
        assert FORMATS["visual"] not in task(persona(learning_style=weak), section)
        assert "learner" not in task(persona(learning_style=strong), section).replace("visual learner", "visual")


def test_analogies_are_bounded_where_there_may_be_any() -> None:
    bound = "At most 1 analogy per concept; none where none fits."
    assert {section for section in SECTION_TYPES if bound in task(persona(), section)} == {
        "introduction",
        "explanation",
        "examples",
    }


def test_nothing_of_it_is_asked_of_a_plain_lesson() -> None:
    for section in SECTION_TYPES:
        asked = task(None, section)
        assert not any(word in asked for word in ("grade", "analogy", "Tone", "encouragement", "remarks", "In every"))


def test_what_is_written_already_is_told_with_its_size() -> None:
    asked = task(persona(), "summary", LessonOptions())
    assert "- explanation: Cells. About 90 words: 1 concept, 90 words each. Rests on excerpts 1, 2." in asked
    assert asked.count("The line `## ") == 1
