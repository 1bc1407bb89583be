"""What each section of a lesson depends on, as a key: a section whose key is stored need not be written again."""

import hashlib
from collections.abc import Mapping
from uuid import UUID

import msgspec

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import LessonOptions, SectionOutline
from learnx.domain.personas import Persona
from learnx.domain.prompts import PROMPT_VERSION
from learnx.domain.section_tasks import share


def section_keys(
    *,
    owner: UUID,
    file_id: UUID,
    title: str | None,
    language: str | None,
    plan: LessonPlan,
    hashes: Mapping[UUID, str],
    persona: Persona | None,
    options: LessonOptions,
    model: str,
) -> dict[str, str]:
    """Of every section of the plan, by its id: SHA-256, in hex, over all that its text depends on, as canonical JSON.

    ``hashes`` are the content hashes of the plan's chunks, at least. A section may rest on any of the plan's excerpts,
    so all of them count; of the persona, the fields that its type uses; of the options, what shapes it, which is why a
    section's key changes with its share of the lesson's length, and with what the other sections are about, but not
    with its place.
    """
    lesson = _sha256(
        {
            "excerpts": [hashes[chunk] for chunk in plan.chunk_ids],
            "file": str(file_id),
            "focus": options.focus,
            "language": language,
            "model": model,
            "outline": sorted([section.type, section.title] for section in plan.sections),
            "owner": str(owner),
            "prompt": PROMPT_VERSION,
            "targetMinutes": options.target_minutes,
            "title": title,
        }
    )
    used = {
        type_: None if persona is None else persona.used_in(type_)
        for type_ in {section.type for section in plan.sections}
    }
    return {
        section.id: _sha256(
            {
                "lesson": lesson,
                "persona": used[section.type],
                "share": share(plan, section),
                "title": section.title,
                "topic": _topic(plan, section),
                "type": section.type,
            }
        )
        for section in plan.sections
    }


def generation_key(plan: LessonPlan, keys: Mapping[str, str]) -> str:
    """The key of the whole lesson: SHA-256, in hex, over those of its sections, in the order of the plan."""
    return _sha256([keys[section.id] for section in plan.sections])


def _topic(plan: LessonPlan, section: SectionOutline) -> list[int]:
    """The places of a section's chunks among the plan's: ids would tell apart what has the same text."""
    about = frozenset(plan.topics.get(section.id, ()))
    if not about:
        return []
    return [place for place, chunk in enumerate(plan.chunk_ids) if chunk in about]


def _sha256(content: object) -> str:
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
