"""Conversations: what was asked about a place, one question after the other."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from dishka import FromDishka
from dishka.integrations.litestar import inject
from litestar import Request, Response, delete, get
from litestar.params import PathParameter, QueryParameter
from msgspec import UNSET, UnsetType

from learnx.application.conversations import DeleteConversation, GetConversation, ListAnswers, ListConversations
from learnx.domain.answers import Answer
from learnx.domain.conversations import Conversation
from learnx.domain.retrieval import Scope
from learnx.domain.values import Value
from learnx.entrypoints.http.auth import Caller
from learnx.entrypoints.http.conditional import if_match, tagged
from learnx.entrypoints.http.input import refuse
from learnx.entrypoints.http.lists import BY_TIME, Cursor, Limit, Listing, Paging

TAGS = ["Questions"]
ANSWERS = Paging[Answer]("answers", BY_TIME, lambda answer: (answer.created_at, answer.id))

ConversationId = Annotated[UUID, PathParameter(name="conversationId")]


class ConversationShown(Value):
    """Of one file, module or course: one of the three ids is there. ``title`` is its first question."""

    id: UUID
    file_id: UUID | UnsetType = UNSET
    module_id: UUID | UnsetType = UNSET
    course_id: UUID | UnsetType = UNSET
    title: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, conversation: Conversation) -> "ConversationShown":
        scope = conversation.scope
        return cls(
            id=conversation.id,
            file_id=scope.file_id or UNSET,
            module_id=scope.module_id or UNSET,
            course_id=scope.course_id or UNSET,
            title=conversation.title,
            created_at=conversation.created_at,
            updated_at=conversation.updated_at,
        )


CONVERSATIONS = Paging[ConversationShown](
    "conversations", BY_TIME, lambda conversation: (conversation.updated_at, conversation.id)
)


class ConversationList(Listing[ConversationShown], frozen=True):
    pass


class AnswerList(Listing[Answer], frozen=True):
    pass


@get("/ai/conversations", opt={"refuses": (404,)}, summary="Your conversations, last answered first", tags=TAGS)
@inject
async def list_conversations(
    principal: Caller,
    use_case: FromDishka[ListConversations],
    file_id: Annotated[UUID | None, QueryParameter(name="fileId")] = None,
    module_id: Annotated[UUID | None, QueryParameter(name="moduleId")] = None,
    course_id: Annotated[UUID | None, QueryParameter(name="courseId")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ConversationList:
    """All, or those about one place."""
    places = {"file_id": file_id, "module_id": module_id, "course_id": course_id}
    given = {name: place for name, place in places.items() if place is not None}
    if len(given) > 1:
        refuse([("fileId", "at most one of fileId, moduleId and courseId can be given")])
    scope = Scope(**given) if given else None
    narrowed = tuple(given.items())
    found = await use_case(principal, CONVERSATIONS.page(limit, cursor, *narrowed), scope)
    items, after = CONVERSATIONS.cut([ConversationShown.of(one) for one in found], limit, *narrowed)
    return ConversationList(items=items, next_cursor=after)


@get("/ai/conversations/{conversationId:str}", summary="A conversation", tags=TAGS)
@inject
async def get_conversation(
    request: Request[Any, Any, Any],
    principal: Caller,
    conversation_id: ConversationId,
    use_case: FromDishka[GetConversation],
) -> Response[ConversationShown]:
    return tagged(request, ConversationShown.of(await use_case(principal, conversation_id)))


@get("/ai/conversations/{conversationId:str}/answers", summary="Its answers, newest first", tags=TAGS)
@inject
async def list_answers(
    principal: Caller,
    conversation_id: ConversationId,
    use_case: FromDishka[ListAnswers],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> AnswerList:
    found = await use_case(principal, conversation_id, ANSWERS.page(limit, cursor, conversation_id))
    items, after = ANSWERS.cut(found, limit, conversation_id)
    return AnswerList(items=items, next_cursor=after)


@delete("/ai/conversations/{conversationId:str}", summary="Delete a conversation with its answers", tags=TAGS)
@inject
async def delete_conversation(
    request: Request[Any, Any, Any],
    principal: Caller,
    conversation_id: ConversationId,
    read: FromDishka[GetConversation],
    use_case: FromDishka[DeleteConversation],
) -> None:
    if "if-match" in request.headers:
        if_match(request)(ConversationShown.of(await read(principal, conversation_id)))
    await use_case(principal, conversation_id)


HANDLERS = [list_conversations, get_conversation, list_answers, delete_conversation]
