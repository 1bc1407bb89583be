"""The passages of a file, as lessons cite them."""

from typing import Annotated, Any
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, get
from litestar.params import PathParameter

from learnx.application.files import GetChunk, ListChunks
from learnx.domain.documents import Chunk
from learnx.domain.values import Value
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import tagged
from learnx.entrypoints.http.files import FileId
from learnx.entrypoints.http.lists import BY_ORDINAL, Cursor, Limit, Listing, Paging

TAGS = ["Library"]
CHUNKS = Paging[Chunk]("chunks", BY_ORDINAL, lambda chunk: (chunk.index,))
ChunkId = Annotated[UUID, PathParameter(name="chunkId")]


class Passage(Value):
    """A chunk without what only processing needs. Pages are physical, from 1; null for formats that have none."""

    id: UUID
    file_id: UUID
    index: int
    text: str
    page_start: int | None
    page_end: int | None
    page_label: str | None
    heading_path: tuple[str, ...]
    token_count: int


class PassageInPlace(Passage):
    """A passage with those that stand before and after it."""

    previous: Passage | None
    next: Passage | None


class PassageList(Listing[Passage], frozen=True):
    pass


def passage(chunk: Chunk) -> Passage:
    return Passage(**_fields(chunk))


@get("/files/{fileId:str}/chunks", summary="The chunks of a file, in reading order", tags=TAGS)
@inject
async def list_chunks(
    principal: Caller, file_id: FileId, use_case: FromDishka[ListChunks], limit: Limit = 20, cursor: Cursor = None
) -> PassageList:
    found = await use_case(principal, file_id, CHUNKS.page(limit, cursor, file_id))
    items, after = CHUNKS.cut(found, limit, file_id)
    return PassageList(items=tuple(passage(chunk) for chunk in items), next_cursor=after)


@get("/chunks/{chunkId:str}", summary="A chunk with its neighbours", tags=TAGS)
@inject
async def get_chunk(
    request: Request[Any, Any, Any], principal: Caller, chunk_id: ChunkId, use_case: FromDishka[GetChunk]
) -> Response[PassageInPlace]:
    found = await use_case(principal, chunk_id)
    return tagged(
        request,
        PassageInPlace(
            **_fields(found.chunk),
            previous=passage(found.previous) if found.previous else None,
            next=passage(found.next) if found.next else None,
        ),
    )


def _fields(chunk: Chunk) -> dict[str, Any]:
    return {name: getattr(chunk, name) for name in Passage.__struct_fields__}


HANDLERS = [list_chunks, get_chunk]
