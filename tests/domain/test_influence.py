import pytest

from learnx.domain.influence import because
from learnx.domain.lessons import SectionType, SentenceKind
from learnx.domain.personas import Communication, Interests, LearningStyle, Persona, Professional

LEARNER = Persona(
    interests=Interests(primary=("basketball",), secondary=("jazz",), learning_topics=("anatomy",)),
    professional=Professional(
        current_role="Nurse", industry="Healthcare", experience_years=4, career_goals=("Surgeon",)
    ),
    learning_style=LearningStyle(primary="visual", strength=0.8, secondary="auditory"),
    communication=Communication(technical_comfort=0.9),
)
CHOICE = {"professional.technicalLevel", "contentPreferences.density"}
TONE = {"communication.tone"}
FORMAT = {"learningStyle.primary", "learningStyle.strength"}


@pytest.mark.parametrize(
    ("section", "kind", "text", "paths"),
    [
        ("introduction", "sourced", "Ice floats on water.", CHOICE),
        ("explanation", "sourced", "E = mc^2 relates energy and mass.", {*CHOICE, "communication.technicalComfort"}),
        ("examples", "sourced", "Ice floats on water.", {*CHOICE, "contentPreferences.examplesPerConcept"}),
        ("summary", "sourced", "Ice floats on water.", {*CHOICE, "contentPreferences.summaryStyle"}),
        ("explanation", "analogy", "It is like basketball.", {"interests.primary"}),
        ("explanation", "analogy", "It is like a team on a court.", {"interests.primary"}),
        ("explanation", "analogy", "It is like jazz.", {"interests.primary"}),
        ("examples", "analogy", "It is like jazz.", {"interests.secondary"}),
        ("examples", "analogy", "It is what a nurse does.", {"professional.currentRole"}),
        ("introduction", "framing", "Welcome!", TONE),
        ("introduction", "framing", "Take your time with it.", {*TONE, "communication.encouragementLevel"}),
        ("introduction", "framing", "*You can read on without a helmet.*", {*TONE, "communication.humorTolerance"}),
        ("introduction", "framing", "A surgeon needs this.", {*TONE, "professional.careerGoals"}),
        ("introduction", "framing", "This leads to anatomy.", {*TONE, "interests.learningTopics"}),
        ("introduction", "framing", "With four years behind you, read on.", {*TONE, "professional.experienceYears"}),
        ("introduction", "framing", "Rivers", set()),
        ("explanation", "framing", "The meander", {"contentPreferences.density"}),
        ("summary", "framing", "The meander", {"contentPreferences.summaryStyle", "contentPreferences.density"}),
        ("practice", "framing", "What is ice?", CHOICE),
        ("practice", "framing", "Sketch a diagram of it.", {*TONE, *FORMAT}),
        ("practice", "framing", "Say it aloud.", {*TONE, "learningStyle.secondary", "learningStyle.strength"}),
        ("practice", "framing", "Answer these first.", TONE),
    ],
)
def test_a_sentence_names_what_shaped_it(section: SectionType, kind: SentenceKind, text: str, paths: set[str]) -> None:
    assert set(because(LEARNER, section, kind, text)) == paths
    assert because(None, section, kind, text) == ()


def test_a_layout_is_named_where_it_shows() -> None:
    def named(style: LearningStyle, *, listed: bool = True, section: SectionType = "explanation") -> set[str]:
        learner = Persona(interests=Interests(primary=("chess",)), learning_style=style)
        return set(because(learner, section, "sourced", "Ice floats.", listed=listed)) & FORMAT

    assert named(LearningStyle(primary="visual")) == named(LearningStyle(primary="kinesthetic")) == FORMAT
    assert named(LearningStyle(primary="visual"), listed=False) == set()
    assert named(LearningStyle(primary="visual", strength=0.2)) == set()
    assert named(LearningStyle(primary="reading")) == set()
    assert named(LearningStyle(primary="visual"), section="practice") == set()


@pytest.mark.parametrize(
    ("language", "text", "named"),
    [
        ("de", "Schauen wir uns das gemeinsam an.", True),
        ("de", "Let's look at it together.", False),
        ("en-GB", "Let's look at it together.", True),
        ("en", "Schauen wir uns das gemeinsam an.", False),
        ("ja", "一緒に見てみましょう。", True),
        (None, "Let's look at it together.", False),
    ],
)
def test_a_language_is_named_by_what_is_told_in_it(language: str | None, text: str, *, named: bool) -> None:
    learner = Persona(language=language, interests=Interests(primary=("chess",)))
    assert ("language" in because(learner, "introduction", "framing", text)) == named
    assert "language" not in because(learner, "introduction", "sourced", text)


def test_nothing_is_named_that_the_section_does_not_use() -> None:
    assert because(LEARNER, "summary", "framing", "*A surgeon says: keep going, and sketch it.*") == (
        "communication.tone",
    )
