"""Documents: uploaded, listed, renamed, moved, processed again, watched and deleted."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from learnx.application.file_events import TERMINAL, FileEvent, WatchFile
from learnx.application.files import DeleteFile, GetFile, ListFiles, PatchFile, ReprocessFile
from learnx.application.uploads import UploadFile
from learnx.domain.courses import File
from learnx.domain.identity import Principal
from learnx.domain.media_types import clean_filename
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.courses import ModuleId
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.input import no_body, patched
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging
from learnx.entrypoints.http.multipart_upload import incoming_file
from learnx.entrypoints.http.sse import encoded, event_stream

TAGS = ["Library"]
UPLOAD: dict[str, Any] = {"upload": True, "refuses": (409,), "zone": "uploads"} | IDEMPOTENT
FILES = Paging[File]("files", BY_TIME, lambda file: (file.created_at, file.id))
FILES_OF_MODULE = Paging[File]("module-files", BY_TIME, lambda file: (file.created_at, file.id))

FileId = Annotated[UUID, PathParameter(name="fileId")]
Status = Literal["pending", "processing", "completed", "failed"]


class FileFields(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a learner may change about a file: its name, and the module it is in."""

    filename: Annotated[str, Meta(min_length=1, max_length=4096)]
    module_id: UUID


class FileList(Listing[File], frozen=True):
    pass


@post("/files", status_code=202, opt=UPLOAD, request_max_body_size=None, summary="Upload into the Inbox", tags=TAGS)
@inject
async def upload_to_inbox(
    request: Request[Any, Any, Any], principal: Caller, use_case: FromDishka[UploadFile]
) -> Response[File]:
    return await uploaded(request, principal, None, use_case)


@post(
    "/modules/{moduleId:str}/files",
    status_code=202,
    opt=UPLOAD,
    request_max_body_size=None,
    summary="Upload into a module",
    tags=TAGS,
)
@inject
async def upload_to_module(
    request: Request[Any, Any, Any], principal: Caller, module_id: ModuleId, use_case: FromDishka[UploadFile]
) -> Response[File]:
    return await uploaded(request, principal, module_id, use_case)


@get("/modules/{moduleId:str}/files", summary="The files of a module, oldest first", tags=TAGS)
@inject
async def list_files_of_module(
    principal: Caller,
    module_id: ModuleId,
    use_case: FromDishka[ListFiles],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> FileList:
    found = await use_case(principal, FILES_OF_MODULE.page(limit, cursor, module_id), module_id=module_id)
    items, after = FILES_OF_MODULE.cut(found, limit, module_id)
    return FileList(items=items, next_cursor=after)


@get("/files", summary="All my files, newest first", tags=TAGS)
@inject
async def list_files(
    principal: Caller,
    use_case: FromDishka[ListFiles],
    status: Annotated[Status | None, QueryParameter(description="Only those with this status.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> FileList:
    found = await use_case(principal, FILES.page(limit, cursor, status), status=status)
    items, after = FILES.cut(found, limit, status)
    return FileList(items=items, next_cursor=after)


@get("/files/{fileId:str}", summary="A file and how far its processing is", tags=TAGS)
@inject
async def get_file(
    request: Request[Any, Any, Any], principal: Caller, file_id: FileId, use_case: FromDishka[GetFile]
) -> Response[File]:
    return tagged(request, await use_case(principal, file_id))


@patch(
    "/files/{fileId:str}",
    opt={"patches": FileFields, "refuses": (404, 409)},
    summary="Rename or move a file",
    tags=TAGS,
)
@inject
async def patch_file(
    request: Request[Any, Any, Any],
    principal: Caller,
    file_id: FileId,
    data: JSONBody[dict[str, Any]],
    use_case: FromDishka[PatchFile],
) -> Response[File]:
    check = if_match(request)

    def change(file: File) -> File:
        check(file)
        renamed = patched(file, FileFields, data)
        return msgspec.structs.replace(renamed, filename=clean_filename(renamed.filename))

    return tagged(request, await use_case(principal, file_id, change))


@delete("/files/{fileId:str}", summary="Delete a file with its chunks and lessons", tags=TAGS)
@inject
async def delete_file(
    request: Request[Any, Any, Any], principal: Caller, file_id: FileId, use_case: FromDishka[DeleteFile]
) -> None:
    """Deleting it while it is processed stops the job."""
    await use_case(principal, file_id, if_match(request))


@post(
    "/files/{fileId:str}/reprocess",
    status_code=202,
    opt={"refuses": (400, 409, 413)} | IDEMPOTENT,
    summary="Process a file again",
    tags=TAGS,
)
@inject
async def reprocess_file(
    request: Request[Any, Any, Any], principal: Caller, file_id: FileId, use_case: FromDishka[ReprocessFile]
) -> Response[File]:
    """The old chunks serve until the new ones are complete."""
    await no_body(request)
    once = await once_of(request)
    return told(once, accepted(request, await use_case(principal, file_id, once=once)))


@get("/files/{fileId:str}/events", opt={"events": FileEvent}, summary="Follow the processing of a file", tags=TAGS)
@inject
async def watch_file(
    principal: Caller, file_id: FileId, state: State, use_case: FromDishka[WatchFile]
) -> Response[Any]:
    """The current state, each change, and at last `complete` or `failed`."""
    events = await use_case(principal, file_id)
    return await event_stream(events, encoded, state.draining, ends=lambda event: isinstance(event, TERMINAL))


async def uploaded(
    request: Request[Any, Any, Any], principal: Principal, module_id: UUID | None, use_case: UploadFile
) -> Response[File]:
    once = await once_of(request, upload=True)
    incoming = await incoming_file(request, use_case.max_upload_bytes)
    return told(once, accepted(request, await use_case(principal, module_id, incoming, once=once)))


def accepted(request: Request[Any, Any, Any], file: File) -> Response[File]:
    return tagged(request, file, status=202, headers={"Location": f"/api/v1/files/{file.id}"})


HANDLERS = [
    upload_to_inbox,
    upload_to_module,
    list_files_of_module,
    list_files,
    get_file,
    patch_file,
    delete_file,
    reprocess_file,
    watch_file,
]
