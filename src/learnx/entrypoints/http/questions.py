"""Questions about a file, module or course: answered as a stream or whole, and what was answered before."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from learnx.application.conversations import GetAnswer
from learnx.application.lessons import StreamOver
from learnx.application.questions import (
    DEFAULT_PASSAGES,
    MOST_CHARACTERS,
    MOST_PASSAGES,
    AskQuestion,
    Inquiry,
    WriteAnswer,
)
from learnx.domain.answers import Answer
from learnx.domain.retrieval import Scope
from learnx.domain.values import VISIBLE
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import tagged
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.input import refuse
from learnx.entrypoints.http.lessons import EVENTS, LastEventId, lesson_events, position
from learnx.entrypoints.http.sse import MEDIA_TYPE

TAGS = ["Questions"]
ANSWER_EVENTS: dict[str, Any] = EVENTS | {"refuses": (402, 404, 409, 502), "returns": Answer, "zone": "asks"}
ABOUT_ONE_PLACE: dict[str, Any] = {"exactly_one": ("fileId", "moduleId", "courseId")}
PLACES = ("file_id", "module_id", "course_id")

AnswerId = Annotated[UUID, PathParameter(name="answerId")]
QuestionText = Annotated[str, Meta(min_length=1, max_length=MOST_CHARACTERS, pattern=VISIBLE)]
Passages = Annotated[int, Meta(ge=1, le=MOST_PASSAGES)]


class AskRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Exactly one of ``fileId``, ``moduleId`` and ``courseId``. ``contextWindow``: how many passages are looked at, at
    most; ``conversationId``: the question follows up on what was asked there, about the same place."""

    question: QuestionText
    file_id: UUID | None = None
    module_id: UUID | None = None
    course_id: UUID | None = None
    context_window: Passages = DEFAULT_PASSAGES
    conversation_id: UUID | None = None

    def inquiry(self) -> Inquiry:
        given = {name: place for name in PLACES if (place := getattr(self, name)) is not None}
        if len(given) != 1:
            refuse([("/fileId", "exactly one of fileId, moduleId and courseId must be given")])
        return Inquiry(
            question=self.question,
            scope=Scope(**given),
            passages=self.context_window,
            conversation_id=self.conversation_id,
        )


@post(
    "/ai/ask",
    status_code=200,
    opt=ANSWER_EVENTS | ABOUT_ONE_PLACE | IDEMPOTENT,
    summary="Ask about a file, module or course",
    tags=TAGS,
)
@inject
async def ask(
    request: Request[Any, Any, Any],
    principal: Caller,
    state: State,
    data: JSONBody[AskRequest],
    stream: FromDishka[AskQuestion],
    write: FromDishka[WriteAnswer],
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """The whole answer as JSON, or, with `Accept: text/event-stream`, the stream; `Last-Event-ID` is the stream's.

    Where the documents don't say, `answered` is false, and `sources` are the passages nearest to the question; the one
    sentence that says so cites them, as its event does in the stream.
    """
    inquiry, once = data.inquiry(), await once_of(request)
    if request.accept.best_match(["application/json", MEDIA_TYPE]) != MEDIA_TYPE:
        return told(once, tagged(request, await write(principal, inquiry, once=once)))
    try:
        events = await stream(principal, inquiry, resume=position(last_event_id), once=once)
        return told(once, await lesson_events(events, state))
    except StreamOver:
        return Response(None, status_code=204)


@get("/ai/answers/{answerId:str}", summary="A stored answer", tags=TAGS)
@inject
async def get_answer(
    request: Request[Any, Any, Any], principal: Caller, answer_id: AnswerId, use_case: FromDishka[GetAnswer]
) -> Response[Answer]:
    return tagged(request, await use_case(principal, answer_id))


HANDLERS = [ask, get_answer]
