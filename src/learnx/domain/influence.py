"""Which fields of a persona shaped a sentence: what a learner is told when they ask why it was written like this."""

import re
from collections.abc import Iterable

from learnx.domain.lessons import SectionType, SentenceKind
from learnx.domain.persona_bounds import is_remark
from learnx.domain.persona_effects import AT_HOME, FORMAT_STRENGTH, UNEASY
from learnx.domain.personas import LearningFormat, Persona
from learnx.domain.terms import folded, terms, word_list, words

#: What encouragement is told by.
ENCOURAGING = re.compile(
    r"\b(?:well done|you can (?:do|manage)|keep (?:going|it up)|good job|nice work|great work|proud|don['’]t worry"
    r"|do not worry|take your time|trust yourself|no rush|you(?:['’]ve| have) come"
    r"|you(?:['’]re| are) (?:doing|making))\b",
    re.IGNORECASE,
)
_TO_TRY: dict[LearningFormat, re.Pattern[str]] = {
    "visual": re.compile(r"\b(?:draw|sketch|diagram|map|picture)\b", re.IGNORECASE),
    "auditory": re.compile(r"\b(?:aloud|say|tell|listen|discuss)\b", re.IGNORECASE),
    "reading": re.compile(r"(?!)"),
    "kinesthetic": re.compile(r"\b(?:try|write|build|make|cards?|walk|move|mark|do it|step)\b", re.IGNORECASE),
}
_LAID_OUT = frozenset({"visual", "kinesthetic"})
_STOP = re.compile(r"[.!?…:;。！？؟।][\"'”’»)*_\s]*$")
_QUESTION = re.compile(r"[?？؟][\"'”’»)*_\s]*$")
_FORMULA = re.compile(r"[=≤≥≈→⇌∑∫√±×÷∝^$]|\\[a-z]+")
_OF_YEARS = re.compile(r"\b(?:years?|experienced?|newcomer|beginner|veteran)\b", re.IGNORECASE)
#: Words that are frequent in English and in no other language that is written with its letters.
_ENGLISH = frozenset(
    word_list("the of and to is it that for with this are as your you we what how by not let's each from have its")
)
_MATERIAL = ("interests.primary", "interests.secondary", "professional.currentRole", "professional.industry")
_LEADS_TO = (
    "professional.careerGoals",
    "interests.learningTopics",
    "professional.currentRole",
    "professional.industry",
)
_CHOICE = ("professional.technicalLevel", "contentPreferences.density")
_EXAMPLES, _SUMMARY = "contentPreferences.examplesPerConcept", "contentPreferences.summaryStyle"
_FORMAT = ("learningStyle.primary", "learningStyle.strength")


def because(
    persona: Persona | None, section: SectionType, kind: SentenceKind, text: str, *, listed: bool = False
) -> tuple[str, ...]:
    """Paths of the fields that apply, of those that the section uses; none without a persona.

    Level and density choose facts, the number of examples and the summary's style too, where they belong. A layout is
    named where it shows, ``listed``: in an item of a list or a table. Interests and work are named where an analogy is
    made of them. Tone, encouragement, remarks and what is to be tried shape framing; a title is nobody's.
    """
    if persona is None:
        return ()
    used = persona.used_in(section)
    if kind == "sourced":
        paths = [*_CHOICE, _EXAMPLES, _SUMMARY, *_layout(persona, section, listed), *_formulas(persona, text)]
    elif kind == "analogy":
        paths = [path for path in _MATERIAL if _mentions(text, used.get(path), whole=False)] or ["interests.primary"]
    else:
        paths = list(_of_framing(persona, section, text, used))
    if kind != "sourced" and persona.language and _is_in(persona.language, text):
        paths.append("language")
    return tuple(path for path in dict.fromkeys(paths) if path in used)


def _of_framing(persona: Persona, section: SectionType, text: str, used: dict[str, object]) -> Iterable[str]:
    if not _STOP.search(text):
        yield from {"explanation": _CHOICE[1:], "summary": (_SUMMARY, _CHOICE[1])}.get(section, ())
        return
    if section == "practice" and _QUESTION.search(text):
        yield from _CHOICE
        return
    yield "communication.tone"
    if section == "examples":
        yield from (*_CHOICE, _EXAMPLES)
    if is_remark(text):
        yield "communication.humorTolerance"
    if ENCOURAGING.search(text):
        yield "communication.encouragementLevel"
    elif section == "practice":
        yield from _to_try(persona, text)
    yield from (path for path in _LEADS_TO if _mentions(text, used.get(path), whole=True))
    if persona.professional.experience_years is not None and _OF_YEARS.search(text):
        yield "professional.experienceYears"


def _layout(persona: Persona, section: SectionType, listed: bool) -> tuple[str, ...]:
    style = persona.learning_style
    shows = listed and section == "explanation" and style.primary in _LAID_OUT and style.strength >= FORMAT_STRENGTH
    return _FORMAT if shows else ()


def _formulas(persona: Persona, text: str) -> tuple[str, ...]:
    decided = not UNEASY <= persona.communication.technical_comfort < AT_HOME
    return ("communication.technicalComfort",) if decided and _FORMULA.search(text) else ()


def _to_try(persona: Persona, text: str) -> Iterable[str]:
    style = persona.learning_style
    if style.strength < FORMAT_STRENGTH:
        return
    if _TO_TRY[style.primary].search(text):
        yield from _FORMAT
    if style.secondary and _TO_TRY[style.secondary].search(text):
        yield from ("learningStyle.secondary", "learningStyle.strength")


def _mentions(text: str, value: object, *, whole: bool) -> bool:
    """Whether it has a term of an entry, or, ``whole``, all of them."""
    said = frozenset(terms(text))
    entries = value if isinstance(value, list | tuple) else [value]
    found = [frozenset(terms(entry)) for entry in entries if isinstance(entry, str)]
    return any(entry and (entry <= said if whole else bool(entry & said)) for entry in found)


def _is_in(language: str, text: str) -> bool:
    """Whether a text is in the language that is asked for, as far as function words tell: English, or another one."""
    said = words(folded(text))
    is_english = bool(said) and 6 * sum(word in _ENGLISH for word in said) >= len(said)
    return is_english == (language.partition("-")[0].lower() == "en")
