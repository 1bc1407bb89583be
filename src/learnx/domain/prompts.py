"""What a model is asked, in an order that makes its long part a prefix shared by every learner of a document."""

from learnx.domain.values import Value

PROMPT_VERSION = "1"


class Prompt(Value):
    """rules → excerpts → persona → task; the first two are the same for all learners of the same bytes."""

    rules: str
    excerpts: str
    persona: str
    task: str
