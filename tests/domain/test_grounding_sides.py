"""Sides, shares, ways and strengths: what a retelling may turn over without a word that its passage does not have."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt

TEXT = (
    "There is more genetic variation within a given racial category than there is between racial categories. "
    "Televised stories are considerably less likely to prompt a surge in suicides than are newspaper stories. "
    "To make sure that information goes from sensory memory to working memory, you can rehearse it. "
    "Approximately 80% of participants who completed treatment saw a reduction in their symptoms. "
    "Light takes 50 billionths of a second to travel 50 feet. "
    "Specimen processing was not blinded, as there was no risk of experimental bias. "
    "The martian samples held water, which suggests that Mars may once have had oceans. "
    "One strategy is rehearsal, the conscious repetition of information to be remembered. "
    "The plague ravaged Europe for three years before it continued on into Russia. "
    "The early part of the singer's career was one of his most creative and productive. "
    "Astronomers found a planet orbiting a star called 51 Pegasi, about 40 light-years away. "
    "The simulation mimics Middle Eastern cities and desert roads. "
    "On the island, 39 privates and 307 convicts were counted. "
    "Radio delivery is an effective way to reach learners, and the players of the album are based in Paris. "
    "The acid was measured on the pH strip after interleukin-6 had been added."
)
CHUNK = msgspec.structs.replace(chunks()[0], text=TEXT, heading_path=())
VERIFIER = Verifier(FILE, [Excerpt(number=1, chunk=CHUNK)])


def verdict(text: str) -> Verdict:
    return VERIFIER.verify(read_markers(f"{text} [1]"))


@pytest.mark.parametrize(
    "text",
    [
        "There is more genetic variation between racial categories than within any given one.",
        "Newspaper stories are considerably less likely to prompt a surge in suicides than televised stories are.",
        "Rehearsing helps information go from working memory to sensory memory.",
        "All participants who completed treatment saw a reduction in their symptoms.",
        "Light takes 50 millionths of a second to travel 50 feet.",
        "To avoid experimental bias, the processing of the specimens was blinded.",
        "The water in the martian samples proves that Mars once had oceans.",
        "Rehearsal is the only strategy for information that has to be remembered.",
        "After it ravaged Russia for three years, the plague continued on into Europe.",
        "Before it ravaged Europe for three years, the plague continued on into Russia.",
        "On the island, 39 convicts were counted.",
        "There were 307 privates on the island.",
        "Radio delivery is the most effective way to reach learners.",
        "The acid was measured after interleukin-8 had been added.",
        "The iPlayer of the album is based in Paris.",
    ],
)
def test_what_is_turned_over_or_made_stronger_is_refused(text: str) -> None:
    assert verdict(text).kind is None


@pytest.mark.parametrize(
    "text",
    [
        "There is more genetic variation within one racial category than between racial categories.",
        "Televised stories are less likely to prompt a surge in suicides than newspaper stories.",
        "Rehearsing helps information to go from sensory memory to working memory.",
        "About 80% of the participants who completed treatment saw a reduction in their symptoms.",
        "To travel 50 feet, light takes 50 billionths of a second.",
        "The processing of the specimens was not blinded.",
        "After ravaging Europe for three years, the plague continued on into Russia.",
        "The early years of the singer's career were among his most creative and productive.",
        "The planet of 51 Pegasi was found by astronomers.",
        "The simulation mimics the cities and desert roads of the Middle East.",
        "The island counted 307 convicts and 39 privates.",
        "An effective way to reach learners is radio delivery.",
        "After interleukin-6 had been added, the acid was measured on the pH strip.",
    ],
)
def test_a_retelling_with_its_sides_where_they_were_stands(text: str) -> None:
    found = verdict(text)
    assert found.kind == "sourced", found.reason
