"""What the offline model takes from a persona: which sentences suit a level, and the few framing lines it knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from learnx.adapters.llm.offline_statements import Statement

_GREETING = {
    "formal": "",
    "professional": "",
    "casual": "Let's get going.",
    "friendly": "Welcome! Let's go through this together.",
}
_QUESTIONS = {
    "formal": "Answer the following questions before reading the answers.",
    "professional": "Test yourself: answer each question before you read on.",
    "casual": "Quick check: answer first, then look.",
    "friendly": "Now it's your turn: try to answer each question before you look at its answer.",
}
_ENCOURAGEMENT = {
    "minimal": "",
    "moderate": "Take your time with them.",
    "high": "You have come a long way already, so trust yourself and keep going!",
}
_FORMAT = {
    "visual": "Sketch a diagram that connects the answers, and label it.",
    "auditory": "Say each answer aloud in your own words.",
    "reading": "",
    "kinesthetic": "Write each question on a card, answer it from memory, and sort the cards by how sure you were.",
}


@dataclass(frozen=True, slots=True)
class Taste:
    """A persona as far as arranging sentences can follow it; the defaults are those of the plain lesson."""

    level: str = "intermediate"
    format: str = "reading"
    examples: int = 1
    summary: str = "bullet_points"
    tone: str = "professional"
    encouragement: str = "minimal"
    is_personal: bool = False

    @classmethod
    def of(cls, persona: Mapping[str, object]) -> "Taste":
        def field(path: str, default: str) -> str:
            value = persona.get(path, default)
            return value if isinstance(value, str) else default

        strength = persona.get("learningStyle.strength", 0.5)
        weak = isinstance(strength, int | float) and strength < 0.3
        examples = persona.get("contentPreferences.examplesPerConcept", 1)
        return cls(
            level=field("professional.technicalLevel", "intermediate"),
            format="reading" if weak else field("learningStyle.primary", "reading"),
            examples=examples if isinstance(examples, int) else 1,
            summary=field("contentPreferences.summaryStyle", "bullet_points"),
            tone=field("communication.tone", "professional"),
            encouragement=field("communication.encouragementLevel", "minimal"),
            is_personal=bool(persona),
        )

    def suits(self, statement: Statement) -> float:
        """What a level adds to the weight of a statement: definitions and short sentences for beginners, long ones
        with figures for experts."""
        if self.level == "beginner":
            return 0.6 * statement.defines - 0.05 * max(0, statement.words - 16) - 0.1 * min(statement.figures, 4)
        if self.level == "intermediate":
            return 0.0
        ease = 0.02 * min(statement.words, 35) + 0.12 * min(statement.figures, 4) - 0.5 * statement.defines
        return ease if self.level == "expert" else ease / 2

    @property
    def greeting(self) -> str:
        return _GREETING.get(self.tone, "")

    @property
    def before_questions(self) -> str:
        lines = (_QUESTIONS.get(self.tone, _QUESTIONS["professional"]), _ENCOURAGEMENT.get(self.encouragement, ""))
        return " ".join(filter(None, lines))

    @property
    def after_questions(self) -> str:
        return _FORMAT.get(self.format, "")
