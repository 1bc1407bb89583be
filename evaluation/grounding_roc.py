"""What other thresholds of coverage would let through and lose, on the even-numbered labelled sentences."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from evaluation.labelled_claims import prose, run_on
from evaluation.lesson_material import lessons
from evaluation.quoted_paraphrases import cited_paraphrases
from evaluation.report import Table

from learnx.domain.claims import claim
from learnx.domain.evidence import THRESHOLD, candidates
from learnx.domain.passages import Passages
from learnx.domain.specifics import specifics
from learnx.domain.splices import RUN, unheld

_THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, THRESHOLD, 0.7, 0.8, 0.9)


def roc(corpora: Path) -> Table:
    """Coverage and runs alone decide here: the checks of specifics, negation and roles come on top of them."""
    true, wrong = list(_paraphrases(corpora)), list(_mixtures(corpora))
    rows = [
        [least, *(_above(found, least, place) for place in range(2) for found in (true, wrong))]
        for least in sorted(set(_THRESHOLDS))
    ]
    areas = [_area([pair[place] for pair in true], [pair[place] for pair in wrong]) for place in range(2)]
    return Table(
        title="Grounding: thresholds of coverage",
        columns=(
            "threshold",
            "paraphrases that reach it",
            "mixtures of two statements that reach it",
            "paraphrases, in a passage without a run of their own words",
            "mixtures, the same",
        ),
        rows=rows,
        notes=(
            f"On {len(true)} even-numbered paraphrases written by hand and {len(wrong)} even-numbered sentences "
            f"spliced from one of a document and one of another; area under the curve {areas[0]:.3f}, without such a "
            f"run {areas[1]:.3f}. Chosen: {THRESHOLD}, without a run of {RUN} words in a row that the passage does not "
            "have in any form."
        ),
    )


def _above(found: list[tuple[float, float]], least: float, place: int) -> float:
    return sum(pair[place] >= least for pair in found) / len(found)


def _area(true: list[float], wrong: list[float]) -> float:
    """The probability that a true sentence is covered better than a wrong one; ties count half."""
    better = sum((one > other) + 0.5 * (one == other) for one in true for other in wrong)
    return better / (len(true) * len(wrong))


def _paraphrases(corpora: Path) -> Iterator[tuple[float, float]]:
    known: dict[int, Passages] = {}
    for item, excerpts, cited in cited_paraphrases(corpora, parity=0):
        if item.true:
            passages = known.setdefault(excerpts[0].chunk.id.int, Passages(excerpts))
            yield _coverage(item.text, passages, cited)


def _mixtures(corpora: Path) -> Iterator[tuple[float, float]]:
    number = 0
    chosen = list(lessons(corpora))
    for place, lesson in enumerate(chosen):
        document = {item.number: prose(item.chunk.text) for item in lesson.excerpts}
        other = chosen[(place + len(chosen) // 2) % len(chosen)]
        strangers = [sentence for item in other.excerpts for sentence in prose(item.chunk.text)]
        passages = Passages(lesson.excerpts)
        random = Random(lesson.doc_ids[0])
        for item in lesson.excerpts[:3]:
            for sentence in document[item.number][:1]:
                number += 1
                if number % 2 == 0 and strangers:
                    made = run_on(sentence, random.choice(strangers))
                    yield _coverage(made, passages, (item.number,))


def _coverage(text: str, passages: Passages, cited: tuple[int, ...]) -> tuple[float, float]:
    """The most that a passage holds, and the most that one holds without a run of words that it lacks."""
    claimed = claim(text, specifics(text))
    found = candidates(claimed, passages, cited)
    return (
        max((item.coverage for item in found), default=0.0),
        max((item.coverage for item in found if not unheld(claimed, item.passages, passages)), default=0.0),
    )
