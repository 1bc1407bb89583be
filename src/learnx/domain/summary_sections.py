"""The sections of all documents that are summarized, and in which turn each of them is said of."""

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from uuid import UUID

from learnx.domain.chunk_choice import evenly_spread, parts
from learnx.domain.documents import Chunk
from learnx.domain.retrieval import ChunkOutline

Place = tuple[int, int]
"""Which document, and which of its sections."""


def sections_of(chunks: Sequence[Chunk]) -> Mapping[UUID, Place]:
    """By chunk, the document and the top-level section that it stands in."""
    by_file: dict[UUID, list[ChunkOutline]] = {}
    for chunk in chunks:
        by_file.setdefault(chunk.file_id, []).append(
            ChunkOutline(
                id=chunk.id,
                index=chunk.index,
                heading_path=chunk.heading_path,
                token_count=chunk.token_count,
                content_hash=chunk.content_hash,
            )
        )
    return {
        chunk.id: (document, section)
        for document, outline in enumerate(by_file.values())
        for section, found in enumerate(parts(outline))
        for chunk in found
    }


def in_turns(places: Collection[Place]) -> list[Place]:
    """An order of which every beginning is spread evenly over the documents, and over the sections of each."""
    documents: dict[int, list[Place]] = {}
    for place in sorted(places):
        documents.setdefault(place[0], []).append(place)
    orders = [[found[turn] for turn in evenly_spread(len(found))] for found in documents.values()]
    spread = [orders[turn] for turn in evenly_spread(len(orders))]
    return [place for round_ in zip_longest(*spread) for place in round_ if place is not None]
