import pytest
from tests.domain.lesson_material import brief, excerpts, persona, written

from learnx.domain.lessons import LessonOptions, Section, SentenceRetracted
from learnx.domain.persona_bounds import PersonaBounds, is_remark
from learnx.domain.personas import Communication, HumorTolerance, Interests, Persona

MITOCHONDRIA = "Mitochondria are organelles that produce most of the energy of a cell. [1]"
PHOTOSYNTHESIS = "The reactions take place in the chloroplasts of plants. [2]"
WATER = "Ice floats, because it is less dense than liquid water. [3]"
FIRST, SECOND = "They are like the point guard of a team. [~]", "Think of a coach on the court. [~]"


def kinds(reply: str, learner: Persona | None = None, **kept: Section) -> dict[str, list[str]]:
    _, draft, _ = written(brief(learner or persona()), [reply], kept=kept)
    return {section.id: [sentence.kind for sentence in section.sentences] for section in draft.sections}


def reasons(reply: str, learner: Persona | None = None) -> list[str]:
    events, _, _ = written(brief(learner or persona()), [reply])
    return [event.reason for event in events if isinstance(event, SentenceRetracted)]


def test_a_second_analogy_for_one_concept_is_retracted() -> None:
    reply = f"## explanation: Cells\n\n{MITOCHONDRIA} {FIRST} {SECOND} {PHOTOSYNTHESIS} {SECOND}"
    assert kinds(reply) == {"s2": ["sourced", "analogy", "sourced", "analogy"]}
    assert reasons(reply) == ["There is an analogy for this concept already."]


def test_a_concept_has_one_analogy_in_the_whole_lesson() -> None:
    reply = (
        f"## introduction: Introduction\n\n{MITOCHONDRIA} {FIRST} {WATER}\n\n"
        f"## explanation: Cells\n\n{MITOCHONDRIA} {SECOND} {PHOTOSYNTHESIS} {SECOND} {MITOCHONDRIA} {FIRST}"
    )
    assert kinds(reply) == {
        "s1": ["sourced", "analogy", "sourced"],
        "s2": ["sourced", "sourced", "analogy", "sourced"],
    }


def test_an_analogy_stands_behind_the_fact_that_it_explains() -> None:
    reply = f"## explanation: Cells\n\n{FIRST} {MITOCHONDRIA} {PHOTOSYNTHESIS}"
    assert kinds(reply) == {"s2": ["sourced", "sourced"]}


@pytest.mark.parametrize("section", ["practice: Practice", "summary: Summary"])
@pytest.mark.parametrize("learner", [None, persona()], ids=["plain", "personal"])
def test_practice_and_summary_have_none(section: str, learner: Persona | None) -> None:
    events, draft, _ = written(brief(learner), [f"## {section}\n\n{WATER} {FIRST}"])
    assert [sentence.kind for section in draft.sections for sentence in section.sentences] == ["sourced"]
    assert [event.reason for event in events if isinstance(event, SentenceRetracted)] == [
        "There are no analogies in practice and summary."
    ]


def test_what_was_written_first_does_not_count_where_a_section_is_written_anew() -> None:
    bad = f"## explanation: Water\n\n{WATER} {FIRST} Water boils at 50 °C. [3] Ice sinks below 70 m. [3] It is 9 m. [3]"
    good = f"## explanation: Water\n\n{WATER} {SECOND}"
    _, draft, prompts = written(brief(persona()), [bad], [good])
    assert len(prompts) == 2
    assert [sentence.kind for sentence in draft.sections[0].sentences] == ["sourced", "analogy"]


def test_analogies_of_kept_sections_count() -> None:
    options = LessonOptions(sections=("introduction", "explanation"))
    _, first, _ = written(brief(persona(), options), [f"## introduction: Introduction\n\n{MITOCHONDRIA} {FIRST}"])
    kept = {section.id: section for section in first.sections}
    _, draft, _ = written(
        brief(persona(), options), [f"## explanation: Cells\n\n{MITOCHONDRIA} {SECOND} {PHOTOSYNTHESIS}"], kept=kept
    )
    assert [[sentence.kind for sentence in section.sentences] for section in draft.sections] == [
        ["sourced", "analogy"],
        ["sourced", "sourced"],
    ]


def test_a_passage_without_a_heading_is_a_concept_of_its_own() -> None:
    import msgspec

    bare = [msgspec.structs.replace(item.chunk, heading_path=()) for item in excerpts()]
    reply = f"## explanation: Explanation\n\n{MITOCHONDRIA} {FIRST} {SECOND} {WATER} {SECOND}"
    _, draft, _ = written(brief(persona(), found=bare), [reply])
    assert [sentence.kind for sentence in draft.sections[0].sentences] == ["sourced", "analogy", "sourced", "analogy"]


@pytest.mark.parametrize(
    "sentence",
    [
        "As a basketball fan, you will like this.",
        "Why would a basketball player ask this?",
        "Let's talk of basketball!",
    ],
)
def test_an_interest_is_named_in_analogies_alone(sentence: str) -> None:
    assert reasons(f"## explanation: Cells\n\n{MITOCHONDRIA} {sentence}") == [
        "The learner's interests are for analogies alone."
    ]


@pytest.mark.parametrize(
    "interest", ["reading", "Drawing", "learning", "time", "water", "ice", "questions and answers"]
)
def test_an_interest_in_what_the_document_or_every_lesson_speaks_of_hinders_nothing(interest: str) -> None:
    learner = Persona(interests=Interests(primary=(interest,)))
    reply = f"## explanation: Water\n\n{WATER} Take your time, read on, and draw what you learn. Why does ice float?"
    assert reasons(reply, learner) == []


@pytest.mark.parametrize(("humor", "kept"), [("none", 0), ("low", 1), ("moderate", 2), ("high", 3)])
def test_a_section_has_as_many_remarks_as_the_learner_likes(humor: HumorTolerance, kept: int) -> None:
    learner = persona(communication=Communication(humor_tolerance=humor))
    remarks = (
        "*You can read on without a helmet.* *You may try this at home.* *We could go on like this!* *You go first!*"
    )
    reply = f"## introduction: Introduction\n\n{MITOCHONDRIA} {WATER} {PHOTOSYNTHESIS} {remarks}"
    assert kinds(reply, learner)["s1"].count("framing") == kept


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("*So it goes!*", True),
        ("_So it goes!_", True),
        ("So *it* goes!", False),
        ("**So it goes!**", False),
        ("*", False),
    ],
)
def test_a_remark_is_a_sentence_in_italics(text: str, remark: bool) -> None:
    assert is_remark(text) == remark


def test_a_plain_lesson_knows_no_interests_and_counts_no_remarks() -> None:
    bounds = PersonaBounds(None, excerpts())
    outline = brief().plan.sections[0]
    assert bounds.refusal(outline, "framing", "*So it goes, as in basketball!*") == ""
