"""Which chunks of a file a lesson is made from: those asked for, or an even spread over all of its parts."""

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest
from uuid import UUID

from learnx.domain.apparatus import is_apparatus
from learnx.domain.lessons import LessonOptions
from learnx.domain.retrieval import ChunkOutline
from learnx.domain.terms import terms

#: Excerpts take so many tokens of a prompt, unless a lesson is longer, or has more parts to touch, than they are for.
EXCERPT_TOKENS = 10_000
#: They never take more than this, whatever a model's context may hold.
MOST_EXCERPT_TOKENS = 40_000
#: So many tokens for each minute of a lesson: its 200 words are chosen from 500.
_TOKENS_PER_MINUTE = 700
#: A lesson of a minute has room for so many parts.
_PARTS_PER_MINUTE = 5
#: A chunk of fewer tokens says too little of its part to stand for it alone.
_TELLING_TOKENS = 100

#: A heading names a focus that has not more than so many times its words.
_LITTLE_MORE = 2
#: A part that has fewer of the chunks in focus than this share of the part that has most is not about it.
_STRAY = 0.25


def chosen_chunks(
    outline: Sequence[ChunkOutline], options: LessonOptions, *, budget_tokens: int, ranked: Sequence[UUID] | None = None
) -> list[ChunkOutline]:
    """In reading order, worth at most ``budget_tokens`` (at least one chunk) and ``MOST_EXCERPT_TOKENS``.

    With ``ranked`` (ids from retrieval, best first) what stands under a heading that says the focus is chosen, and
    then the best, but for parts that only few of them are from. Else what teaches is covered evenly: each of
    its parts has a chunk before any has two, and so on within each part. Where there is not room for a chunk of each,
    shorter ones are chosen, and then parts spread over the whole document.
    """
    by_id = {chunk.id: chunk for chunk in outline}
    if ranked is not None:
        named = list(_interleaved(named_by(options.focus or "", outline), 0))
        order = list(dict.fromkeys([*named, *(by_id[chunk] for chunk in ranked if chunk in by_id)]))
        most = min(_tokens_for(options, ()), budget_tokens)
        return _without_strays(list(_within(order, most)))
    found = parts(_teaching(outline))
    openings = [_opening(part) for part in found]
    most = min(_tokens_for(options, openings), budget_tokens)
    if sum(map(_size, openings)) > most:
        openings = [[_shorter(part, most // len(found))] for part in found]
    return sorted(_within(_in_turns(found, openings), most), key=lambda chunk: chunk.index)


def parts(chunks: Sequence[ChunkOutline]) -> list[list[ChunkOutline]]:
    """Consecutive chunks under one heading, at the first depth that tells them apart; one part where none does."""
    return headed_parts(chunks)[0]


def headed_parts(chunks: Sequence[ChunkOutline]) -> tuple[list[list[ChunkOutline]], int]:
    """The parts, and the depth, from 0, of the headings that tell them apart."""
    depth = 0
    deepest = max((len(chunk.heading_path) for chunk in chunks), default=0)
    while len(groups := _headed_groups(chunks, depth)) == 1 and depth + 1 < deepest:
        depth += 1
    return groups, depth


def named_by(focus: str, chunks: Sequence[ChunkOutline]) -> list[ChunkOutline]:
    """The chunks under a heading that says all of the focus, and little more."""
    wanted = set(terms(focus))

    def says(heading: str) -> bool:
        said = set(terms(heading))
        return wanted <= said and len(said) <= _LITTLE_MORE * len(wanted)

    headings = {heading for chunk in chunks for heading in chunk.heading_path}
    saying = {heading for heading in headings if says(heading)} if wanted else set()
    return [chunk for chunk in chunks if not saying.isdisjoint(chunk.heading_path)]


def _without_strays(ranked: Sequence[ChunkOutline]) -> list[ChunkOutline]:
    """In reading order; the best of all is never one."""
    found = parts(sorted(ranked, key=lambda chunk: chunk.index))
    most = max(map(len, found), default=0)
    return [chunk for part in found if len(part) >= _STRAY * most or ranked[0] in part for chunk in part]


def evenly_spread(count: int) -> list[int]:
    """0 … count-1 so ordered that each beginning covers the range evenly (van der Corput's sequence)."""
    bits = max(1, (count - 1).bit_length())
    reversed_ = (int(f"{place:0{bits}b}"[::-1], 2) for place in range(1 << bits))
    return [place for place in reversed_ if place < count]


def _tokens_for(options: LessonOptions, openings: Sequence[Sequence[ChunkOutline]]) -> int:
    """How much of a document is read: more for a long lesson, and to touch many parts if the lesson can hold them."""
    wanted = EXCERPT_TOKENS
    if options.target_minutes is not None:
        wanted = max(wanted, options.target_minutes * _TOKENS_PER_MINUTE)
    if options.target_minutes is None or len(openings) <= options.target_minutes * _PARTS_PER_MINUTE:
        wanted = max(wanted, sum(map(_size, openings)))
    return min(wanted, MOST_EXCERPT_TOKENS)


def _teaching(outline: Sequence[ChunkOutline]) -> Sequence[ChunkOutline]:
    body = [chunk for chunk in outline if not any(is_apparatus(heading) for heading in chunk.heading_path)]
    return body or outline


def _shorter(part: Sequence[ChunkOutline], room: int) -> ChunkOutline:
    """The longest chunk that there is room for, else the shortest of all."""
    fitting = [chunk for chunk in part if chunk.token_count <= room]
    if fitting:
        return max(fitting, key=lambda chunk: (chunk.token_count, -chunk.index))
    return min(part, key=lambda chunk: (chunk.token_count, chunk.index))


def _opening(part: Sequence[ChunkOutline]) -> list[ChunkOutline]:
    """Its first chunk, with the next where that is but a few words."""
    opening: list[ChunkOutline] = []
    for chunk in part:
        opening.append(chunk)
        if _size(opening) >= _TELLING_TOKENS:
            break
    return opening


def _size(chunks: Sequence[ChunkOutline]) -> int:
    return sum(chunk.token_count for chunk in chunks)


def _in_turns(
    found: Sequence[Sequence[ChunkOutline]], openings: Sequence[Sequence[ChunkOutline]]
) -> list[ChunkOutline]:
    """An order of which every beginning is spread evenly over the parts: ``openings``, then the rest of each in
    turn."""
    spread = evenly_spread(len(found))
    opened = [chunk for place in spread for chunk in openings[place]]
    taken = {chunk.id for chunk in opened}
    rest = [[chunk for chunk in _interleaved(found[place], 0) if chunk.id not in taken] for place in spread]
    return opened + [chunk for round_ in zip_longest(*rest) for chunk in round_ if chunk is not None]


def _within(order: Sequence[ChunkOutline], budget_tokens: int) -> Iterator[ChunkOutline]:
    left = budget_tokens
    for position, chunk in enumerate(order):
        if chunk.token_count <= left or position == 0:
            left -= chunk.token_count
            yield chunk


def _interleaved(chunks: Sequence[ChunkOutline], depth: int) -> Iterator[ChunkOutline]:
    """An order of which every beginning is spread evenly over the headings of each depth, or without headings over
    the text."""
    groups = _by_heading(chunks, depth)
    if len(groups) <= 1:
        if any(len(chunk.heading_path) > depth for chunk in chunks):
            yield from _interleaved(chunks, depth + 1)
        else:
            yield from (chunks[place] for place in evenly_spread(len(chunks)))
        return
    spread = [groups[place] for place in evenly_spread(len(groups))]
    for round_ in zip_longest(*(_interleaved(group, depth + 1) for group in spread)):
        yield from (chunk for chunk in round_ if chunk is not None)


def _by_heading(chunks: Sequence[ChunkOutline], depth: int) -> list[list[ChunkOutline]]:
    return [list(group) for _, group in groupby(chunks, key=lambda chunk: chunk.heading_path[depth : depth + 1])]


def _headed_groups(chunks: Sequence[ChunkOutline], depth: int) -> list[list[ChunkOutline]]:
    """By heading; what stands under none of that depth belongs to the part before it, or else to the next."""
    groups: list[list[ChunkOutline]] = []
    unheaded: list[ChunkOutline] = []
    for group in _by_heading(chunks, depth):
        if group[0].heading_path[depth:]:
            groups.append([*unheaded, *group])
            unheaded = []
        elif groups:
            groups[-1].extend(group)
        else:
            unheaded = group
    return groups or ([unheaded] if unheaded else [])
