"""Which chunks a summary is made from, and in which parts a model reads them: the whole, or an even spread of it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from learnx.domain.apparatus import is_apparatus
from learnx.domain.chunk_choice import MOST_EXCERPT_TOKENS, evenly_spread, parts
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.summaries import SummaryFile, SummaryMaterial

#: A document is read in so many parts at most, each a call of a model; a longer one is sampled evenly. With a context
#: of 32,000 tokens that is about 180,000 tokens, 400 pages of a textbook; with one of 128,000, 480,000 and 1,000.
MAX_PARTS = 12
#: Markers have three digits at most.
_MOST_EXCERPTS = 400
#: Tokens that rules, task and persona take of a prompt, and that an excerpt takes beside its text.
_FRAME_TOKENS, _ELEMENT_TOKENS = 1_200, 30
_LEAST_TOKENS = 300

Outlines = Sequence[tuple[SummaryFile, Sequence[ChunkOutline]]]


def summary_material(outlines: Outlines, *, context_tokens: int) -> SummaryMaterial:
    """Front and back matter is left out. What does not fit into ``MAX_PARTS`` prompts, each of half of a model's
    context at most, is chosen evenly over the files, over the top-level sections of each, and over each of those."""
    room = max(_LEAST_TOKENS, min(context_tokens // 2 - _FRAME_TOKENS, MOST_EXCERPT_TOKENS))
    places = [
        (file, chunk) for file, (_, outline) in enumerate(outlines) for chunk in sorted(_teaching(outline), key=_index)
    ]
    chosen = _divided([chunk for _, chunk in places], room)
    budget = MAX_PARTS * room
    while len(chosen) > MAX_PARTS:
        kept = {chunk.id for chunk in _within(_spread(outlines), budget)}
        chosen = _divided([chunk for _, chunk in places if chunk.id in kept], room)
        budget = budget * 9 // 10
    read = {chunk.id for part in chosen for chunk in part}
    return SummaryMaterial(
        files=tuple(file for file, outline in outlines if any(chunk.id in read for chunk in outline)),
        parts=tuple(tuple(chunk.id for chunk in part) for part in chosen),
        excerpt_tokens=room,
    )


def top_level_parts(outlines: Outlines) -> int:
    """How many top-level sections all files have together."""
    return sum(len(parts(_teaching(outline))) for _, outline in outlines)


def excerpt_size(token_count: int) -> int:
    """The tokens that an excerpt takes of a prompt."""
    return token_count + _ELEMENT_TOKENS


def _teaching(outline: Sequence[ChunkOutline]) -> Sequence[ChunkOutline]:
    body = [chunk for chunk in outline if not any(map(is_apparatus, chunk.heading_path))]
    return body or outline


def _index(chunk: ChunkOutline) -> int:
    return chunk.index


def _divided(chunks: Sequence[ChunkOutline], room: int) -> list[list[ChunkOutline]]:
    """Parts of about the same size, as few as there can be."""
    total = sum(excerpt_size(chunk.token_count) for chunk in chunks)
    share = total / max(1, -(-total // room))
    found: list[list[ChunkOutline]] = []
    taken = 0
    for chunk in chunks:
        size = excerpt_size(chunk.token_count)
        if not found or taken + size > room or taken >= share or len(found[-1]) >= _MOST_EXCERPTS:
            found.append([])
            taken = 0
        found[-1].append(chunk)
        taken += size
    return found


def _spread(outlines: Outlines) -> Iterator[ChunkOutline]:
    """An order of which every beginning is spread evenly over the files, their sections, and the text of each."""
    orders = []
    for place in evenly_spread(len(outlines)):
        sections = parts(sorted(_teaching(outlines[place][1]), key=_index))
        orders.append(_in_turns([_text_spread(sections[one]) for one in evenly_spread(len(sections))]))
    yield from _in_turns(orders)


def _text_spread(section: Sequence[ChunkOutline]) -> Iterator[ChunkOutline]:
    return (section[place] for place in evenly_spread(len(section)))


def _in_turns(orders: Sequence[Iterable[ChunkOutline]]) -> Iterator[ChunkOutline]:
    for turn in zip_longest(*orders):
        yield from (chunk for chunk in turn if chunk is not None)


def _within(order: Iterable[ChunkOutline], budget: int) -> Iterator[ChunkOutline]:
    for place, chunk in enumerate(order):
        size = excerpt_size(chunk.token_count)
        if size <= budget or place == 0:
            budget -= size
            yield chunk
