"""What every kind of writing has in common: an author opens a job as work, which is a dialogue with a model."""

from collections.abc import Awaitable, Callable, Collection, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from learnx.application.ports.database import Transaction
from learnx.domain.generations import Job
from learnx.domain.lessons import Completed, Failed, LessonEvent, Started, Usage
from learnx.domain.model_calls import CallKind
from learnx.domain.prompts import Prompt
from learnx.domain.values import Value

J = TypeVar("J", bound=Job, contravariant=True)


@dataclass(frozen=True, slots=True)
class Finished:
    """What is whole: how its stream ends, and how it is stored, within the transaction that settles it.

    The model that wrote it is that of the usage: one may have stood in before the first word.
    """

    completed: Completed
    store: Callable[[Transaction, Usage, datetime], Awaitable[None]]


class LookUp(Value):
    """Something that a writing needs to be read before it can go on; each kind of work has its own."""


Step = Prompt | LookUp | tuple[LessonEvent, ...]
Writing = Generator[Step, object, Finished | Failed]
"""A pure dialogue. It yields events, and is sent None; or a prompt, and then is sent pieces of text, for each of which
it yields events, and None at the text's end, for which it yields events, too; or a look-up, and is sent what was
found. It returns what became of it."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a stream starts; ``tells`` whether it tells something before a model was asked."""

    started: Started
    writing: Writing
    tells: bool = False


class Work(Protocol):
    """One job, with its material read. It may be begun again, for another model."""

    async def begin(self, model: str, *, anew: bool) -> Beginning:
        """``anew``: without anything that any model has written before."""
        ...

    async def look_up(self, wanted: LookUp) -> object: ...


class Author(Protocol, Generic[J]):
    """Writes jobs of one kind."""

    @property
    def kind(self) -> CallKind: ...

    def tags(self, job: J) -> Collection[str]:
        """What of the cache a stored one changes."""
        ...

    async def stored(self, tx: Transaction, job: J) -> tuple[LessonEvent, ...] | None:
        """Its replay, where this generation was stored by another runner."""
        ...

    async def open(self, tx: Transaction, job: J) -> Work | tuple[LessonEvent, ...]:
        """Reads what it is made from; its replay, where nothing is left to write. Gone meanwhile: ``NotFound``."""
        ...
