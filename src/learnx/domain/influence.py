"""Which fields of a persona shaped a sentence: what a learner is told when they ask why it was written like this."""

import re

from learnx.domain.lessons import SectionType, SentenceKind
from learnx.domain.personas import Persona
from learnx.domain.terms import terms

_ENCOURAGING = re.compile(
    r"!\W*$|\b(?:well done|great|you can|keep going|good job|nice|proud|progress|don['’]t worry)\b", re.I
)
_TO_TRY = re.compile(r"^\W*(?:try|draw|sketch|write|cover|build|say|explain|work|read|list|compare|mark|take)\b", re.I)


def because(persona: Persona | None, section: SectionType, kind: SentenceKind, text: str) -> tuple[str, ...]:
    """Paths of the fields that really apply: level and density choose facts, the summary's style and the number of
    examples arrange them; interests and work are named where an analogy is made of them; manner shapes framing."""
    if persona is None:
        return ()
    used = persona.used_in(section)
    if kind == "sourced":
        paths = ["professional.technicalLevel", "contentPreferences.density"]
        paths += ["contentPreferences.summaryStyle", "contentPreferences.examplesPerConcept"]
    elif kind == "analogy":
        paths = [path for path, value in used.items() if path in _MATERIAL and _mentions(text, value)]
        paths = paths or ["interests.primary"]
    else:
        paths = ["communication.tone"]
        if _ENCOURAGING.search(text):
            paths.append("communication.encouragementLevel")
        if _TO_TRY.match(text):
            paths.append("learningStyle.primary")
    return tuple(path for path in paths if path in used)


_MATERIAL = frozenset({"interests.primary", "interests.secondary", "professional.currentRole", "professional.industry"})


def _mentions(text: str, value: object) -> bool:
    said = frozenset(terms(text))
    entries = value if isinstance(value, list | tuple) else [value]
    return any(said & frozenset(terms(entry)) for entry in entries if isinstance(entry, str))
