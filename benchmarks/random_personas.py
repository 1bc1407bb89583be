"""Personas of learners who don't exist, and how such learners change their minds: drawn from a seeded generator."""

from random import Random
from typing import Any, get_args

import msgspec

from learnx.domain import personas
from learnx.domain.personas import Persona

_WORDS = (
    *("basketball", "cooking", "chess", "gardening", "photography", "sailing", "jazz", "pottery", "running"),
    *("astronomy", "knitting", "climbing", "cycling", "painting", "theatre", "birdwatching", "surfing", "baking"),
)
_ROLES = ("Medical student", "Nurse", "Software engineer", "Teacher", "Accountant", "Electrician", "Retired pilot")
_INDUSTRIES = ("Healthcare", "Education", "Finance", "Construction", "Logistics", "Energy")
_GOALS = ("Surgeon", "Head of department", "Own a workshop", "Pass the exam", "Change careers")


def _field(choices: Random, path: str) -> Any:
    match path:
        case "professional.currentRole":
            return choices.choice(_ROLES)
        case "professional.industry":
            return choices.choice(_INDUSTRIES)
        case "professional.experienceYears":
            return choices.randrange(30)
        case "professional.careerGoals":
            return choices.sample(_GOALS, 2)
        case "professional.technicalLevel":
            return choices.choice(get_args(personas.TechnicalLevel))
        case "interests.primary" | "interests.secondary" | "interests.learningTopics":
            return choices.sample(_WORDS, choices.randint(1, 4))
        case "learningStyle.primary" | "learningStyle.secondary":
            return choices.choice(get_args(personas.LearningFormat))
        case "learningStyle.strength" | "communication.technicalComfort":
            return choices.randrange(11) / 10
        case "contentPreferences.density":
            return choices.choice(get_args(personas.Density))
        case "contentPreferences.examplesPerConcept":
            return choices.randrange(6)
        case "contentPreferences.summaryStyle":
            return choices.choice(get_args(personas.SummaryStyle))
        case "communication.tone":
            return choices.choice(get_args(personas.Tone))
        case "communication.encouragementLevel":
            return choices.choice(get_args(personas.EncouragementLevel))
        case "communication.humorTolerance":
            return choices.choice(get_args(personas.HumorTolerance))
    raise ValueError(path)


_FACETS = {
    "professional": personas.Professional,
    "interests": personas.Interests,
    "learningStyle": personas.LearningStyle,
    "contentPreferences": personas.ContentPreferences,
    "communication": personas.Communication,
}
#: All fields but the language, which hardly anybody changes.
FIELDS = tuple(f"{facet}.{name}" for facet, type_ in _FACETS.items() for name in type_.governs)


def random_persona(choices: Random) -> Persona:
    """With every field filled in, as its form invites one to do: the longest that a prompt gets."""
    content: dict[str, dict[str, Any]] = {}
    for path in FIELDS:
        facet, name = path.split(".")
        content.setdefault(facet, {})[name] = _field(choices, path)
    return msgspec.convert(content, Persona)


def edited(persona: Persona, choices: Random) -> Persona:
    """With one field, any of them, set anew; now and then to what it was."""
    path = choices.choice(FIELDS)
    facet, name = path.split(".")
    content = msgspec.to_builtins(persona)
    content[facet][name] = _field(choices, path)
    return msgspec.convert(content, Persona)
