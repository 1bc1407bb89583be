"""Which facts each section of a lesson says: the same, whichever of the sections are to be written now.

More words, or more examples, only ever add facts. Of a persona, only the technical level chooses among them, and only
the second half of an explanation's: its first half, and all other sections but the examples, are the same at every
level.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from learnx.adapters.llm.offline_prompt import ReadPrompt, ReadSection
from learnx.adapters.llm.offline_statements import Statement, taught, weights
from learnx.adapters.llm.offline_taste import Taste
from learnx.adapters.llm.offline_units import Unit, beginning, units
from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.planted import is_order

#: An explanation of so many concepts has a sentence for each, and a short one.
_MANY = 5
#: What a word beyond the first so many costs there.
_SHORT, _LENGTH_COST = 18, 0.06
#: A concept that there are fewer words for is left out, where others are spread around it.
_LEAST = 14
#: In a lesson that must not be longer, a concept that there are fewer words for has one sentence, too.
_FOR_TWO = 45
#: The core has one in so many of the words of an explanation.
_CORE = 2
#: An introduction says at most one in so many of all units: the rest is for the explanations.
_INTRODUCED = 3
#: Examples are given of so many concepts, at most, where no time is asked for that is to be filled.
_SHOWN_CONCEPTS = 6
#: What an introduction says of the lesson itself, in words, beside the titles of its topics; they count where a time is
#: asked for, and then a sentence of the document has to have room for so many.
_TALK, _LEAST_SAID = 30, 12


@dataclass(frozen=True)
class Explained:
    """One concept: ``core`` is said at every level; ``chosen`` is all that is said, in reading order."""

    title: str
    core: tuple[Unit, ...]
    chosen: tuple[Unit, ...]


class LessonChoice:
    def __init__(self, prompt: ReadPrompt, taste: Taste) -> None:
        self._prompt, self._taste = prompt, taste

    @cached_property
    def _all(self) -> list[Statement]:
        return taught(self._prompt.excerpts)

    @cached_property
    def _depth(self) -> int:
        """The first depth, from 0, at which headings tell the statements apart: that of the document's parts. What
        stands before the first heading is none of them."""
        deepest = max((len(statement.headings) for statement in self._all), default=0)
        for depth in range(deepest):
            if len({heading for statement in self._all for heading in statement.headings[depth : depth + 1]}) > 1:
                return depth
        return 0

    @cached_property
    def _weights(self) -> dict[int, float]:
        return weights(self._all)

    @cached_property
    def spread(self) -> dict[str, int]:
        """How many statements have a term."""
        counts: dict[str, int] = defaultdict(int)
        for statement in self._all:
            for term in statement.terms:
                counts[term] += 1
        return counts

    @cached_property
    def _whole(self) -> list[Unit]:
        """What may be said: without pointers to figures and other places, where a part has enough else to say."""
        found = list(units(self._all))
        pure = [unit for unit in found if not any(statement.points for statement in unit.members)]
        if len(pure) < 5:
            return found
        said = {self._part(unit) for unit in pure}
        kept = set(pure)
        return [unit for unit in found if unit in kept or self._part(unit) not in said]

    def _part(self, unit: Unit) -> tuple[str, ...]:
        return unit.first.headings[: self._depth + 1]

    def _worth(self, unit: Unit) -> float:
        return self._weights[unit.first.place]

    @cached_property
    def _reserved(self) -> frozenset[Unit]:
        """What clearly is an example is kept for the examples, if the lesson has any."""
        return frozenset(unit for unit in self._whole if unit.shows_strongly and self._prompt.of_type("examples"))

    @cached_property
    def introduced(self) -> list[Unit]:
        early = {unit: -2.5 * rank / len(self._whole) for rank, unit in enumerate(self._whole)}
        free = [unit for unit in self._whole if unit not in self._reserved and not unit.first.block]
        if self._prompt.of_type("explanation") and len(self._whole) < _INTRODUCED:
            return []
        order = self._in_turns(free, {unit: self._worth(unit) + early[unit] for unit in free})
        order = order[: max(1, len(order) // _INTRODUCED)]
        words = sum(section.words for section in self._prompt.of_type("introduction"))
        if self._prompt.is_limited and self._prompt.of_type("explanation"):
            titles = sum(len(section.title.split()) for section in self._prompt.of_type("explanation"))
            words = words - _TALK - titles
        return _as_read(beginning(order, words)) if words >= _LEAST_SAID else []

    @cached_property
    def explained(self) -> dict[ReadSection, list[Explained]]:
        return {section: self._explanation(section) for section in self._prompt.of_type("explanation")}

    def _explanation(self, section: ReadSection) -> list[Explained]:
        pool = [unit for unit in self._whole if unit.first.excerpt in section.excerpts and unit not in self._reserved]
        concepts = self._concepts(pool, section)
        room = section.words // (len(concepts) or 1)
        many = len(concepts) >= _MANY or (self._prompt.is_limited and room < _FOR_TWO)
        found = []
        for title, all_members in concepts:
            members = [unit for unit in all_members if unit not in self.introduced]
            core = beginning(
                sorted(members, key=lambda unit: -self._plainly(unit, many)), room if many else room // _CORE
            )
            rest = [unit for unit in members if unit not in core]
            rest.sort(key=lambda unit: -(self._worth(unit) + self._taste.suits(unit)))
            chosen = core if many else [*core, *beginning(rest, room - room // _CORE)]
            if chosen:
                found.append(Explained(title, tuple(core), tuple(_as_read(chosen))))
        return found

    def _plainly(self, unit: Unit, many: bool) -> float:
        return self._worth(unit) - (_LENGTH_COST * max(0, unit.words - _SHORT) if many else 0.0)

    def _concepts(self, pool: Sequence[Unit], section: ReadSection) -> list[tuple[str, list[Unit]]]:
        """Every part that the pool is of, or an even spread of them; else as many concepts as are asked for: the
        richest heading of each part, and then the richest of all."""
        parts = _grouped(pool, self._part)
        if len(parts) >= max(2, section.concepts):
            most = max(section.concepts, section.words // _LEAST)
            spread = sorted(evenly_spread(len(parts))[:most])
            return [(_title(parts[place][0].first, self._depth), parts[place]) for place in spread]
        groups = _grouped(pool, lambda unit: unit.first.headings)
        if len(groups) < section.concepts:
            groups = _grouped(pool, lambda unit: (unit.first.headings, unit.first.excerpt))
        groups.sort(key=lambda members: -sum(sorted(map(self._worth, members))[-3:]))
        firsts = {self._part(members[0]): members for members in reversed(groups)}
        others = [members for members in groups if firsts[self._part(members[0])] is not members]
        chosen = [*firsts.values(), *others][: section.concepts]
        return [(members[0].first.concept, members) for members in sorted(chosen, key=lambda one: one[0].first.place)]

    @cached_property
    def core(self) -> list[Unit]:
        """What is practised and summarized: the first of each concept, then the second; without an explanation, what
        one would say."""
        concepts = [concept.core for found in self.explained.values() for concept in found]
        if not concepts:
            return self._in_turns(self._whole, {unit: self._worth(unit) for unit in self._whole})
        return [core[rank] for rank in range(max(map(len, concepts))) for core in concepts if rank < len(core)]

    @cached_property
    def examples(self) -> tuple[list[Unit], bool]:
        """And whether the document calls them so."""
        said = {*self.introduced, *(unit for found in self.explained.values() for one in found for unit in one.chosen)}
        free = sorted((unit for unit in self._whole if unit not in said), key=lambda unit: -self._worth(unit))
        showing = sorted((unit for unit in free if unit.shows), key=lambda unit: not unit.shows_strongly)
        applying = [unit for unit in free if unit.first.applies and not unit.tells]
        given = (showing or applying)[: self._wanted]
        if self._prompt.is_limited:
            given = beginning(given, sum(section.words for section in self._prompt.of_type("examples")))
        return _as_read(given), bool(showing)

    @property
    def _wanted(self) -> int:
        asked = sum(section.concepts for section in self.explained)
        concepts = asked or len({unit.first.headings[:2] for unit in self._whole})
        shown = concepts if self._prompt.is_limited else min(concepts, _SHOWN_CONCEPTS)
        return max(1, self._taste.examples * shown)

    def _in_turns(self, pool: Sequence[Unit], worth: dict[Unit, float]) -> list[Unit]:
        """The best of every heading, then the second best: each round by worth."""
        turns: dict[tuple[str, ...], int] = defaultdict(int)
        ranked: list[tuple[int, float, int, Unit]] = []
        for unit in sorted(pool, key=lambda unit: (-worth[unit], unit.first.place)):
            ranked.append((turns[unit.first.headings], -worth[unit], unit.first.place, unit))
            turns[unit.first.headings] += 1
        return [unit for _, _, _, unit in sorted(ranked, key=lambda entry: entry[:3])]


def _grouped(pool: Iterable[Unit], key: Callable[[Unit], Hashable]) -> list[list[Unit]]:
    groups: dict[Hashable, list[Unit]] = defaultdict(list)
    for unit in pool:
        groups[key(unit)].append(unit)
    return list(groups.values())


def _title(statement: Statement, depth: int) -> str:
    title = "".join(statement.headings[depth:][:1])
    return title if not is_order(title) else ""


def _as_read(chosen: Iterable[Unit]) -> list[Unit]:
    return sorted(chosen, key=lambda unit: unit.first.place)
