"""What answers questions about a learner's documents, and keeps the answers."""

from dishka import Provider, Scope, provide_all

from learnx.application import conversations
from learnx.application.answer_author import AnswerAuthor
from learnx.application.questions import AskQuestion, WriteAnswer
from learnx.application.retrieval import RetrievePassages


class Questions(Provider):
    scope = Scope.APP
    use_cases = provide_all(
        RetrievePassages,
        AnswerAuthor,
        AskQuestion,
        WriteAnswer,
        conversations.ListConversations,
        conversations.GetConversation,
        conversations.ListAnswers,
        conversations.GetAnswer,
        conversations.DeleteConversation,
    )
