"""Documents to passages that stand on their own: whole sentences under one heading path, small enough to find."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import pairwise
from math import ceil
from uuid import UUID

from learnx.domain.chunk_layout import CountTokens, HeadingPath, Piece, Section, sections
from learnx.domain.documents import Chunk, Document, PageMark
from learnx.domain.terms import terms
from learnx.domain.topic_shifts import PARAGRAPHS, topic_shifts

TARGET_TOKENS = 350
MAX_TOKENS = 512
#: A section below this share of the target is merged with its neighbours.
_TINY = 0.4
#: Between these shares of its ideal size a chunk ends where a block ends.
_EARLY, _LATE = 0.7, 1.2
#: Under a heading, a section of so many targets has topics of its own that no heading tells.
_LONG = 4
#: What it costs, in nats, to cut within a block that need not be cut, and to part what belongs together.
_IN_BLOCK, _TOGETHER = 20.0, 200.0

_BETWEEN_BLOCKS = "\n\n"
_PATH_SEPARATOR = " › "


def chunk_document(
    document: Document,
    *,
    file_id: UUID,
    new_id: Callable[[], UUID],
    known: Mapping[str, UUID],
    count_tokens: CountTokens,
    target_tokens: int = TARGET_TOKENS,
    max_tokens: int = MAX_TOKENS,
) -> tuple[Chunk, ...]:
    """The passages of a cleaned document, in reading order, every word of it in one of them or in its heading path.

    No sentence, table row, line of code or equation is cut; where one alone is longer than ``max_tokens`` its chunk is
    longer too, up to twice that, beyond which it is cut at white space. A chunk does not cross headings, except that
    tiny sections with one parent are merged under it, their headings kept as lines of the text. Otherwise the heading
    path is not part of the text. A long section that no heading divides is cut where its words turn to another topic.

    ``known`` maps content hashes to the ids of the file's former chunks: unchanged passages keep theirs. Lengths are in
    tokens of ``count_tokens``, which is called a handful of times with many texts.
    """
    passages = [
        (path, pieces)
        for group in _merge_tiny(sections(document, count_tokens, max_tokens=max_tokens), target_tokens)
        for path, pieces in _passages(group, target_tokens, max_tokens)
    ]
    texts = [_join(pieces) for _, pieces in passages]
    counts = count_tokens(texts)
    occurrences: Counter[tuple[HeadingPath, str]] = Counter()
    chunks: list[Chunk] = []
    for index, ((path, pieces), text, tokens) in enumerate(zip(passages, texts, counts, strict=True)):
        content_hash = _content_hash(path, text, occurrences[path, text])
        occurrences[path, text] += 1
        marks = _page_marks(pieces)
        chunks.append(
            Chunk(
                id=known.get(content_hash) or new_id(),
                file_id=file_id,
                index=index,
                text=text,
                page_marks=marks,
                heading_path=path,
                token_count=tokens,
                content_hash=content_hash,
                page_start=marks[0].page if marks else None,
                page_end=marks[-1].page if marks else None,
                page_label=marks[0].label if marks else None,
            )
        )
    return tuple(chunks)


def embedding_text(chunk: Chunk) -> str:
    """What of a chunk is embedded: its heading path, since it says what the passage is about, and its text."""
    return f"{_PATH_SEPARATOR.join(chunk.heading_path)}\n{chunk.text}" if chunk.heading_path else chunk.text


def _merge_tiny(found: Iterable[Section], target_tokens: int) -> list[list[Section]]:
    """Neighbouring sections that share a chunk: one of two is tiny, they have one parent, and they fit together."""
    groups: list[list[Section]] = []
    size, depth = 0, 0
    path: HeadingPath = ()
    for section in found:
        tokens = section.tokens
        common = _common(path, section.path)
        if (
            groups
            and min(size, tokens) < _TINY * target_tokens
            and size + tokens <= target_tokens
            and len(common) >= max(depth, len(section.path)) - 1
        ):
            groups[-1].append(section)
            size, depth, path = size + tokens, max(depth, len(section.path)), common
        else:
            groups.append([section])
            size, depth, path = tokens, len(section.path), section.path
    return groups


def _common(left: HeadingPath, right: HeadingPath) -> HeadingPath:
    length = 0
    while length < min(len(left), len(right)) and left[length] == right[length]:
        length += 1
    return left[:length]


def _passages(
    group: Sequence[Section], target_tokens: int, max_tokens: int
) -> Iterable[tuple[HeadingPath, list[Piece]]]:
    path = group[0].path
    for section in group:
        path = _common(path, section.path)
    pieces: list[Piece] = []
    for section in group:
        pieces.extend(
            heading.piece
            for heading in section.headings
            if heading.path is None or heading.path != path[: len(heading.path)]
        )
        pieces.extend(section.pieces)
    tokens = sum(map(_cost, pieces))
    if tokens <= max_tokens:
        return [(path, pieces)]
    if path and tokens <= _LONG * target_tokens:
        return ((path, part) for part in _divide(pieces, target_tokens, max_tokens))
    return ((path, part) for part in _by_topic(pieces, target_tokens, max_tokens))


def _by_topic(pieces: list[Piece], target_tokens: int, max_tokens: int) -> list[list[Piece]]:
    """Parts that each keep to a topic, none above ``max_tokens`` unless one piece is."""
    blocks = _block_costs(pieces)
    reluctance = [0.0]
    for before, piece in pairwise(pieces):
        in_block = before.block is piece.block and blocks[id(piece.block)] <= max_tokens
        reluctance.append(_TOGETHER if before.keep_with_next else _IN_BLOCK if in_block else 0.0)
    shifts = topic_shifts(
        [terms(piece.text) for piece in pieces],
        vocabulary=PARAGRAPHS,
        sizes=[_cost(piece) for piece in pieces],
        ideal=_ideal(sum(map(_cost, pieces)), target_tokens),
        most=max_tokens,
        reluctance=reluctance,
    )
    return [pieces[start:end] for start, end in pairwise([0, *shifts, len(pieces)])]


def _divide(pieces: list[Piece], target_tokens: int, max_tokens: int) -> list[list[Piece]]:
    """Parts of about equal length, none above ``max_tokens`` unless one piece is, cut between blocks if possible."""
    left = sum(map(_cost, pieces))
    block_costs = _block_costs(pieces)
    parts: list[list[Piece]] = [[]]
    size, ideal = 0, _ideal(left, target_tokens)
    for piece in pieces:
        cost = _cost(piece)
        starts_block = bool(parts[-1]) and parts[-1][-1].block is not piece.block
        if parts[-1] and (
            size + cost > max_tokens
            or (starts_block and size >= _EARLY * ideal and size + block_costs[id(piece.block)] > _LATE * ideal)
            or (size >= ideal and size + cost > _LATE * ideal)
        ):
            kept = _kept_with_next(parts[-1], max_tokens - cost)
            left -= size
            size = sum(map(_cost, kept))
            left += size
            ideal = _ideal(left, target_tokens)
            parts.append(kept)
        parts[-1].append(piece)
        size += cost
    return parts


def _block_costs(pieces: Iterable[Piece]) -> Counter[int]:
    costs: Counter[int] = Counter()
    for piece in pieces:
        costs[id(piece.block)] += _cost(piece)
    return costs


def _ideal(tokens: int, target_tokens: int) -> float:
    return tokens / ceil(tokens / target_tokens)


def _cost(piece: Piece) -> int:
    """Tokens, with those of the line breaks before it."""
    if piece.start == 0:
        return piece.tokens + len(_BETWEEN_BLOCKS)
    return piece.tokens + (piece.block.text[piece.start - 1] == "\n")


def _kept_with_next(part: list[Piece], room: int) -> list[Piece]:
    """Takes away from the end of a part what belongs to the text after it, if that leaves some and there is room."""
    count = 0
    while count < len(part) and part[len(part) - count - 1].keep_with_next:
        count += 1
    kept = part[len(part) - count :]
    if count == len(part) or sum(map(_cost, kept)) > room:
        return []
    del part[len(part) - count :]
    return kept


def _slices(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces that follow each other in a block, as one."""
    slices: list[Piece] = []
    for piece in pieces:
        if slices and slices[-1].block is piece.block and slices[-1].end <= piece.start:
            slices[-1] = slices[-1]._replace(end=piece.end)
        else:
            slices.append(piece)
    return slices


def _join(pieces: Iterable[Piece]) -> str:
    return _BETWEEN_BLOCKS.join(piece.text for piece in _slices(pieces))


def _page_marks(pieces: Iterable[Piece]) -> tuple[PageMark, ...]:
    """The page marks of the blocks, as offsets into the joined text; one a page."""
    marks: list[PageMark] = []
    position = 0
    for piece in _slices(pieces):
        own = piece.block.page_marks
        for mark, end in zip(own, [*(mark.offset for mark in own[1:]), piece.end], strict=False):
            goes_on = marks and (marks[-1].page, marks[-1].label) == (mark.page, mark.label)
            if mark.offset < piece.end and end > piece.start and not goes_on:
                offset = position + max(mark.offset - piece.start, 0)
                marks.append(PageMark(offset=offset, page=mark.page, label=mark.label))
        position += piece.end - piece.start + len(_BETWEEN_BLOCKS)
    return tuple(marks)


def _content_hash(path: HeadingPath, text: str, occurrence: int) -> str:
    """Of text and heading path; a passage that a file repeats has a hash each time."""
    parts = [*path, text, *([str(occurrence)] if occurrence else [])]
    return sha256("\x1f".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()
