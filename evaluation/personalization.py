"""How far lessons follow a persona, and whether they keep to its bounds: what is promised beside what was found."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import fmean
from typing import get_args

from evaluation.persona_flips import flipped
from evaluation.personal_lessons import Text, sentences, texts
from evaluation.personas import personas
from evaluation.report import Table

from learnx.domain.influence import ENCOURAGING
from learnx.domain.lessons import Section
from learnx.domain.persona_bounds import is_remark
from learnx.domain.persona_effects import ENCOURAGEMENTS, LEVELS, REMARKS, TONES, WORDS_PER_CONCEPT
from learnx.domain.personas import (
    ContentPreferences,
    Interests,
    Persona,
    Professional,
    TechnicalLevel,
)
from learnx.domain.readability import reading_grade

#: Not the possessive.
_CONTRACTION = re.compile(
    r"\w['’](?:t|re|ve|ll|d|m)\b|\b(?:it|that|let|what|here|there|who|s?he)['’]s\b", re.IGNORECASE
)


def run(corpora: Path) -> list[Table]:
    found, learners = texts(corpora), personas(corpora)
    return [
        flipped(found, learners),
        _levels(found),
        _amounts(found),
        _manners(found, learners),
        _analogies(found, learners),
    ]


def _learner(**facets: object) -> Persona:
    return Persona(interests=Interests(primary=("chess",)), **facets)  # type: ignore[arg-type]


def _levels(found: Sequence[Text]) -> Table:
    rows: list[Sequence[object]] = []
    for name in get_args(TechnicalLevel):
        level = LEVELS[name]
        grades, plain, longest = [], [], []
        for text in found:
            told = text.offline(_learner(professional=Professional(technical_level=name)))
            grades.append(_grade(told))
            plain.append(_grade(text.offline(None)))
            longest += [len(s.text.split()) <= level.sentence_words for _, s in sentences(told) if s.kind == "sourced"]
        rows.append(
            (
                name,
                f"{level.grades[0]}–{level.grades[1]}",
                fmean(grades),
                fmean(map(level.distance, grades)),
                fmean(map(level.distance, plain)),
                level.sentence_words,
                fmean(longest),
            )
        )
    return Table(
        title="Personalization: reading grade",
        columns=(
            "level",
            "target grade",
            "grade of the explanations",
            "grades off",
            "grades off, plain lesson",
            "words a sentence, at most",
            "sentences within",
        ),
        rows=rows,
        notes="Flesch–Kincaid, offline model, which chooses among the document's sentences and rewrites none: half of "
        "an explanation is the same at every level.",
    )


def _grade(lesson: Iterable[Section]) -> float:
    told = [s.text for section, s in sentences(lesson) if section.type == "explanation" and s.kind == "sourced"]
    return reading_grade("\n\n".join(told)) or 0.0


def _amounts(found: Sequence[Text]) -> Table:
    rows: list[Sequence[object]] = []
    for density, words in WORDS_PER_CONCEPT.items():
        learner = _learner(content_preferences=ContentPreferences(density=density))
        given = [_per_concept(text, learner, "explanation", lambda s: len(s.split())) for text in found]
        rows.append(
            (f"density: {density}", f"{words} words per concept", fmean(given), f"{min(given):.0f}–{max(given):.0f}")
        )
    for count in range(6):
        learner = _learner(content_preferences=ContentPreferences(examples_per_concept=count))
        given = [_per_concept(text, learner, "examples", lambda _: 1) for text in found]
        asked = f"{count} per concept" if count else "1 in all"
        rows.append((f"examplesPerConcept: {count}", asked, fmean(given), f"{min(given):.1f}–{max(given):.1f}"))
    return Table(
        title="Personalization: density and examples",
        columns=("preference", "asked for", "mean of ten texts", "from – to"),
        rows=rows,
        notes="Concepts as the task counts them. A document's own sentences are as long as they are, and so are its "
        "examples as many: a model that only arranges gives less where there is no more.",
    )


def _per_concept(text: Text, learner: Persona, type_: str, measure: Callable[[str], int]) -> float:
    concepts = sum(section.concepts for section in text.prompt(learner).sections if section.type == "explanation")
    told = [s for section, s in sentences(text.offline(learner)) if section.type == type_ and s.kind == "sourced"]
    counted = [s for s in told if type_ == "explanation" or s.lead.endswith("- ")]
    return sum(measure(sentence.text) for sentence in counted) / concepts


def _manners(found: Sequence[Text], learners: Sequence[Persona]) -> Table:
    kept: dict[str, list[bool]] = defaultdict(list)
    for text in found:
        for learner in learners:
            told = text.offline(learner)
            style, manner = learner.communication, learner.content_preferences.summary_style
            for section in told:
                framing = [s.text for s in section.sentences if s.kind == "framing"]
                tone = TONES[style.tone]
                kept["tone: exclamation marks"].append(sum("!" in line for line in framing) <= tone.exclamations)
                own = [line for line in framing if not _is_words_of(text, line)]
                kept["tone: contractions"].append(tone.contractions or not any(map(_CONTRACTION.search, own)))
                remarks = sum(map(is_remark, framing))
                kept["humour: remarks, at most"].append(remarks <= REMARKS[style.humor_tolerance])
                if section.type in ("introduction", "practice"):
                    cheered = sum(ENCOURAGING.search(line) is not None for line in framing)
                    kept["encouragement: sentences"].append(cheered == ENCOURAGEMENTS[style.encouragement_level])
                if section.type == "summary":
                    kept["summary style: lines"].append(_styled(section, manner))
    return Table(
        title="Personalization: manner",
        columns=("effect", "sections", "as asked"),
        rows=[(name, len(values), fmean(values)) for name, values in kept.items()],
        notes="Ten texts × nine personas, offline model.",
        missed=[
            f"{name}: {values.count(False)} sections are not as asked"
            for name, values in kept.items()
            if not all(values)
        ],
    )


def _is_words_of(text: Text, line: str) -> bool:
    """A question that is asked in the document's own words, or one of its headings."""
    return line.startswith("Which word") or any(line in " ".join(item.chunk.heading_path) for item in text.excerpts)


