"""Lessons: streamed while they are written, resumed, returned whole, and kept."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, post
from litestar.datastructures import State
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from learnx.application.lesson_reading import ReadLesson, StreamLesson
from learnx.application.lessons import (
    DeleteLesson,
    FollowGeneration,
    GetLesson,
    LessonStream,
    ListLessons,
    StreamOver,
    placed,
)
from learnx.application.personalization import WriteLesson
from learnx.application.ports.generations import StreamPosition
from learnx.domain.errors import NotFound
from learnx.domain.lessons import SECTION_TYPES, TERMINAL, Failed, Lesson, LessonEvent, LessonOptions, LessonSectionType
from learnx.domain.values import VISIBLE
from learnx.entrypoints.http.auth import CHECKS_ACCOUNT, Caller
from learnx.entrypoints.http.conditional import if_match, known, represented, sent, tagged
from learnx.entrypoints.http.files import FileId
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.input import exact, named_as_parameters, refuse
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging
from learnx.entrypoints.http.sse import HEADERS, MEDIA_TYPE, encoded, event_stream

TAGS = ["Lessons"]
EVENTS: dict[str, Any] = {"events": LessonEvent}
LESSON_EVENTS = EVENTS | {"refuses": (402, 404, 409, 502), "zone": "generations"}
LESSONS = Paging[Lesson]("lessons", BY_TIME, lambda lesson: (lesson.created_at, lesson.id))

LessonId = Annotated[UUID, PathParameter(name="lessonId")]
GenerationId = Annotated[UUID, PathParameter(name="generationId")]
LastEventId = Annotated[
    str | None, HeaderParameter(name="Last-Event-ID", description="The id of the last event read: goes on after it.")
]
Sections = Annotated[
    tuple[LessonSectionType, ...],
    Meta(min_length=1, max_length=len(SECTION_TYPES), extra_json_schema={"uniqueItems": True}),
]
Focus = Annotated[str, Meta(min_length=1, max_length=200, pattern=VISIBLE)]
Minutes = Annotated[int, Meta(ge=1, le=60)]


class LessonRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``sections`` in the order in which they are wanted; ``persona`` off gives the plain lesson; ``fresh`` writes it
    anew though one is stored."""

    file_id: UUID
    sections: Sections = SECTION_TYPES
    focus: Focus | None = None
    target_minutes: Minutes | None = None
    persona: Literal["on", "off"] | bool = "on"
    fresh: bool = False

    def options(self) -> LessonOptions:
        if len(set(self.sections)) < len(self.sections):
            refuse([("/sections", "names a section twice")])
        return LessonOptions(
            sections=self.sections,
            focus=self.focus,
            target_minutes=self.target_minutes,
            persona=self.persona not in ("off", False),
        )


class LessonList(Listing[Lesson], frozen=True):
    pass


@get(
    "/ai/personalize/stream",
    opt=LESSON_EVENTS | CHECKS_ACCOUNT | {"comma_lists": {"sections": SECTION_TYPES}},
    summary="A lesson of a file, as a stream",
    tags=TAGS,
)
@inject
async def stream_lesson(
    principal: Caller,
    state: State,
    use_case: FromDishka[StreamLesson],
    file_id: Annotated[UUID, QueryParameter(name="fileId")],
    sections: Annotated[str | None, QueryParameter(description="A comma list; its order is kept.")] = None,
    focus: Annotated[
        str | None,
        QueryParameter(min_length=1, max_length=200, pattern=VISIBLE, description="What the lesson is to be about."),
    ] = None,
    target_minutes: Annotated[int | None, QueryParameter(name="targetMinutes", ge=1, le=60)] = None,
    persona: Annotated[Literal["on", "off"], QueryParameter(description="`off`: the plain lesson.")] = "on",
    fresh: Annotated[bool, QueryParameter(description="Write it anew though one is stored.")] = False,
    last_event_id: LastEventId = None,
) -> Response[Any]:
    given = {
        "fileId": str(file_id),
        "sections": [part.strip() for part in sections.split(",")] if sections is not None else None,
        "focus": focus,
        "targetMinutes": target_minutes,
    }
    with named_as_parameters():
        wanted = exact({name: value for name, value in given.items() if value is not None}, LessonRequest)
        options = msgspec.structs.replace(wanted.options(), persona=persona == "on")
    resume = position(last_event_id)
    try:
        return await lesson_events(
            await use_case(principal, file_id, options, whole_replay, fresh=fresh, resume=resume), state
        )
    except StreamOver:
        return Response(None, status_code=204)


