"""What was found in the parts of a long document: the statements that a summary of the whole is made from."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from uuid import UUID

from learnx.domain.chunk_choice import evenly_spread
from learnx.domain.documents import Chunk
from learnx.domain.section_writing import SectionWriting
from learnx.domain.summary_material import excerpt_size
from learnx.domain.summary_sections import Place, in_turns, sections_of
from learnx.domain.values import Value
from learnx.domain.word_count import count_words

#: A part is asked for so many words, whatever the limit of the whole, and for no more than a prompt of all can hold.
_LEAST_WORDS, _MOST_WORDS = 60, 400
#: So much more is read of the parts than the whole may say, so that there is something to choose from.
_SURPLUS = 2.0
#: Shares of the room for excerpts, once statements stand beside them; a word is about 4/3 tokens.
_EXCERPTS_SHARE, _STATEMENTS_SHARE, _TOKENS_PER_WORD = 0.8, 0.2, 4 / 3


class Statement(Value):
    """A verified sentence, and the chunks that it cites."""

    text: str
    chunks: tuple[UUID, ...]


class Statements:
    """Collects them part by part, in reading order."""

    def __init__(self, parts: Sequence[Sequence[Chunk]]) -> None:
        self._chunks = [chunk for part in parts for chunk in part]
        self._found: list[Statement] = []
        self.refused = 0

    def add(self, written: SectionWriting) -> None:
        """The next part's."""
        self.refused += len(written.reasons)
        self._found += [
            Statement(
                text=" ".join(sentence.text.split()),
                chunks=tuple(dict.fromkeys(citation.chunk_id for citation in sentence.citations)),
            )
            for sentence in written.sentences
            if sentence.citations
        ]

    def chosen(self, excerpt_tokens: int) -> tuple[list[Statement], list[Chunk]]:
        """As many statements, spread evenly over the sections of the documents, as fit into one prompt with the chunks
        that they cite; both in reading order. Where the first of each section don't, those with shorter chunks are."""
        sizes = {chunk.id: excerpt_size(chunk.token_count) for chunk in self._chunks}
        places = {chunk.id: place for place, chunk in enumerate(self._chunks)}
        room, words = excerpt_tokens * _EXCERPTS_SHARE, excerpt_tokens * _STATEMENTS_SHARE / _TOKENS_PER_WORD
        kept: list[Statement] = []
        cited: set[UUID] = set()
        for statement in self._in_turns(sizes, room):
            more = [chunk for chunk in statement.chunks if chunk not in cited]
            size, length = sum(sizes[chunk] for chunk in more), count_words(statement.text)
            if kept and (size > room or length > words):
                continue
            kept.append(statement)
            cited.update(more)
            room, words = room - size, words - length
        kept.sort(key=lambda statement: places[statement.chunks[0]])
        return kept, [chunk for chunk in self._chunks if chunk.id in cited]

    def _in_turns(self, sizes: Mapping[UUID, int], room: float) -> Iterator[Statement]:
        """The first of every section, then the second of each, by turns over the documents."""
        section_of = sections_of(self._chunks)
        sections: dict[Place, list[Statement]] = defaultdict(list)
        for statement in self._found:
            sections[section_of[statement.chunks[0]]].append(statement)
        turns = [sections[place] for place in in_turns(sections)]
        orders = [[found[place] for place in evenly_spread(len(found))] for found in turns]

        def size(statement: Statement) -> int:
            return sum(sizes[chunk] for chunk in statement.chunks)

        if sum(size(order[0]) for order in orders) > room:
            for order in orders:
                order.sort(key=size)
        for turn in zip_longest(*orders):
            yield from (statement for statement in turn if statement is not None)


def part_words(max_words: int, count: int, excerpt_tokens: int) -> int:
    """What one of ``count`` parts is asked for, in words."""
    wanted = max(_LEAST_WORDS, min(_MOST_WORDS, round(max_words * _SURPLUS / count, -1)))
    fits = excerpt_tokens * _STATEMENTS_SHARE / _TOKENS_PER_WORD / count
    return int(min(wanted, max(_LEAST_WORDS, fits)))
