"""Summaries: streamed while they are written, resumed, returned whole, kept and deleted."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from learnx.application.lessons import StreamOver
from learnx.application.summaries import DeleteSummary, GetSummary, ListSummaries, Summarize, WriteSummary
from learnx.application.summary_request import SummaryOrder
from learnx.domain.retrieval import Scope
from learnx.domain.summaries import LEAST_WORDS, MOST_WORDS, Summary, SummaryType
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.files import FileId
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.input import refuse
from learnx.entrypoints.http.lessons import LESSON_EVENTS, LastEventId, lesson_events, position
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging
from learnx.entrypoints.http.questions import ABOUT_ONE_PLACE
from learnx.entrypoints.http.sse import MEDIA_TYPE

TAGS = ["Summaries"]
SUMMARIES = Paging[Summary]("summaries", BY_TIME, lambda summary: (summary.created_at, summary.id))

SummaryId = Annotated[UUID, PathParameter(name="summaryId")]


class SummaryRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of one file, module or course. Without `maxWords` the length is what its kind and its documents make fitting."""

    file_id: UUID | None = None
    module_id: UUID | None = None
    course_id: UUID | None = None
    summary_type: SummaryType
    max_words: Annotated[int, Meta(ge=LEAST_WORDS, le=MOST_WORDS)] | None = None

    def order(self) -> SummaryOrder:
        places = {"file_id": self.file_id, "module_id": self.module_id, "course_id": self.course_id}
        given = [place for place in places.values() if place is not None]
        if len(given) != 1:
            refuse([("", "must name exactly one of fileId, moduleId and courseId")])
        return SummaryOrder(scope=Scope(**places), summary_type=self.summary_type, max_words=self.max_words)


class SummaryList(Listing[Summary], frozen=True):
    pass


@post(
    "/ai/summarize",
    status_code=200,
    opt=LESSON_EVENTS | ABOUT_ONE_PLACE | IDEMPOTENT | {"returns": Summary},
    summary="A summary of a file, module or course",
    tags=TAGS,
)
@inject
async def summarize(
    request: Request[Any, Any, Any],
    principal: Caller,
    state: State,
    data: JSONBody[SummaryRequest],
    stream: FromDishka[Summarize],
    write: FromDishka[WriteSummary],
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """The whole summary as JSON, or, with `Accept: text/event-stream`, as a lesson's stream of one section. It covers
    all that is ready there, evenly; a very long document in samples. What was summarized so before is replayed."""
    order, once = data.order(), await once_of(request)
    if request.accept.best_match(["application/json", MEDIA_TYPE]) != MEDIA_TYPE:
        return told(once, tagged(request, await write(principal, order, once=once)))
    try:
        events = await stream(principal, order, resume=position(last_event_id), once=once)
        return told(once, await lesson_events(events, state))
    except StreamOver:
        return Response(None, status_code=204)


@get("/summaries/{summaryId:str}", summary="A stored summary", tags=TAGS)
@inject
async def get_summary(
    request: Request[Any, Any, Any], principal: Caller, summary_id: SummaryId, use_case: FromDishka[GetSummary]
) -> Response[Summary]:
    return tagged(request, await use_case(principal, summary_id))


@delete("/summaries/{summaryId:str}", summary="Delete a stored summary", tags=TAGS)
@inject
async def delete_summary(
    request: Request[Any, Any, Any], principal: Caller, summary_id: SummaryId, use_case: FromDishka[DeleteSummary]
) -> None:
    await use_case(principal, summary_id, if_match(request))


@get("/files/{fileId:str}/summaries", summary="The stored summaries of a file, newest first", tags=TAGS)
@inject
async def list_summaries(
    principal: Caller, file_id: FileId, use_case: FromDishka[ListSummaries], limit: Limit = 20, cursor: Cursor = None
) -> SummaryList:
    found = await use_case(principal, file_id, SUMMARIES.page(limit, cursor, file_id))
    items, after = SUMMARIES.cut(found, limit, file_id)
    return SummaryList(items=items, next_cursor=after)


HANDLERS = [
    summarize,
    get_summary,
    delete_summary,
    list_summaries,
]
