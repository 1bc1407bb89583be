"""What each field of a persona does to a lesson, in numbers: prompts ask for it, and the evaluation checks it.

Which sections a field is used in stands beside it in ``personas``.
"""

from learnx.domain.personas import (
    Density,
    EncouragementLevel,
    HumorTolerance,
    LearningFormat,
    SummaryStyle,
    TechnicalLevel,
    Tone,
)
from learnx.domain.values import Value


class Level(Value):
    """``grades`` are Flesch–Kincaid grades, first and last; ``sentence_words`` the most words of a sentence."""

    grades: tuple[int, int]
    sentence_words: int
    asks: str

    @property
    def target(self) -> float:
        return sum(self.grades) / 2

    def distance(self, grade: float) -> float:
        """How many grades a text is outside of the level's."""
        return max(self.grades[0] - grade, grade - self.grades[1], 0.0)


#: 6–8 is what health services ask of texts for the public; in 9–11 a subject is first taught, in 12–14 it is studied,
#: and papers are written from 14 on. By the formula the middle of a level has, at the 1.5 to 1.75 syllables a word that
#: such texts have, about 13, 17, 22 and 27 words a sentence; the bound is half as much again. In languages for which
#: there is no grade the bound is the level.
LEVELS: dict[TechnicalLevel, Level] = {
    "beginner": Level(
        grades=(6, 8),
        sentence_words=18,
        asks="one step at a time. Say what a term means in the sentence that first uses it, as far as the excerpts say "
        "it; at most 1 new term a sentence.",
    ),
    "intermediate": Level(
        grades=(9, 11),
        sentence_words=25,
        asks="reasons as well as facts. Say what a term means where the excerpts define it; at most 2 new terms a "
        "sentence.",
    ),
    "advanced": Level(
        grades=(12, 14),
        sentence_words=32,
        asks="mechanisms, conditions and limits. Define only terms that this document coins; no basics.",
    ),
    "expert": Level(
        grades=(14, 17),
        sentence_words=40,
        asks="quantities, assumptions and edge cases first. Define nothing; no basics.",
    ),
}
#: Words that explain one concept. A concept is what one heading of the document is about.
WORDS_PER_CONCEPT: dict[Density, int] = {"concise": 50, "balanced": 90, "comprehensive": 150}
DETAIL: dict[Density, str] = {
    "concise": "Only what carries the subject.",
    "balanced": "The main points with what is needed to follow them.",
    "comprehensive": "Also details, conditions and exceptions.",
}
SUMMARY: dict[SummaryStyle, str] = {
    "bullet_points": "As bullet points: every fact opens a line with “- ”.",
    "paragraphs": "As connected paragraphs: no list.",
    "outline": "As an outline: a “- ” line for each topic, its facts indented below it.",
}


class Manner(Value):
    """How framing sounds: what a tone allows of contractions and, in a section, of exclamation marks."""

    contractions: bool
    exclamations: int
    asks: str


TONES: dict[Tone, Manner] = {
    "formal": Manner(
        contractions=False, exclamations=0, asks="No contractions, no exclamation marks, and no “we” or “let us”."
    ),
    "professional": Manner(
        contractions=True, exclamations=0, asks="Address the reader as “you”; no exclamation marks."
    ),
    "casual": Manner(contractions=True, exclamations=1, asks="Contractions; at most 1 exclamation mark a section."),
    "friendly": Manner(
        contractions=True, exclamations=2, asks="Speak of “you” and “we”; at most 2 exclamation marks a section."
    ),
}
#: Sentences of encouragement in each section that has any.
ENCOURAGEMENTS: dict[EncouragementLevel, int] = {"minimal": 0, "moderate": 1, "high": 2}
#: The most remarks of a section: a remark is a sentence of its own in italics. More are retracted.
REMARKS: dict[HumorTolerance, int] = {"none": 0, "low": 1, "moderate": 2, "high": 3}
FORMATS: dict[LearningFormat, str] = {
    "visual": "Where the excerpts give comparable items, prefer a table or a list: half of the facts or more.",
    "auditory": "Phrase it so that it reads well aloud: no tables, no parentheses.",
    "reading": "Connected prose: no list unless the excerpts have one.",
    "kinesthetic": "Number what can be done or followed as steps: half of the facts or more.",
}
TRY: dict[LearningFormat, str] = {
    "visual": "End with one sentence that asks for a sketch.",
    "auditory": "End with one sentence that asks to say the answers aloud.",
    "reading": "",
    "kinesthetic": "End with one sentence that asks to do something with the answers.",
}
#: Below the first a format is no preference; above the second formulas stand by themselves, below the third not at all
#: without words.
FORMAT_STRENGTH, AT_HOME, UNEASY = 0.3, 0.7, 0.3


class Effect(Value):
    """``path`` names the field; ``offline`` says whether the model that arranges sentences shows it, too."""

    path: str
    effect: str
    checked: str
    offline: bool


def _effect(path: str, effect: str, checked: str, *, offline: bool = True) -> Effect:
    return Effect(path=path, effect=effect, checked=checked, offline=offline)


EFFECTS: tuple[Effect, ...] = (
    _effect("language", "the language of all that is not quoted", "function words", offline=False),
    _effect(
        "professional.technicalLevel",
        "the grade that a text takes, the longest sentence, which prerequisites are bridged; facts beyond a core",
        "grades outside of the level's; the core is the same at all levels",
    ),
    _effect("professional.currentRole", "material of analogies", "named in because where named in text", offline=False),
    _effect("professional.industry", "material of analogies", "named in because where named in text", offline=False),
    _effect("professional.experienceYears", "what an introduction ties in with", "the prompt alone", offline=False),
    _effect(
        "professional.careerGoals",
        "what an introduction leads to",
        "named in because where named in text",
        offline=False,
    ),
    _effect("interests.primary", "analogies, at most one a concept", "analogies counted by concept", offline=False),
    _effect("interests.secondary", "analogies of examples, at most one a concept", "as above", offline=False),
    _effect(
        "interests.learningTopics",
        "what an introduction leads to",
        "named in because where named in text",
        offline=False,
    ),
    _effect("learningStyle.primary", "the layout: table, list, steps or prose; what is tried", "lines that are listed"),
    _effect("learningStyle.strength", f"below {FORMAT_STRENGTH} no layout is preferred", "lines that are listed"),
    _effect("learningStyle.secondary", "one more thing to try at the end of the practice", "sentences that ask to try"),
    _effect("contentPreferences.density", "words per concept", "words of explanations / concepts"),
    _effect("contentPreferences.examplesPerConcept", "examples per concept, 0: one in all", "examples / concepts"),
    _effect("contentPreferences.summaryStyle", "bullets, paragraphs or outline", "how lines of the summary open"),
    _effect("communication.tone", "contractions and exclamation marks of framing", "both counted in framing"),
    _effect("communication.encouragementLevel", "0, 1 or 2 encouraging sentences a section", "counted by their words"),
    _effect(
        "communication.technicalComfort",
        f"from {AT_HOME} formulas by themselves, below {UNEASY} only with words",
        "the prompt alone",
        offline=False,
    ),
    _effect("communication.humorTolerance", "at most 0, 1, 2 or 3 remarks in italics a section", "remarks counted"),
)
