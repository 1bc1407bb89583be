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
        ("Why?", "Why (electron)?"),
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
