"""Measures the verifier: what injected errors get through it, what true sentences it loses, and how fast it is."""

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from evaluation.grounding_roc import roc
from evaluation.labelled_claims import falsehoods, foreign, prose, swapped_roles, truths
from evaluation.lesson_material import FILE, LessonMaterial, lessons, pdf_chunks
from evaluation.quoted_paraphrases import paraphrase_verdicts
from evaluation.report import Table

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.text_comparison import comparable

#: Of each excerpt so many sentences, of each lesson so many excerpts.
_SENTENCES, _EXCERPTS = 2, 6
#: What may be shown as sourced, as a share.
PROMISES = {
    "number": 0.0, "date": 0.0, "name": 0.0, "quotation": 0.0, "excerpt id": 0.0, "unmarked": 0.0,
    "negation": 0.02, "function word": 0.02, "roles swapped": 0.20,
}  # fmt: skip
LOST = {"verbatim": 0.01, "shortened": 0.01, "rearranged": 0.01, "numbers written otherwise": 0.01}
PARAPHRASES_LOST = 0.05


#: Sentences about the reader, the author or the book state nothing of a subject.
_OWN = re.compile(
    r"\b(?:we|us|our|i|my|yours?|you|review|(?:text)?book|chapter|section|following|figure|table|question)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Counts:
    asked: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    indexing: list[float] = field(default_factory=list)

    def add(self, kind: str, *, wrong: bool) -> None:
        self.asked[kind] += 1
        self.wrong[kind] += wrong


def run(corpora: Path) -> list[Table]:
    found = judged(lessons(corpora), parity=1)
    paraphrased = paraphrase_verdicts(corpora, parity=1)
    return [
        _errors(found),
        _true(found, paraphrased),
        _paraphrased_errors(paraphrased),
        roc(corpora),
        _quotes(corpora),
        _speed(found),
    ]


def judged(material: Iterable[LessonMaterial], *, parity: int, seed: str = "labelled") -> Counts:
    """Odd-numbered sentences (``parity`` 1) are reported; thresholds are chosen on the even-numbered ones."""
    counts = Counts()
    chosen = list(material)
    number = 0
    for place, lesson in enumerate(chosen):
        document = {item.number: prose(item.chunk.text) for item in lesson.excerpts}
        verifier = Verifier(FILE, lesson.excerpts)
        started = time.thread_time()
        while verifier.read_ahead():
            pass
        counts.indexing.append(time.thread_time() - started)
        random = Random(f"{seed} {lesson.doc_ids[0]}")
        strangers = _strangers(chosen, place)
        for item in lesson.excerpts:  # few sentences have roles that can be swapped: all are looked at
            for sentence in document[item.number][parity::2]:
                for kind, text in swapped_roles(sentence):
                    counts.add(kind, wrong=_verdict(counts, verifier, f"{text} [{item.number}]").kind == "sourced")
        for item in lesson.excerpts[:_EXCERPTS]:
            for sentence in document[item.number][:_SENTENCES]:
                number += 1
                if number % 2 == parity:
                    _judge(counts, verifier, sentence, item.number, document, random, next(strangers, ""))
    return counts


def _strangers(material: Sequence[LessonMaterial], place: int) -> Iterator[str]:
    """Sentences of another lesson: true of something, but not of this document."""
    other = material[(place + len(material) // 2) % len(material)]
    return (sentence for item in other.excerpts for sentence in prose(item.chunk.text) if not _OWN.search(sentence))


def _judge(
    counts: Counts,
    verifier: Verifier,
    sentence: str,
    excerpt: int,
    document: dict[int, list[str]],
    random: Random,
    stranger: str,
) -> None:
    for claim in truths(sentence, excerpt):
        verdict = _verdict(counts, verifier, f"{claim.text} [{excerpt}]")
        counts.add(claim.kind, wrong=verdict.kind != "sourced")
    for claim in falsehoods(sentence, excerpt, document, random):
        verdict = _verdict(counts, verifier, f"{claim.text} [{excerpt}]")
        counts.add(claim.kind, wrong=verdict.kind in ("sourced", "framing"))
        if claim.kind.startswith(("number", "name", "date")):
            verdict = _verdict(counts, verifier, claim.text)
            counts.add("unmarked: with a wrong number or name", wrong=verdict.kind in ("sourced", "framing"))
    for kind, raw, true_of in foreign(sentence, stranger, excerpt, document):
        verdict = _verdict(counts, verifier, raw)
        counts.add(kind, wrong=_is_wrong(verdict, true_of, verifier))


def _is_wrong(verdict: Verdict, true_of: str, verifier: Verifier) -> bool:
    """Sourced with a quote that does not hold the sentence, if there is one that does; else sourced at all."""
    if verdict.kind != "sourced":
        return verdict.kind == "framing" and not true_of
    quotes = [comparable(citation.quote) for citation in verdict.citations]
    return not true_of or not any(comparable(true_of)[:200] in quote for quote in quotes)


def _verdict(counts: Counts, verifier: Verifier, raw: str) -> Verdict:
    marked = read_markers(raw)
    started = time.thread_time()
    verdict = verifier.verify(marked)
    counts.seconds.append(time.thread_time() - started)
    return verdict


def _errors(found: Counts) -> Table:
    rows: list[list[object]] = []
    missed: list[str] = []
    for group, allowed in PROMISES.items():
        kinds = sorted(kind for kind in found.asked if kind.split(":")[0] == group)
        asked, wrong = sum(found.asked[kind] for kind in kinds), sum(found.wrong[kind] for kind in kinds)
        rows += [
            [kind, found.asked[kind], found.wrong[kind], found.wrong[kind] / found.asked[kind], ""] for kind in kinds
        ]
        rows.append([f"**{group}**", asked, wrong, wrong / max(1, asked), allowed])
        if wrong > allowed * asked:
            missed.append(f"{wrong} of {asked} injected errors of the kind “{group}” passed; promised: {allowed:.0%}.")
    for kind in sorted(kind for kind in found.asked if kind.startswith(("word", "spliced"))):
        rows.append([kind, found.asked[kind], found.wrong[kind], found.wrong[kind] / found.asked[kind], "reported"])
    return Table(
        title="Grounding: injected errors",
        columns=("one changed fact", "sentences", "shown as sourced or left to stand", "share", "promise"),
        rows=rows,
        notes="Made by program from odd-numbered sentences of five question sets; thresholds were chosen on even ones.",
        missed=missed,
    )


def _true(found: Counts, paraphrased: Sequence[tuple[bool, str, bool]]) -> Table:
    rows: list[list[object]] = []
    missed: list[str] = []
    for kind, allowed in LOST.items():
        asked, lost = found.asked[kind], found.wrong[kind]
        rows.append([kind, asked, lost, lost / max(1, asked), allowed])
        if lost > allowed * asked:
            missed.append(f"{lost} of {asked} true sentences of the kind “{kind}” were lost; promised: {allowed:.0%}.")
    true = [(kind, sourced) for true, kind, sourced in paraphrased if true]
    for kind in ("close", "middling", "free"):
        own = [sourced for its, sourced in true if its == kind]
        rows.append([f"paraphrase, {kind}", len(own), own.count(False), own.count(False) / max(1, len(own)), ""])
    lost = sum(not sourced for _, sourced in true)
    rows.append(["**paraphrases by hand**", len(true), lost, lost / max(1, len(true)), PARAPHRASES_LOST])
    if lost > PARAPHRASES_LOST * len(true):
        missed.append(f"{lost} of {len(true)} paraphrases were retracted; promised: {PARAPHRASES_LOST:.0%}.")
    return Table(
        title="Grounding: true sentences lost",
        columns=("wording", "sentences", "retracted", "share", "promise"),
        rows=rows,
        missed=missed,
    )


def _paraphrased_errors(paraphrased: Sequence[tuple[bool, str, bool]]) -> Table:
    false = [(kind, sourced) for true, kind, sourced in paraphrased if not true]
    rows: list[list[object]] = []
    for kind in sorted({kind for kind, _ in false}):
        own = [sourced for its, sourced in false if its == kind]
        rows.append([kind, len(own), sum(own), sum(own) / len(own)])
    return Table(
        title="Grounding: errors in free wording",
        columns=("what is wrong", "sentences", "shown as sourced", "share"),
        rows=rows,
        notes="Written by hand, each a paraphrase with one fact wrong; odd-numbered ones.",
    )


def _quotes(corpora: Path) -> Table:
    from evaluation.quotes_on_pages import quotes_of

    rows: list[list[object]] = []
    missed: list[str] = []
    for path in sorted((corpora / "pdf_real").glob("*.pdf")):
        found = quotes_of(path, pdf_chunks(path))
        rows.append([path.name, found.sentences, found.sourced, found.quotes, found.on_page])
        if found.on_page < found.quotes:
            missed.append(f"{found.quotes - found.on_page} quotes of {path.name} are not on the page they name.")
    totals = [sum(int(str(row[place])) for row in rows) for place in range(1, 5)]
    rows.append(["**all**", *totals])
    return Table(
        title="Grounding: quotes on their pages",
        columns=("document", "sentences", "sourced", "quotes", "verbatim on the page named"),
        rows=rows,
        notes="Every fifth sentence of each document, without tables and equations, beside pdfium's text of the page.",
        missed=missed,
    )


def _speed(found: Counts) -> Table:
    ordered = sorted(found.seconds)
    p50, p95 = (1000 * ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    return Table(
        title="Grounding: time for a sentence",
        columns=(
            "sentences",
            "p50, ms of CPU",
            "p95, ms of CPU",
            "indexing a lesson before, p50, ms of CPU",
        ),
        rows=[[len(ordered), round(p50, 2), round(p95, 2), round(1000 * median(found.indexing), 1)]],
        notes="Of the machine it ran on, among a lesson's excerpts. They are indexed while a first sentence grows.",
    )
