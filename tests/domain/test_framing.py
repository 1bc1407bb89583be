"""What passes without a source, and what only looks as if it needed none."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt

TIDES = (
    "Tides are caused by the gravity of the Moon and the Sun. The sea rises and falls twice a day, because the "
    "Earth turns under two bulges of water. Spring tides come at new moon and full moon, when the Sun and the "
    "Moon pull in one line. Mitochondria produce most of the energy of a cell. Ice floats, because it is less "
    "dense than liquid water."
)
CHUNK = msgspec.structs.replace(chunks()[0], text=TIDES, heading_path=("Tides",))
VERIFIER = Verifier(FILE, [Excerpt(number=1, chunk=CHUNK)])


def verdict(raw: str) -> Verdict:
    return VERIFIER.verify(read_markers(raw))


@pytest.mark.parametrize(
    "raw",
    [
        "Ask yourself why tides are caused by whales.",
        "Ask yourself why whales cause the tides.",
        "Ask yourself why the tides, which never stop, are caused by whales.",
        "Explain how whales pull the sea.",
        "Explain to a friend why ice sinks in liquid water.",
        "Wonder for a moment how tides shape whales.",
        "Think about the reason why whales cause the tides.",
        "Have you ever wondered why whales cause the tides?",
        "Can you explain why whales lift the sea?",
    ],
)
def test_what_an_instruction_or_a_question_takes_for_granted_stands_in_the_document(raw: str) -> None:
    assert verdict(raw).kind is None


@pytest.mark.parametrize(
    "raw",
    [
        "Did you know that whales cause the tides?",
        "Did you know whales cause the tides?",
        "Isn't it amazing that 90 % of the sea is pulled by whales?",
        "Isn't it amazing how whales cause the tides?",
        "Is it not amazing that whales cause the tides?",
        "How amazing is it that whales cause the tides?",
        "How is it that whales cause the tides?",
        "Have you heard that whales cause the tides?",
        "Who would have thought that whales cause the tides?",
        "What if I told you that whales cause the tides?",
        "Would you believe whales cause the tides?",
        "Whales cause the tides, don't you think?",
        "Whales cause the tides, you know?",
    ],
)
def test_a_question_that_asserts_is_no_framing(raw: str) -> None:
    assert verdict(raw).kind is None


@pytest.mark.parametrize(
    "raw",
    [
        "Why does the sea rise twice a day?",
        "How does the Moon cause the tides?",
        "Ask yourself why the tides are caused by the Moon.",
        "Explain why the sea rises twice a day.",
        "Explain to a friend how the gravity of the Moon causes tides.",
        "Describe how spring tides come about, and why they are high.",
        "Think about why ice floats on water.",
        "Can you explain why the sea rises twice a day?",
        "Explain how tides differ from waves.",
        "Ask yourself why this matters to you.",
        "Is it true that whales cause the tides?",
        "Have you noticed that the sea rises twice a day?",
        "What would happen to the tides if the Moon were gone?",
        "Which of these causes the tides: the Moon, the wind or the whales?",
        "How many high tides are there in a week?",
        "Do you see how it all fits together?",
    ],
)
def test_a_question_that_teaches_stays(raw: str) -> None:
    assert verdict(raw).kind == "framing", verdict(raw).reason


@pytest.mark.parametrize(
    "raw",
    [
        "Here is your personalised lesson.",
        "Welcome to your personalized lesson on tides!",
        "This lesson has been customised for you.",
        "Here is your lesson, tailored to your love of basketball.",
        "This lesson was written just for you.",
        "This lesson is based on your interests.",
        "Here is your lesson, adapted to your level.",
    ],
)
def test_a_lesson_does_not_announce_that_it_is_personalised(raw: str) -> None:
    assert verdict(raw).kind is None


def test_what_the_document_itself_says_of_what_is_personalised_is_sourced() -> None:
    text = "Personalised medicine chooses a drug by the genes of a patient."
    verifier = Verifier(FILE, [Excerpt(number=1, chunk=msgspec.structs.replace(CHUNK, text=text))])
    assert verifier.verify(read_markers(f"{text} [1]")).kind == "sourced"
    assert verifier.verify(read_markers(text)).kind == "sourced"
    assert verifier.verify(read_markers("What is personalised medicine?")).kind == "framing"


@pytest.mark.parametrize(
    "raw",
    [
        "Whales cause the tides. [~]",
        "The tides are caused by whales. [~]",
        "Mitochondria make 40 % of the heat of a cell. [~]",
        "Ice sinks in liquid water. [~]",
        "Whales are the cause of the tides. [~]",
    ],
)
def test_a_plain_fact_does_not_pass_as_an_analogy(raw: str) -> None:
    assert verdict(raw).kind is None


def test_a_true_fact_that_is_marked_as_an_analogy_is_sourced() -> None:
    found = verdict("Tides are caused by the gravity of the Moon. [~]")
    assert found.kind == "sourced"
    assert found.citations


@pytest.mark.parametrize(
    "raw",
    [
        "A mitochondrion is the point guard of the team. [~]",
        "The coach calls a play, and everyone moves. [~]",
        "The ball is the energy. [~]",
        "The sea is your team, and the Moon is the coach. [~]",
        "Think of the Moon as a magnet. [~]",
        "The Moon pulls the sea the way a coach pulls a team. [~]",
        "Just as a guard feeds the team, mitochondria feed a cell. [~]",
        "If the cell were a kitchen, mitochondria would be the stove. [~]",
        "The Moon plays the role of the coach. [~]",
        "Tides work like a metronome. [~]",
        "The cell is a kitchen-like place. [~]",
    ],
)
def test_what_compares_stays_an_analogy(raw: str) -> None:
    assert verdict(raw).kind == "analogy", verdict(raw).reason


@pytest.mark.parametrize(
    "raw",
    [
        "In this section you will learn why ice sinks.",
        "Next, we look at why ice sinks in water.",
        "We will see how whales cause the tides.",
        "Now you can see how whales pull the sea.",
        "You now understand why ice sinks.",
        "This is why ice sinks: read on.",
        "You might wonder why ice sinks.",
        "Good job: you now know that ice sinks!",
        "Great, so ice sinks!",
        "So you see, ice sinks.",
    ],
)
def test_what_is_announced_or_praised_takes_for_granted_only_what_the_document_says(raw: str) -> None:
    assert verdict(raw).kind is None


@pytest.mark.parametrize(
    "raw",
    [
        "In this section you will learn why ice floats.",
        "We will see how the Moon causes the tides.",
        "Next, we look at why the sea rises.",
        "Good job: you now know that ice floats!",
        "Well done, you know how tides come about!",
        "Let us see how tides work.",
        "Here is why it matters.",
        "Great, so that is how it works!",
        "You might wonder why this matters to you.",
    ],
)
def test_announcements_and_praise_of_what_the_document_says_stand(raw: str) -> None:
    assert verdict(raw).kind is not None
