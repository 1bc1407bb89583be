"""The offline model answers with the document's own sentences, and knows nothing beside the prompt."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from tests.domain.lesson_material import chunks

from learnx.adapters.llm.offline import OfflineLanguageModel
from learnx.domain.answer_prompt import DENIAL, build_answer_prompt
from learnx.domain.conversations import Turn
from learnx.domain.documents import Chunk
from learnx.domain.follow_ups import standalone_question
from learnx.domain.prompts import Excerpt, Prompt

pytestmark = pytest.mark.anyio


def ignored(call: object) -> None:
    """What was consumed is of no matter here."""


async def text_of(prompt: Prompt) -> str:
    pieces: list[Any] = [
        piece async for piece in OfflineLanguageModel().stream(prompt, max_tokens=1_000, record=ignored)
    ]
    return "".join(pieces).strip()


async def answered(question: str, *more: Chunk) -> str:
    every = (*chunks(), *more)
    excerpts = [Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(every, start=1)]
    return await text_of(build_answer_prompt(question, excerpts, titles={}, persona=None))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            "How many mitochondria does a human liver cell hold?",
            "A human liver cell holds about 2,000 mitochondria. [1]",
        ),
        ("At which temperature does pure water boil?", "Pure water boils at 100 °C at sea level. [3]"),
        ("Why does ice float?", "Ice floats, because it is less dense than liquid water. [3]"),
    ],
)
async def test_the_best_sentence_answers_with_its_excerpt(question: str, answer: str) -> None:
    assert await answered(question) == answer


async def test_a_sentence_that_leans_is_told_with_the_one_before() -> None:
    told = await answered("Who described mitochondria in 1857?")
    assert told.startswith("Mitochondria are organelles that produce most of the energy of a cell. [1] They were first")


@pytest.mark.parametrize("question", ["Who painted the Mona Lisa?", "???", "Wo wächst der Ginkgo?"])
async def test_what_no_excerpt_says_is_denied(question: str) -> None:
    assert await answered(question) == DENIAL


async def test_each_document_that_says_it_is_told() -> None:
    other = Chunk(
        id=UUID(int=900),
        file_id=UUID(int=2),
        index=0,
        text="A human liver cell holds about 1,500 mitochondria.",
        token_count=9,
        content_hash="other",
    )
    told = await answered("How many mitochondria does a human liver cell hold?", other)
    assert "2,000 mitochondria. [1]" in told
    assert "1,500 mitochondria. [4]" in told


@pytest.mark.parametrize(
    ("asked", "stands_alone"),
    [
        ("When was it described?", "When was it described? (electron)"),
        ("Why?", "Why? (electron)"),
        ("What is the mass of a proton?", "What is the mass of a proton?"),
    ],
)
async def test_a_follow_up_gets_what_it_points_to(asked: str, stands_alone: str) -> None:
    writing = standalone_question(asked, (Turn(question="What is the electron?", answer="A particle."),))
    prompt = next(writing)
    assert isinstance(prompt, Prompt)
    writing.send(await text_of(prompt))
    with pytest.raises(StopIteration) as end:
        writing.send(None)
    assert end.value.value == stands_alone


async def stands_alone(asked: str, *turns: Turn) -> str:
    writing = standalone_question(asked, turns)
    prompt = next(writing)
    assert isinstance(prompt, Prompt)
    writing.send(await text_of(prompt))
    with pytest.raises(StopIteration) as end:
        writing.send(None)
    return str(end.value.value)


ELECTRON = Turn(question="What is the electron?", answer="A particle.")


@pytest.mark.parametrize("asked", ["And why is that?", "What does it do?", "When?", "What about the second one?"])
async def test_a_follow_up_is_about_one_question_that_was_answered(asked: str) -> None:
    follow_up = Turn(question="Why does it have a charge? (electron)", answer="It is an elementary particle.")
    unanswered = Turn(question="Who painted the Mona Lisa?", answer="")
    proton = Turn(question="What is the mass of a proton?", answer="It is small.")
    assert await stands_alone(asked, proton, ELECTRON, follow_up, unanswered) == f"{asked} (electron)"
    assert await stands_alone(asked, unanswered) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "What is a neutron?",
        "Which particles are found in atoms that have lost their charge?",
        "Why do atoms emit light when they are heated?",
        "How long does it take to charge a battery?",
    ],
)
async def test_a_question_of_its_own_is_not_mixed_with_the_one_before(asked: str) -> None:
    assert await stands_alone(asked, ELECTRON) == asked


async def test_another_name_or_ordinal_takes_the_place_of_the_first() -> None:
    first = Turn(question="What is the first shell of Argon like?", answer="It is full.")
    assert await stands_alone("What about the second one?", first) == "What about the second one? (shell Argon)"
    assert await stands_alone("And of Neon?", first) == "And of Neon? (first shell)"


async def test_what_a_follow_up_asks_is_answered_not_what_it_is_about() -> None:
    text = "The kettle of the castle holds 55 litres of water. It was moved to the tower in 1702."
    rival = "The kettle of the castle holds 40 litres of water. It was made of copper in 1640."
    passages = [
        msgspec.structs.replace(chunks()[place], id=UUID(int=place), file_id=UUID(int=place), text=text, page_marks=())
        for place, text in enumerate((text, rival))
    ]
    excerpts = [Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(passages, start=1)]
    asked = "When was it moved? (litres water kettle castle hold)"
    assert await text_of(build_answer_prompt(asked, excerpts, titles={}, persona=None)) == (
        "The kettle of the castle holds 55 litres of water. [1] It was moved to the tower in 1702. [1]"
    )


async def test_what_a_thing_is_is_answered_by_its_definition_and_what_goes_on_with_it() -> None:
    texts = (
        "The levels of every reservoir are set before the run of Flowmap. A reservoir may be added with the mouse.",
        "Reservoirs are nodes that stand for an endless source of water. They are used to model lakes and rivers. "
        "Pumps add energy.",
    )
    file = chunks()[0].file_id
    passages = [msgspec.structs.replace(chunks()[0], text=text, heading_path=(), page_marks=()) for text in texts]
    excerpts = [Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(passages, start=1)]
    asked = build_answer_prompt(
        "What is a reservoir in Flowmap?", excerpts, titles={file: "Flowmap: a manual"}, persona=None
    )
    assert await text_of(asked) == (
        "Reservoirs are nodes that stand for an endless source of water. [2] "
        "They are used to model lakes and rivers. [2]"
    )


async def told_of(question: str, *texts: str, title: str = "Notes") -> str:
    """Of one document with these passages."""
    passages = [
        msgspec.structs.replace(chunks()[0], id=UUID(int=place), text=text, heading_path=(), page_marks=())
        for place, text in enumerate(texts, start=1)
    ]
    excerpts = [Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(passages, start=1)]
    return await text_of(build_answer_prompt(question, excerpts, titles={passages[0].file_id: title}, persona=None))


KETTLE = "The kettle of the castle holds 55 litres of water. It was moved to the tower in 1702."


@pytest.mark.parametrize(
    "not_said",
    [
        "1.2 What the kettle of the castle holds ..... 14",
        "1.2 What the kettle of the castle holds 14",
        "Figure 3: What the kettle of the castle holds",
        "Figure 3.1 The kettle of the castle holds water.",
        "What does the kettle of the castle hold?",
        "4. The kettle of the castle holds soup. How much does it hold?",
        "Explain how much the kettle of the castle holds.",
        "Suppose that the kettle of the castle holds 70 litres.",
    ],
)
async def test_contents_captions_and_exercises_are_no_answers(not_said: str) -> None:
    question = "What does the kettle of the castle hold?"
    assert await told_of(question, not_said) == DENIAL
    assert (await told_of(question, not_said, KETTLE)).startswith(
        "The kettle of the castle holds 55 litres of water. [2]"
    )


async def test_the_answer_to_a_question_of_the_document_is_told() -> None:
    text = "What does the kettle of the castle hold? 55 litres of clear water from the well fill the kettle."
    assert await told_of("What does the kettle of the castle hold?", text) == (
        "55 litres of clear water from the well fill the kettle. [1]"
    )


async def test_a_sentence_that_the_layout_cut_is_told_whole() -> None:
    text = "• The kettle of the castle holds 55 litres of water, and\n\nis made of copper.\n\n• The well is deep."
    assert await told_of("What does the kettle of the castle hold?", text) == (
        "• The kettle of the castle holds 55 litres of water, and is made of copper. [1]"
    )


VACCINES = (
    "An IgG antibody has a half-life of about 21 days in the blood. Aluminium salts have been used as adjuvants since "
    "the 1930s. The first antibodies are of the class IgM.",
    "Edward Jenner tested the first vaccine in 1796. The first vaccine protected against smallpox.",
)


@pytest.mark.parametrize(
    ("false_premise", "as_it_is", "said"),
    [
        ("When did Louis Pasteur test the first vaccine?", "When did Edward Jenner test the first vaccine?", "1796"),
        ("What is the half-life of an IgM antibody?", "What is the half-life of an IgG antibody?", "21 days"),
        (
            "Since when have mercury salts been used as adjuvants?",
            "Since when have aluminium salts been used as adjuvants?",
            "1930s",
        ),
    ],
)
async def test_what_the_document_says_of_another_is_no_answer(false_premise: str, as_it_is: str, said: str) -> None:
    assert said in await told_of(as_it_is, *VACCINES)
    assert await told_of(false_premise, *VACCINES) == DENIAL


async def test_the_rarer_words_of_a_question_choose_the_sentence() -> None:
    text = (
        "One dose of the vaccine protects many people for years. A dose of the vaccine is kept in a cold room by the "
        "people of the clinic. For measles, a dose of the vaccine protects about 93 % of people."
    )
    assert await told_of("What percentage of people does a dose of measles vaccine protect?", text) == (
        "For measles, a dose of the vaccine protects about 93 % of people. [1]"
    )


async def test_why_after_an_answer_is_not_answered_by_the_same_sentence_without_a_reason() -> None:
    text = "The kettle of the castle holds 55 litres. The castle lies on a hill."
    assert await told_of("Why? (kettle castle holds)", text) == DENIAL
    because = "The kettle of the castle holds 55 litres, because many guests came. The castle lies on a hill."
    assert "because many guests came" in await told_of("Why? (kettle castle holds)", because)


async def test_a_document_that_merely_speaks_of_the_same_is_no_contradiction() -> None:
    said, other = "The kettle of the castle holds 55 litres.", "The kettle of the castle holds 40 litres."
    merely = "The kettle of the castle is old and black."
    passages = [
        msgspec.structs.replace(
            chunks()[0], id=UUID(int=place), file_id=UUID(int=place), text=text, heading_path=(), page_marks=()
        )
        for place, text in enumerate((said, other, merely), start=1)
    ]
    excerpts = [Excerpt(number=number, chunk=chunk) for number, chunk in enumerate(passages, start=1)]
    question = "How many litres does the kettle of the castle hold?"
    told = await text_of(build_answer_prompt(question, excerpts, titles={}, persona=None))
    assert told.split("\n\n") == [f"{said} [1]", f"{other} [2]"]
