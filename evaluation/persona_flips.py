"""One field of a persona flipped: whether the facts stay, and whether what changes says so."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from uuid import UUID

from evaluation.personal_lessons import Text, sentences
from evaluation.personas import flips
from evaluation.report import Table

from learnx.domain.lessons import Section
from learnx.domain.persona_effects import EFFECTS
from learnx.domain.personas import Persona

#: Fields that decide how much, or which facts, are said: all others leave the facts as they are.
_AMOUNT = ("contentPreferences.density", "contentPreferences.examplesPerConcept")
_LEVEL = "professional.technicalLevel"
_NOTE_MARK = re.compile(r"\[[\d\s,;–-]+\]")

Facts = frozenset[tuple[str, tuple[tuple[UUID, str], ...]]]
Placed = dict[tuple[str, str], tuple[str, str, str, tuple[str, ...]]]


def facts(lesson: Iterable[Section]) -> Facts:
    return frozenset(
        (sentence.text, tuple((citation.chunk_id, citation.quote) for citation in sentence.citations))
        for _, sentence in sentences(lesson)
        if sentence.kind == "sourced"
    )


@dataclass
class _Flips:
    """What came of all flips of one field."""

    count: int = 0
    same: int = 0
    contained: int = 0
    shared: list[float] = field(default_factory=list)
    changed: int = 0
    named: int = 0


def flipped(found: Sequence[Text], learners: Sequence[Persona]) -> Table:
    by_field: dict[str, _Flips] = defaultdict(_Flips)
    quoted = said = 0
    for text in found:
        for learner in learners:
            before = text.offline(learner)
            for path, other in flips(learner):
                after = text.offline(other)
                _compare(by_field[path], path, before, after)
            quoted += sum(_is_quoted(text, fact) for fact, _ in facts(before))
            said += len(facts(before))
    rows = [_row(effect.path, effect.effect, by_field[effect.path]) for effect in EFFECTS]
    missed = [f"{row[0]}: {row[4]} of {row[2]} flips left the facts alone" for row in rows if row[4] != row[2]]
    missed += [f"{row[0]}: {row[6]} of {row[5]} changed sentences name it" for row in rows if row[6] != row[5]]
    missed += [f"{said - quoted} of {said} facts are not the document's words"] if quoted < said else []
    return Table(
        title="Personalization: one field flipped",
        columns=("field", "effect", "flips", "facts the same", "facts as promised", "sentences changed", "naming it"),
        rows=rows,
        notes=f"Ten texts × nine personas, offline model, {said:,} facts, {quoted:,} of them verbatim. Promised: the "
        "same facts, with the same citations; of density and examples, that less is contained in more; of the level, "
        "that the core is the same (all sections but explanation and examples). The share of facts that two "
        f"neighbouring levels have in common is {fmean(by_field[_LEVEL].shared):.2f}. A sentence is changed where its "
        "text, kind or layout is; it names the field in `because`, before or after.",
        missed=missed,
    )


def _compare(flips_: _Flips, path: str, before: list[Section], after: list[Section]) -> None:
    one, other = facts(before), facts(after)
    flips_.count += 1
    flips_.same += one == other
    flips_.shared.append(len(one & other) / (len(one | other) or 1))
    if path in _AMOUNT:
        flips_.contained += one <= other or other <= one
    elif path == _LEVEL:
        flips_.contained += facts(_core(before)) == facts(_core(after))
    else:
        flips_.contained += one == other
    earlier, later = _placed(before), _placed(after)
    for place in earlier.keys() | later.keys():
        was, is_ = earlier.get(place), later.get(place)
        if was is None or is_ is None or was[:3] != is_[:3]:
            flips_.changed += 1
            flips_.named += any(path in side[3] for side in (was, is_) if side)


def _core(lesson: Iterable[Section]) -> list[Section]:
    return [section for section in lesson if section.type not in ("explanation", "examples")]


def _placed(lesson: Iterable[Section]) -> Placed:
    """By section and text; the same text for the second time is another sentence."""
    counted: Counter[tuple[str, str]] = Counter()
    placed: Placed = {}
    for section, sentence in sentences(lesson):
        key = (section.id, sentence.text)
        counted[key] += 1
        placed[section.id, f"{sentence.text} {counted[key]}"] = (
            sentence.kind,
            sentence.lead.strip(" "),
            repr(sentence.citations),
            sentence.because,
        )
    return placed


def _is_quoted(text: Text, fact: str) -> bool:
    bare = "".join(filter(str.isalnum, fact))
    return any(bare in "".join(filter(str.isalnum, _NOTE_MARK.sub("", item.chunk.text))) for item in text.excerpts)


def _row(path: str, effect: str, flips_: _Flips) -> tuple[object, ...]:
    return (path, effect, flips_.count, flips_.same, flips_.contained, flips_.changed, flips_.named)
