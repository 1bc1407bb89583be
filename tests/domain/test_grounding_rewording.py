"""What a true sentence may say in other words than its passage, and what it may not make of them."""

import msgspec
import pytest
from tests.domain.lesson_material import FILE, chunks

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.prompts import Excerpt


def verdict(raw: str, *documents: str) -> Verdict:
    first = chunks()[0]
    excerpts = [
        Excerpt(
            number=number,
            chunk=msgspec.structs.replace(first, text=text, heading_path=(), page_marks=first.page_marks[:1]),
        )
        for number, text in enumerate(documents, start=1)
    ]
    return Verifier(FILE, excerpts).verify(read_markers(raw))


TREATY = (
    "The delegates of Norway and the United States met at the harbour in the spring. They signed a treaty about the "
    "agriculture of the islands, and the price of wheat soon fell."
)
TRIAL = (
    "The trial compared pregnant and non-pregnant patients with the fever. Renal damage developed more frequently in "
    "the pregnant patients than in the non-pregnant group. Patients who had no relapse left the ward within a decade."
)
PUMP = "A pair of pressure valves opens the pump. The water crosses the pipe in 2.5 minutes, whatever the season."
CHURCH = "The council opposes conscription as incompatible with its teaching, and supports those who refuse to serve."
BIRDS = "Hens are less noisy than ducks, and they can lay eggs in several places of the yard."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("Norwegian delegates and those of the US met at the harbour in the spring [1].", TREATY),
        ("They signed a treaty about the farming of the islands [1].", TREATY),
        ("Wheat soon became cheaper, as its price fell [1].", TREATY),
        ("Renal damage was more frequent in the pregnant patients than in the others [1].", TRIAL),
        ("Patients without a relapse left the ward within ten years [1].", TRIAL),
        ("Two pressure valves open the pump [1].", PUMP),
        ("The water crosses the pipe in two and a half minutes [1].", PUMP),
        ("The council rejects conscription because it does not fit its teaching [1].", CHURCH),
        ("Hens are not as noisy as ducks, and can lay eggs in several places [1].", BIRDS),
        ("Poultry such as hens can lay eggs in several places of the yard [1].", BIRDS),
    ],
)
def test_other_words_for_what_a_passage_says_stand(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind == "sourced"


PIONEERS = (
    "Rather than dwell on dark memories as Hartmann did, Lindqvist dwelt on friendship. The Circle of Friendship met "
    "at her house. Hartmann thought that a circle of memories and of friendship drives whatever people do."
)
MARTIAN = "They could not have been the “canals” that Percival Lowell imagined seeing on the red planet."
REGISTER = (
    "The harbours of the coast were asked. Ships with XRF in the northern register of dangerous loads were inspected "
    "twice. Nobody compared the loads of smaller ships or the registers of the QTL."
)
PRIME = (
    "A prime is a natural number greater than 1 that has no divisors other than 1 and itself. A natural number that "
    "is no prime is composite. For example, 6 is composite because it has the divisors 2 and 3."
)
LIGHT = "We call the process photosynthesis since light makes new plant material from chemical building blocks."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("Rather than dwell on dark memories as Circle did, Lindqvist dwelt on friendship [1].", PIONEERS),
        ("Rather than dwell on dark memories as Hartmann did, Circle dwelt on friendship [1].", PIONEERS),
        ("They could not have “been the “canals” rather Percival Lowell imagined” on the red planet [1].", MARTIAN),
        ("Ships with QTL in the northern register of dangerous loads were inspected twice [1].", REGISTER),
        ("A prime is a natural number greater than 1 that has no divisors other than 2 and itself [1].", PRIME),
        ("Construction is the process of constructing a building or infrastructure [1].", LIGHT),
        ("The Swedish delegates met at the harbour in the spring [1].", TREATY),
        ("The delegates of the UK met at the harbour in the spring [1].", TREATY),
        ("Patients with a relapse left the ward within ten years [1].", TRIAL),
        ("The water crosses the pipe in two minutes [1].", PUMP),
        ("Three pressure valves open the pump [1].", PUMP),
        ("The council does not support those who refuse to serve [1].", CHURCH),
        ("Nobody thinks that the council supports those who refuse to serve [1].", CHURCH),
        ("It is not true that the council supports those who refuse to serve [1].", CHURCH),
        ("It is not certain that, whatever the season, the water crosses the pipe in 2.5 minutes [1].", PUMP),
        ("Hens are not less noisy than ducks [1].", BIRDS),
    ],
)
def test_other_words_do_not_make_another_statement_true(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind is None


def test_a_sentence_without_a_marker_that_the_nearest_excerpt_refuses_is_not_told_by_another() -> None:
    other = "Hartmann and Lindqvist: dark memories, friendship, and the Circle. Both dwelt in the town, as others did."
    claimed = "Rather than dwell on dark memories as Circle did, Lindqvist dwelt on friendship."
    assert verdict(claimed, PIONEERS.split(" The Circle")[0], other).kind is None


def test_a_denial_that_no_excerpt_has_needs_a_marker() -> None:
    claimed = "Hens, which don't resemble other poultry, are less noisy than ducks and lay eggs in several places."
    assert verdict(claimed, BIRDS).kind is None


VALLEY = (
    "At a time of rising demand for timber, the valley was cleared. Owls are underrepresented in the counts of the "
    "valley. The new fences led to an 18.5% reduction in grazing and to an increase in young trees. Anna's report "
    "appeared in May, followed by Ben's letter in the autumn. The mill went over from external to internal power."
)
MOONS = "When the smaller moon just starts to move behind the larger moon, the light begins to fade."


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("It was a time at which the demand for timber was falling [1].", VALLEY),
        ("Owls are overrepresented in the counts [1].", VALLEY),
        ("The fences led to an 18.5% increase in grazing [1].", VALLEY),
        ("Ben's report appeared in May, followed by Anna's letter in the autumn [1].", VALLEY),
        ("The mill went over from internal to external power [1].", VALLEY),
        ("The larger moon just starts to move behind the smaller moon [1].", MOONS),
    ],
)
def test_a_paraphrase_that_turns_a_fact_is_retracted(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind is None


@pytest.mark.parametrize(
    ("claimed", "document"),
    [
        ("Demand for timber was on the rise when the valley was cleared [1].", VALLEY),
        ("Grazing went down by 18.5% because of the new fences [1].", VALLEY),
        ("Ben's letter followed in the autumn, after Anna's report in May [1].", VALLEY),
        ("From external power the mill went over to internal power [1].", VALLEY),
        ("The light begins to fade when the smaller moon starts to move behind the larger one [1].", MOONS),
    ],
)
def test_the_same_paraphrase_with_its_fact_right_stands(claimed: str, document: str) -> None:
    assert verdict(claimed, document).kind == "sourced"


def test_reading_ahead_changes_no_verdict() -> None:
    first = chunks()[0]
    texts = (TREATY, TRIAL, PUMP, CHURCH, BIRDS, VALLEY)
    excerpts = [
        Excerpt(number=number, chunk=msgspec.structs.replace(first, text=text))
        for number, text in enumerate(texts, start=1)
    ]
    lazy, ahead = Verifier(FILE, excerpts), Verifier(FILE, excerpts)
    steps = 0
    while ahead.read_ahead():
        steps += 1
    assert steps >= len(texts)
    for number, text in enumerate(texts, start=1):
        for sentence in (*text.split(". "), "The valley signed a treaty about pumps"):
            marked = read_markers(f"{sentence.rstrip('.')} [{number}].")
            assert ahead.verify(marked) == lazy.verify(marked)


AXON = (
    "This positive spike is the action potential. The signal moves down the axon with the impulses jumping "
    "between the nodes of Ranvier. The nodes of Ranvier are natural gaps in the myelin sheath. This is not really "
    "the case, since the axons of worms have no myelin. Today, larger telescopes and electronic detectors have "
    "made this task less difficult. Each line carries 10 Gbit/s from beginning to end. Victoria was first settled "
    "under David Collins at Sullivan Bay. Nerves differ in diameter, myelin and speed. A nerve that is cooled "
    "might be slower than one that is not."
)


@pytest.mark.parametrize(
    "claimed",
    [
        "The impulses jump between the nodes of Ranvier, which are natural gaps in the myelin sheath [1].",
        "The axons of worms have no myelin [1].",
        "Today, we have larger telescopes and electronic detectors that make this task much easier [1].",
        "From start to finish each line carries 10 gigabits per second [1].",
        "David Collins first settled Victoria at Sullivan Bay [1].",
        "There are three ways in which nerves differ: diameter, myelin and speed [1].",
        "Cooling a nerve might make it slower [1].",
        "The researchers found that the signal moves down the axon with impulses that jump between the nodes [1].",
        "For instance, the nodes of Ranvier are natural gaps in the myelin sheath [1].",
    ],
)
def test_what_a_teacher_may_say_otherwise_stands(claimed: str) -> None:
    assert verdict(claimed, AXON).kind == "sourced"


@pytest.mark.parametrize(
    "claimed",
    [
        "The signal moves down the axon, and vaccines train white cells against measles [1].",
        "The signal moves down the axon with impulses that cure stubborn headaches overnight [1].",
        "This is really the case, since the axons of worms have no myelin [1].",
        "Today, larger telescopes and electronic detectors have made this task more difficult [1].",
        "There are four ways in which nerves differ: diameter, myelin and speed [1].",
        "The nodes of Ranvier are unnatural gaps in the myelin sheath, full of calcium [1].",
    ],
)
def test_what_goes_beyond_its_passage_is_retracted(claimed: str) -> None:
    assert verdict(claimed, AXON).kind is None
