"""Which sentences of a document are material of a lesson, and which belong to the pages that they are printed on."""

import pytest

from learnx.adapters.llm.offline_prompt import ReadExcerpt
from learnx.adapters.llm.offline_statements import statements

OWN = (
    "The heart pumps about five litres of blood a minute.",
    "Valves are what keeps the blood from flowing back into a chamber.",
    "Every beat sends a wave through the walls of the arteries.",
)


def material(*lines: str) -> list[str]:
    return [one.text for one in statements((ReadExcerpt(number=1, headings=("The heart",), text="\n\n".join(lines)),))]


@pytest.mark.parametrize(
    "line",
    [
        "Figure 3. A diagram of the four chambers is drawn with the valves.",
        "Table 2: The values of the pulse at rest are those of forty athletes.",
        "Abb. 4: The wall of an artery has three layers.",
        "Exercise 2 The pulse of a runner is taken twice a minute.",
        "2. The heart of an athlete beats 45 times a minute. How much blood does it pump in an hour?",
        "Problem 4.1: The pulse of a runner is taken twice a minute.",
        "The first author received support from the National Heart Fund for his thesis.",
        "This work is licensed under a Creative Commons licence of the fourth version.",
        "Permission is hereby granted to copy the work and its figures.",
        "All authors contributed to the text and were at every meeting.",
        "Measuring the Pulse of Athletes Under Heavy Load and Cold Weather, 1989.",
        'The block is described as """The block of the model""" in the code.',
        "As drawn in :numref:fig_heart, the valves of the heart are open.",
        "The valves are closed by <div class='x'> of the page itself.",
        "The heart has: • two chambers • two atria • four valves that are open.",
        "The pulse was taken by hand.2 The doctor counts it for a minute.",
    ],
)
def test_what_belongs_to_the_page_and_not_to_its_subject_is_no_material(line: str) -> None:
    assert material(*OWN, line) == list(OWN)


@pytest.mark.parametrize(
    "line",
    [
        "Given a slow pulse, the heart fills for a longer time between two beats.",
        "The theory of the circulation was published by Harvey in 1628.",
        "William Harvey and Marcello Malpighi described how the blood circulates.",
    ],
)
def test_what_only_looks_like_it_is_material(line: str) -> None:
    assert material(*OWN, line) == [*OWN, line]


def test_a_sentence_that_differs_in_its_marks_alone_is_told_once() -> None:
    assert material(*OWN, OWN[0].replace("five litres", "**five** litres")) == list(OWN)


def test_where_hardly_anything_is_a_sentence_the_lines_are_material_too() -> None:
    glossary = [f"{word}: a part of the body that is told of in lesson {word}" for word in ("aorta", "atrium", "valve")]
    many = [f"{line}, entry {place}" for place in range(10) for line in glossary]
    assert material(*OWN, *glossary) == list(OWN)
    assert set(many) <= set(material(*OWN, *many))
