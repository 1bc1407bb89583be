"""What is said together or not at all: a sentence that stands by itself, and one that leans on it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from learnx.adapters.llm.offline_statements import Statement

#: Two sentences of more words than this are not said together; then the first is said alone.
_MOST_WORDS = 48
#: A unit may be so many words longer than what is left of the room for it.
_MORE = 12


@dataclass(frozen=True, eq=False)
class Unit:
    """One statement, or two that follow each other in one excerpt, of which the second leans on the first."""

    members: tuple[Statement, ...]

    @property
    def first(self) -> Statement:
        return self.members[0]

    @cached_property
    def words(self) -> int:
        return sum(statement.words for statement in self.members)

    @cached_property
    def tells(self) -> bool:
        """It sends the reader elsewhere, or tells them what to do."""
        return any(statement.points or statement.tells for statement in self.members)

    @cached_property
    def shows(self) -> bool:
        """It has an example."""
        return not self.tells and any(
            statement.exemplifies or re.search(r"\bexamples?\b", statement.concept, re.IGNORECASE)
            for statement in self.members
        )

    @cached_property
    def shows_strongly(self) -> bool:
        return self.shows and any(statement.shows_strongly for statement in self.members)


def units(found: Sequence[Statement]) -> Iterator[Unit]:
    """In reading order. What leans on a sentence that is not there, or on too much, is left out."""
    members: list[Statement] = []
    for statement in found:
        if not statement.leans:
            if members:
                yield Unit(tuple(members))
            members = [statement]
        elif len(members) == 1 and _follows(statement, members[0]):
            members.append(statement)
    if members:
        yield Unit(tuple(members))


def _follows(statement: Statement, first: Statement) -> bool:
    return (
        statement.place == first.place + 1
        and statement.excerpt == first.excerpt
        and statement.words + first.words <= _MOST_WORDS
    )


def beginning(sequence: Sequence[Unit], words: int) -> list[Unit]:
    """As much of the beginning of a sequence as ``words`` hold, one unit at least: never less for more words."""
    taken: list[Unit] = []
    for unit in sequence:
        if taken and (words <= 0 or unit.words > words + _MORE):
            break
        taken.append(unit)
        words -= unit.words
    return taken
