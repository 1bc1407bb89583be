"""What the chunks of a file are found by, besides their vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Worked out from the texts of all chunks of a file, and stored with them.

    ``configuration`` says how words are stemmed. ``lexemes`` has an entry a chunk: its stems and their places, each
    labelled by how rare it is in the file. ``words`` are the different words of the file, sorted; ``formulas`` what is
    written in signs, in comparable form, by the chunk.
    """

    configuration: str
    lexemes: Sequence[str]
    words: Sequence[str]
    formulas: Mapping[UUID, str]
