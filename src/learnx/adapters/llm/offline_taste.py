"""What the offline model takes from a persona: which sentences suit a level, and the few framing lines it knows."""

from collections.abc import Mapping
from dataclasses import dataclass

from learnx.adapters.llm.offline_units import Unit
from learnx.domain.persona_effects import ENCOURAGEMENTS, FORMAT_STRENGTH, LEVELS, REMARKS
from learnx.domain.readability import reading_grade

_GREETING = {
    "casual": "Let's get going.",
    "friendly": "Welcome! Let's go through this together.",
}
_HONESTY = "This lesson is arranged from your document's own sentences; it doesn't make up analogies of its own."
_QUESTIONS = {
    "formal": "Answer the following questions before reading the answers.",
    "professional": "Test yourself: answer each question before you read on.",
    "casual": "Quick check: answer first, then look.",
    "friendly": "Now it's your turn: try to answer each question before you look at its answer.",
}
_BEGIN = ("Take your time with it.", "Keep going, and you will see how it fits together.")
_PRACTISE = ("Take your time with them.", "You have come a long way already, so trust yourself and keep going.")
_REMARK = "*You can read on without a helmet.*"
_REMARK_ON_EXAMPLES = "*You may try these at home.*"
_TRY = {
    "visual": "Sketch a diagram that connects the answers, and label it.",
    "auditory": "Say each answer aloud in your own words.",
    "reading": "",
    "kinesthetic": "Write each question on a card, answer it from memory, and sort the cards by how sure you were.",
}
#: What each grade outside of a level's costs a sentence, of a weight of about 2; and the most that is counted.
_GRADE_COST, _MOST_GRADES = 0.3, 12.0


@dataclass(frozen=True, slots=True)
class Taste:
    """A persona as far as arranging sentences can follow it; the defaults are those of the plain lesson."""

    level: str = ""
    format: str = "reading"
    second_format: str = "reading"
    examples: int = 1
    summary: str = "bullet_points"
    tone: str = "professional"
    encouragement: str = "minimal"
    humor: str = "none"

    @classmethod
    def of(cls, persona: Mapping[str, object]) -> "Taste":
        def field(path: str, default: str) -> str:
            value = persona.get(path, default)
            return value if isinstance(value, str) else default

        strength = persona.get("learningStyle.strength", 0.5)
        weak = isinstance(strength, int | float) and strength < FORMAT_STRENGTH
        examples = persona.get("contentPreferences.examplesPerConcept", 1)
        return cls(
            level=field("professional.technicalLevel", ""),
            format="reading" if weak else field("learningStyle.primary", "reading"),
            second_format="reading" if weak else field("learningStyle.secondary", "reading"),
            examples=examples if isinstance(examples, int) else 1,
            summary=field("contentPreferences.summaryStyle", "bullet_points"),
            tone=field("communication.tone", "professional"),
            encouragement=field("communication.encouragementLevel", "minimal"),
            humor=field("communication.humorTolerance", "none"),
        )

    def suits(self, unit: Unit) -> float:
        """What a level adds to the weight of a unit: the nearer to its grades the better; definitions for beginners,
        figures for experts. In other languages than English the grade is but a measure of length, which orders, too."""
        level = LEVELS.get(self.level)  # type: ignore[call-overload]
        if level is None:
            return 0.0
        grade = reading_grade(" ".join(statement.text for statement in unit.members))
        away = level.distance(grade) if grade is not None else 0.0
        first = unit.first
        bonus = {"beginner": 0.6 * first.defines, "expert": 0.12 * min(first.figures, 4) - 0.5 * first.defines}
        return bonus.get(self.level, 0.0) - _GRADE_COST * min(away, _MOST_GRADES)

    def order(self, unit: Unit) -> bool:
        """False for what comes first: definitions for beginners, quantities for experts."""
        if self.level == "beginner":
            return not unit.first.defines
        return self.level == "expert" and not unit.first.figures

    @property
    def welcome(self) -> str:
        """The first lines of a lesson."""
        return self._in_tone(
            _GREETING.get(self.tone, ""),
            _HONESTY,
            *_BEGIN[: self._encouragements],
            _REMARK if self._remarks > 1 else "",
        )

    @property
    def before_questions(self) -> str:
        return self._in_tone(_QUESTIONS.get(self.tone, _QUESTIONS["professional"]), *_PRACTISE[: self._encouragements])

    @property
    def after_questions(self) -> list[str]:
        """Paragraphs, of the preferred format and of the second."""
        return [line for line in dict.fromkeys((_TRY.get(self.format), _TRY.get(self.second_format))) if line]

    @property
    def after_examples(self) -> str:
        return _REMARK_ON_EXAMPLES if self._remarks > 2 else ""

    @property
    def _encouragements(self) -> int:
        return ENCOURAGEMENTS.get(self.encouragement, 0)  # type: ignore[call-overload, no-any-return]

    @property
    def _remarks(self) -> int:
        return REMARKS.get(self.humor, 0)  # type: ignore[call-overload, no-any-return]

    def _in_tone(self, *lines: str) -> str:
        text = " ".join(filter(None, lines))
        return text.replace("doesn't", "does not").replace("Let's", "Let us") if self.tone == "formal" else text
