"""What was asked and answered, as it is kept: listed, read and deleted."""

from dataclasses import dataclass
from uuid import UUID

from learnx.application.ports.database import Database
from learnx.application.ports.paging import Page
from learnx.domain.answers import Answer
from learnx.domain.conversations import Conversation
from learnx.domain.identity import Principal
from learnx.domain.retrieval import Scope


@dataclass(frozen=True, slots=True)
class ListConversations:
    """Last answered first; of one place where it is given."""

    database: Database

    async def __call__(self, principal: Principal, page: Page, scope: Scope | None = None) -> list[Conversation]:
        async with self.database.transaction(principal.user_id) as tx:
            if scope is not None and scope.file_id is not None:
                await tx.files.get(scope.file_id)
            if scope is not None and scope.module_id is not None:
                await tx.modules.get(scope.module_id)
            if scope is not None and scope.course_id is not None:
                await tx.courses.get(scope.course_id)
            return await tx.conversations.page(page, scope=scope)


@dataclass(frozen=True, slots=True)
class GetConversation:
    database: Database

    async def __call__(self, principal: Principal, conversation_id: UUID) -> Conversation:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.conversations.get(conversation_id)


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """Of a conversation, newest first."""

    database: Database

    async def __call__(self, principal: Principal, conversation_id: UUID, page: Page) -> list[Answer]:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.conversations.get(conversation_id)
            return await tx.answers.page(conversation_id, page)


@dataclass(frozen=True, slots=True)
class GetAnswer:
    database: Database

    async def __call__(self, principal: Principal, answer_id: UUID) -> Answer:
        async with self.database.transaction(principal.user_id) as tx:
            return await tx.answers.get(answer_id)


@dataclass(frozen=True, slots=True)
class DeleteConversation:
    """With its answers."""

    database: Database

    async def __call__(self, principal: Principal, conversation_id: UUID) -> None:
        async with self.database.transaction(principal.user_id) as tx:
            await tx.conversations.delete(conversation_id)
            await tx.commit()
