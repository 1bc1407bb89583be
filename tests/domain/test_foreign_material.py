import pytest
from tests.domain.lesson_material import brief, excerpts, written

from learnx.domain.foreign_material import ForeignMaterial
from learnx.domain.lessons import LessonOptions, SectionType, SentenceRetracted
from learnx.domain.personas import Interests, Persona, Professional

LEARNER = Persona(
    interests=Interests(primary=("basketball",), secondary=("jazz piano",), learning_topics=("Water",)),
    professional=Professional(current_role="Nurse", career_goals=("Surgeon",)),
)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Think of it as a basketball team.", "summary"),
        ("Think of it as a basketball team.", "practice"),
        ("It is like a jazz piano solo.", "explanation"),
        ("As a surgeon you will like this.", "explanation"),
        ("Now, nurse, look at this.", "practice"),
    ],
)
def test_what_a_section_does_not_use_of_a_persona_is_foreign_to_it(text: str, section: SectionType) -> None:
    assert ForeignMaterial(LEARNER, excerpts()).is_in(text, section)


@pytest.mark.parametrize(
    ("text", "section"),
    [
        ("Think of it as a basketball team.", "introduction"),
        ("Think of it as a basketball team.", "explanation"),
        ("It is like a jazz piano solo.", "examples"),
        ("Jazz is not what was asked about.", "summary"),
        ("As a surgeon you will like this.", "introduction"),
        ("Let's look at water.", "summary"),
        ("Why does ice float?", "practice"),
    ],
)
def test_what_it_uses_or_the_document_is_about_is_not(text: str, section: SectionType) -> None:
    assert not ForeignMaterial(LEARNER, excerpts()).is_in(text, section)


def test_nothing_is_foreign_to_a_plain_lesson() -> None:
    assert not ForeignMaterial(None, excerpts()).is_in("Think of it as a basketball team.", "summary")


def test_an_analogy_is_kept_where_its_interest_is_used_and_retracted_where_it_would_outlive_it() -> None:
    analogy = "It is like a fast break in basketball. [~]"
    fact = "Ice floats, because it is less dense than liquid water. [3]"
    given = brief(LEARNER, LessonOptions(sections=("introduction", "summary")))
    events, draft, _ = written(
        given, [f"## introduction: Introduction\n\n{fact} {analogy}\n\n## summary: Summary\n\n{fact} {analogy}"]
    )
    assert [[sentence.kind for sentence in section.sentences] for section in draft.sections] == [
        ["sourced", "analogy"],
        ["sourced"],
    ]
    assert [event.section_id for event in events if isinstance(event, SentenceRetracted)] == ["s2"]
