"""What a learner says of a lesson and of its sentences."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from learnx.application.feedback import DeleteFeedback, GiveFeedback, ListFeedback
from learnx.domain.feedback import Comment, Feedback, Rating
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.idempotency import IDEMPOTENT, once_of, told
from learnx.entrypoints.http.lessons import LessonId
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging

TAGS = ["Lessons"]
FEEDBACK = Paging[Feedback]("feedback", BY_TIME, lambda feedback: (feedback.created_at, feedback.id))

FeedbackId = Annotated[UUID, PathParameter(name="feedbackId")]
SentenceId = Annotated[str, Meta(min_length=1, max_length=40, examples=["s2.7"])]


class FeedbackRequest(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Of one sentence, or, without ``sentenceId``, of the whole lesson."""

    rating: Rating
    sentence_id: SentenceId | None = None
    comment: Comment | None = None


class FeedbackList(Listing[Feedback], frozen=True):
    pass


@post(
    "/lessons/{lessonId:str}/feedback",
    status_code=200,
    opt={"creates": True} | IDEMPOTENT,
    summary="Rate a lesson, or a sentence of it",
    tags=TAGS,
)
@inject
async def give_feedback(
    request: Request[Any, Any, Any],
    principal: Caller,
    lesson_id: LessonId,
    data: JSONBody[FeedbackRequest],
    use_case: FromDishka[GiveFeedback],
) -> Response[Feedback]:
    """201 the first time; again for the same sentence, or for the lesson: it replaces what was said, 200."""
    once = await once_of(request)
    kept, is_new = await use_case(
        principal, lesson_id, data.rating, sentence_id=data.sentence_id, comment=data.comment, once=once
    )
    return told(once, tagged(request, kept, status=201 if is_new else 200))


@get("/lessons/{lessonId:str}/feedback", summary="What I said of a lesson, newest first", tags=TAGS)
@inject
async def list_feedback(
    principal: Caller, lesson_id: LessonId, use_case: FromDishka[ListFeedback], limit: Limit = 20, cursor: Cursor = None
) -> FeedbackList:
    found = await use_case(principal, lesson_id, FEEDBACK.page(limit, cursor, lesson_id))
    items, after = FEEDBACK.cut(found, limit, lesson_id)
    return FeedbackList(items=items, next_cursor=after)


@delete("/lessons/{lessonId:str}/feedback/{feedbackId:str}", summary="Take back what I said", tags=TAGS)
@inject
async def delete_feedback(
    request: Request[Any, Any, Any],
    principal: Caller,
    lesson_id: LessonId,
    feedback_id: FeedbackId,
    use_case: FromDishka[DeleteFeedback],
) -> None:
    await use_case(principal, lesson_id, feedback_id, if_match(request))


HANDLERS = [give_feedback, list_feedback, delete_feedback]
