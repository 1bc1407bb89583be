"""What other thresholds of coverage would let through and lose, on the even-numbered labelled sentences."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

from evaluation.labelled_claims import falsehoods, prose
from evaluation.lesson_material import lessons
from evaluation.quoted_paraphrases import cited_paraphrases
from evaluation.report import Table

from learnx.domain.claims import claim
from learnx.domain.evidence import THRESHOLD, candidates
from learnx.domain.passages import Passages
from learnx.domain.specifics import specifics

_THRESHOLDS = (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, THRESHOLD, 0.7, 0.75, 0.8, 0.85, 0.9)


def roc(corpora: Path) -> Table:
    """Coverage alone decides here: the checks of specifics, negation and roles come on top of it."""
    true = sorted(_paraphrases(corpora))
    wrong = sorted(_mixtures(corpora))
    rows = [[least, _above(true, least), _above(wrong, least)] for least in sorted(set(_THRESHOLDS))]
    return Table(
        title="Grounding: thresholds of coverage",
        columns=("threshold", "paraphrases that reach it", "mixtures of two statements that reach it"),
        rows=rows,
        notes=(
            f"On {len(true)} even-numbered paraphrases written by hand and {len(wrong)} even-numbered sentences "
            f"spliced from two of a document; area under the curve {_area(true, wrong):.3f}. Chosen: {THRESHOLD}."
        ),
    )


def _above(ordered: list[float], least: float) -> float:
    return sum(value >= least for value in ordered) / len(ordered)


def _area(true: list[float], wrong: list[float]) -> float:
    """The probability that a true sentence is covered better than a wrong one; ties count half."""
    better = sum((one > other) + 0.5 * (one == other) for one in true for other in wrong)
    return better / (len(true) * len(wrong))


def _paraphrases(corpora: Path) -> Iterator[float]:
    known: dict[int, Passages] = {}
    for item, excerpts, cited in cited_paraphrases(corpora, parity=0):
        if item.true:
            passages = known.setdefault(excerpts[0].chunk.id.int, Passages(excerpts))
            yield _coverage(item.text, passages, cited)


def _mixtures(corpora: Path) -> Iterator[float]:
    number = 0
    for lesson in lessons(corpora):
        document = {item.number: prose(item.chunk.text) for item in lesson.excerpts}
        passages = Passages(lesson.excerpts)
        random = Random(lesson.doc_ids[0])
        for item in lesson.excerpts[:3]:
            for sentence in document[item.number][:1]:
                number += 1
                if number % 2 == 0:
                    for made in falsehoods(sentence, item.number, document, random):
                        if made.kind == "spliced: of the document":
                            yield _coverage(made.text, passages, (item.number,))


def _coverage(text: str, passages: Passages, cited: tuple[int, ...]) -> float:
    found = candidates(claim(text, specifics(text)), passages, cited)
    return max((item.coverage for item in found), default=0.0)
