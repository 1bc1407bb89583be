"""How a lesson of few sentences touches a document of many parts: one of each, before any part has two."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from learnx.adapters.llm.offline_statements import Statement
from learnx.domain.chunk_choice import evenly_spread

#: A sentence may be so much longer than its share of the room, and the last one so many words longer than what is left.
_LONGER, _MORE = 1.3, 12
#: The shortest share of the room, in words, that a sentence is looked for within.
_LEAST = 12


def parts_depth(found: Sequence[Statement]) -> int:
    """The first depth, from 0, at which headings tell the statements apart."""
    deepest = max((len(statement.headings) for statement in found), default=0)
    for depth in range(deepest):
        if len({statement.headings[depth : depth + 1] for statement in found}) > 1:
            return depth
    return 0


def by_part(pool: Sequence[Statement], depth: int) -> list[list[Statement]]:
    """Statements, in reading order, that follow each other under one heading of this depth."""
    return [list(part) for _, part in groupby(pool, key=lambda statement: statement.headings[: depth + 1])]


def one_of_each(parts: Sequence[Sequence[Statement]], room: int, worth: Mapping[int, float]) -> list[Statement]:
    """Of each part the sentence worth most for which its share of ``room`` (words) suffices, else its shortest. A
    part that has no sentence that stands by itself is opened by one that leans ("This chapter …").

    Where there is not room for all, of parts that are spread evenly over the document.
    """
    chosen: list[Statement] = []
    waiting = len(parts)
    for place in evenly_spread(len(parts)):
        standing = [statement for statement in parts[place] if not statement.leans] or [
            statement for statement in parts[place] if statement.opens
        ]
        share = max(_LEAST, room / waiting)
        waiting -= 1
        if not standing:
            continue
        fitting = [statement for statement in standing if statement.words <= _LONGER * share]
        if fitting:
            best = max(fitting, key=lambda statement: (worth[statement.place], -statement.place))
        else:
            best = min(standing, key=lambda statement: (statement.words, statement.place))
        if not chosen or best.words <= room + _MORE:
            chosen.append(best)
            room -= best.words
    return chosen