def _styled(section: Section, style: str) -> bool:
    lines = section.markdown.splitlines()
    if style == "paragraphs":
        return not any(re.match(r"\s*- ", line) for line in lines)
    return all(re.match(r"\s*- ", line) for line in lines) and (style == "bullet_points" or len(lines) > 1)


def _analogies(found: Sequence[Text], learners: Sequence[Persona]) -> Table:
    rows: list[Sequence[object]] = []
    missed: list[str] = []
    for name, write in (("offline", Text.offline), ("generous", Text.generous)):
        kept, most, misplaced, beside = 0, 0, 0, 0
        for text in found:
            for learner in learners:
                told = write(text, learner)
                by_concept = _by_concept(text, told)
                kept += by_concept.total()
                most = max([most, *by_concept.values()])
                misplaced += sum(
                    s.kind == "analogy" and section.type in ("practice", "summary") for section, s in sentences(told)
                )
                liked = re.compile(rf"(?<!\w){re.escape(learner.interests.primary[0])}(?!\w)", re.IGNORECASE)
                beside += sum(s.kind != "analogy" and bool(liked.search(s.text)) for _, s in sentences(told))
        rows.append((name, kept, most, misplaced, beside))
        if most > 1 or misplaced or beside:
            missed.append(f"{name}: an analogy too many, in the wrong place, or an interest beside one")
    if rows[0][1]:
        missed.append("the offline model made up an analogy")
    return Table(
        title="Personalization: analogies",
        columns=(
            "model",
            "analogies kept",
            "most per concept",
            "in practice or summary",
            "interests told outside of one",
        ),
        rows=rows,
        notes="Ten texts × nine personas. The generous model writes two analogies and an aside behind every fact of "
        "every section; the server keeps one per concept of the whole lesson.",
        missed=missed,
    )


def _by_concept(text: Text, lesson: Iterable[Section]) -> Counter[tuple[str, ...]]:
    counted: Counter[tuple[str, ...]] = Counter()
    concept: tuple[str, ...] = ()
    for _, sentence in sentences(lesson):
        if sentence.citations:
            concept = text.headings[sentence.citations[0].chunk_id]
        counted[concept] += sentence.kind == "analogy"
    return +counted
