"""Personalisation in three steps: plan a lesson, know it by its key, write it."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

import msgspec

from learnx.domain.lesson_plan import LessonPlan, plan_lesson
from learnx.domain.lesson_writing import Brief, LessonDraft, write_lesson
from learnx.domain.lessons import LessonOptions
from learnx.domain.personas import Persona
from learnx.domain.prompts import PROMPT_VERSION, Excerpt

__all__ = ["Brief", "Excerpt", "LessonDraft", "LessonPlan", "generation_key", "plan_lesson", "write_lesson"]


def generation_key(
    *,
    owner: UUID,
    file_id: UUID,
    excerpts: Sequence[str],
    persona: Persona | None,
    options: LessonOptions,
    model: str,
) -> str:
    """SHA-256, in hex, over everything that a lesson depends on, as canonical JSON.

    ``excerpts`` are the content hashes of the chosen chunks in reading order. Of the persona only the fields count
    that the requested sections use, so a change of any other field keeps the stored lesson current.
    """
    used: dict[str, object] = {}
    if persona is not None:
        for section in options.sections:
            used.update(persona.used_in(section))
    content = {
        "excerpts": list(excerpts),
        "file": str(file_id),
        "focus": options.focus,
        "model": model,
        "owner": str(owner),
        "persona": None if persona is None else used,
        "prompt": PROMPT_VERSION,
        "sections": options.sections,
        "targetMinutes": options.target_minutes,
    }
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