@post(
    "/ai/personalize",
    status_code=200,
    opt=LESSON_EVENTS | IDEMPOTENT | {"returns": Lesson},
    summary="A lesson of a file",
    tags=TAGS,
)
@inject
async def personalize(
    request: Request[Any, Any, Any],
    principal: Caller,
    state: State,
    data: JSONBody[LessonRequest],
    stream: FromDishka[StreamLesson],
    write: FromDishka[WriteLesson],
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """The whole lesson as JSON, or, with `Accept: text/event-stream`, the stream; `Last-Event-ID` is the stream's."""
    options, once = data.options(), await once_of(request)
    if request.accept.best_match(["application/json", MEDIA_TYPE]) != MEDIA_TYPE:
        lesson = await write(principal, data.file_id, options, fresh=data.fresh, once=once)
        return told(once, tagged(request, lesson))
    resume = position(last_event_id)
    try:
        events = await stream(
            principal, data.file_id, options, whole_replay, fresh=data.fresh, resume=resume, once=once
        )
        return told(once, await lesson_events(events, state))
    except StreamOver:
        return Response(None, status_code=204)


@get("/ai/generations/{generationId:str}/events", opt=EVENTS, summary="Go on reading a lesson's stream", tags=TAGS)
@inject
async def follow_generation(
    principal: Caller,
    generation_id: GenerationId,
    state: State,
    use_case: FromDishka[FollowGeneration],
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """From its beginning, or after the event that `Last-Event-ID` names; 204 where that was the last."""
    try:
        return await lesson_events(await use_case(principal, generation_id, resume=position(last_event_id)), state)
    except StreamOver:
        return Response(None, status_code=204)


@get("/lessons/{lessonId:str}", opt=CHECKS_ACCOUNT, summary="A stored lesson", tags=TAGS)
@inject
async def get_lesson(
    request: Request[Any, Any, Any], principal: Caller, lesson_id: LessonId, use_case: FromDishka[ReadLesson]
) -> Response[Lesson]:
    return sent(request, await use_case(principal, lesson_id, represented, known=known(request)))


@delete("/lessons/{lessonId:str}", summary="Delete a stored lesson", tags=TAGS)
@inject
async def delete_lesson(
    request: Request[Any, Any, Any],
    principal: Caller,
    lesson_id: LessonId,
    read: FromDishka[GetLesson],
    use_case: FromDishka[DeleteLesson],
) -> None:
    if "if-match" in request.headers:
        if_match(request)(await read(principal, lesson_id))
    await use_case(principal, lesson_id)


@get("/files/{fileId:str}/lessons", summary="The stored lessons of a file, newest first", tags=TAGS)
@inject
async def list_lessons(
    principal: Caller, file_id: FileId, use_case: FromDishka[ListLessons], limit: Limit = 20, cursor: Cursor = None
) -> LessonList:
    found = await use_case(principal, file_id, LESSONS.page(limit, cursor, file_id))
    items, after = LESSONS.cut(found, limit, file_id)
    return LessonList(items=items, next_cursor=after)


async def lesson_events(stream: LessonStream | bytes, state: State) -> Response[Any]:
    if isinstance(stream, bytes):
        return Response(stream, media_type=MEDIA_TYPE, headers=HEADERS)
    return await event_stream(stream, message, state.draining, ends=lambda item: isinstance(item[1], TERMINAL))


def whole_replay(lesson: Lesson) -> bytes:
    return b"".join(map(message, placed(lesson)))


def message(item: tuple[StreamPosition, LessonEvent]) -> bytes:
    """A server that ends gives its last event no id, so that a reconnect goes on after the one before."""
    place, event = item
    draining = isinstance(event, Failed) and event.code == "SERVICE_UNAVAILABLE"
    return encoded(event, None if draining else place)


def position(last_event_id: str | None) -> StreamPosition | None:
    """Malformed is answered like foreign: 404."""
    if not last_event_id:
        return None
    try:
        generation, epoch, seq = last_event_id.split(".")
        if not (epoch.isdecimal() and seq.isdecimal() and len(epoch) <= 9 and len(seq) <= 9):
            raise ValueError(last_event_id)
        return StreamPosition(generation_id=UUID(generation), epoch=int(epoch), seq=int(seq))
    except ValueError as error:
        raise NotFound("event") from error


HANDLERS = [
    stream_lesson,
    personalize,
    follow_generation,
    get_lesson,
    delete_lesson,
    list_lessons,
]
