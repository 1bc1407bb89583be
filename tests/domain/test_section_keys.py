import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import FILE, brief, chunks

from learnx.domain.lesson_plan import LessonPlan
from learnx.domain.lessons import SECTION_TYPES, LessonOptions, SectionType
from learnx.domain.personalization import generation_key, section_keys
from learnx.domain.personas import Interests, Persona
from learnx.domain.prompts import build_prompt

LEARNER = Persona(interests=Interests(primary=("chess",)))
FACETS = ("professional", "interests", "learning_style", "content_preferences", "communication")
#: Of every field of a persona, a few values that are not those of ``LEARNER``.
OTHER_VALUES: dict[str, tuple[object, ...]] = {
    "language": ("de", "pt-BR"),
    "professional.current_role": ("Nurse", "Cook"),
    "professional.industry": ("Healthcare", "Shipping"),
    "professional.experience_years": (0, 7),
    "professional.career_goals": (("Surgeon",), ("Surgeon", "Dean")),
    "professional.technical_level": ("beginner", "expert"),
    "interests.primary": (("cooking",), ("chess", "cooking")),
    "interests.secondary": (("travel",), ("chess",)),
    "interests.learning_topics": (("anatomy",), ("chess",)),
    "learning_style.primary": ("visual", "kinesthetic"),
    "learning_style.strength": (0.0, 0.9),
    "learning_style.secondary": ("auditory", "reading"),
    "content_preferences.density": ("concise", "comprehensive"),
    "content_preferences.examples_per_concept": (0, 5),
    "content_preferences.summary_style": ("outline", "paragraphs"),
    "communication.tone": ("formal", "casual"),
    "communication.encouragement_level": ("minimal", "high"),
    "communication.technical_comfort": (0.0, 1.0),
    "communication.humor_tolerance": ("none", "high"),
}


def with_field(persona: Persona, path: str, value: object) -> Persona:
    facet, _, name = path.rpartition(".")
    if not facet:
        return msgspec.structs.replace(persona, **{name: value})
    changed = msgspec.structs.replace(getattr(persona, facet), **{name: value})
    return msgspec.structs.replace(persona, **{facet: changed})


def governed_by(path: str) -> frozenset[SectionType]:
    """What the persona itself says next to the field."""
    facet, _, name = path.rpartition(".")
    governs = (getattr(LEARNER, facet) if facet else LEARNER).governs
    (camel,) = [one for one in governs if one.lower() == name.replace("_", "")]
    return governs[camel]  # type: ignore[no-any-return]


def keys_by_type(options: LessonOptions | None = None, **changes: object) -> dict[SectionType, set[str]]:
    keys, plan = keys_and_plan(options, **changes)
    found: dict[SectionType, set[str]] = {}
    for section in plan.sections:
        found.setdefault(section.type, set()).add(keys[section.id])
    return found


def keys_and_plan(options: LessonOptions | None = None, **changes: object) -> tuple[dict[str, str], LessonPlan]:
    made = brief(options=options)
    arguments: dict[str, object] = {
        "owner": UUID(int=7),
        "file_id": FILE,
        "title": "Cells and water",
        "language": "en",
        "plan": made.plan,
        "hashes": {chunk.id: chunk.content_hash for chunk in chunks()},
        "persona": LEARNER,
        "options": made.options,
        "model": "offline",
        **changes,
    }
    return section_keys(**arguments), arguments["plan"]  # type: ignore[arg-type, return-value]


def personas() -> st.SearchStrategy[Persona]:
    @st.composite
    def drawn(draw: st.DrawFn) -> Persona:
        persona = LEARNER
        for path in draw(st.lists(st.sampled_from(sorted(OTHER_VALUES)), max_size=4)):
            persona = with_field(persona, path, draw(st.sampled_from(OTHER_VALUES[path])))
        return persona

    return drawn()


def test_every_field_of_a_persona_is_looked_at_here() -> None:
    def fields() -> Iterator[str]:
        for field in msgspec.structs.fields(Persona):
            if field.name not in FACETS:
                yield field.name
                continue
            yield from (f"{field.name}.{name}" for name in type(getattr(LEARNER, field.name)).__struct_fields__)

    assert set(fields()) == set(OTHER_VALUES)


def test_each_section_has_a_sha256_of_its_own_and_the_same_for_the_same_request() -> None:
    keys, plan = keys_and_plan()
    assert keys == keys_and_plan()[0]
    assert list(keys) == [section.id for section in plan.sections]
    assert len(set(keys.values())) == len(keys)
    assert all(len(bytes.fromhex(key)) == 32 for key in keys.values())


@pytest.mark.parametrize("type_", SECTION_TYPES)
@pytest.mark.parametrize("path", sorted(OTHER_VALUES))
def test_a_field_changes_the_keys_of_the_sections_that_use_it_and_of_no_other(path: str, type_: SectionType) -> None:
    for value in OTHER_VALUES[path]:
        changed = keys_by_type(persona=with_field(LEARNER, path, value))
        if type_ in governed_by(path):
            assert changed[type_].isdisjoint(keys_by_type()[type_])
        else:
            assert changed[type_] == keys_by_type()[type_]


@given(personas(), personas())
def test_a_sections_key_is_the_same_where_a_model_would_be_asked_the_same_for_it(one: Persona, other: Persona) -> None:
    keys, plan = keys_and_plan(persona=one)
    others, _ = keys_and_plan(persona=other)
    made = brief()

    def asked(section_id: str, persona: Persona) -> str:
        return build_prompt(
            excerpts=made.excerpts,
            plan=plan,
            sections=[section for section in plan.sections if section.id == section_id],
            options=made.options,
            persona=persona,
            title=made.file_title,
            language=made.language,
        ).text

    for section in plan.sections:
        same = keys[section.id] == others[section.id]
        assert same == (asked(section.id, one) == asked(section.id, other))


@pytest.mark.parametrize(
    "change",
    [
        {"owner": UUID(int=8)},
        {"file_id": UUID(int=8)},
        {"title": "Cells"},
        {"language": "de"},
        {"hashes": {chunk.id: f"other {chunk.content_hash}" for chunk in chunks()}},
        {"persona": None},
        {"model": "openai/x"},
        {"options": LessonOptions(focus="energy")},
        {"options": LessonOptions(target_minutes=5)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_all_sections_depend_on_changes_every_key(change: dict[str, object]) -> None:
    keys, _ = keys_and_plan()
    changed, _ = keys_and_plan(**change)  # type: ignore[arg-type]
    assert changed.keys() == keys.keys()
    assert set(changed.values()).isdisjoint(keys.values())


def test_ids_of_chunks_are_not_part_of_a_key_and_their_order_is() -> None:
    keys, plan = keys_and_plan()
    ids = {chunk: UUID(int=chunk.int + 1000) for chunk in plan.chunk_ids}
    renamed = LessonPlan(
        sections=plan.sections,
        chunk_ids=tuple(ids[chunk] for chunk in plan.chunk_ids),
        topics={section: tuple(ids[chunk] for chunk in topic) for section, topic in plan.topics.items()},
    )
    hashes = {ids[chunk.id]: chunk.content_hash for chunk in chunks()}
    assert keys_and_plan(plan=renamed, hashes=hashes)[0] == keys
    turned = msgspec.structs.replace(renamed, chunk_ids=renamed.chunk_ids[::-1])
    assert set(keys_and_plan(plan=turned, hashes=hashes)[0].values()).isdisjoint(keys.values())


def test_a_section_keeps_its_key_in_another_place_and_not_with_another_share_of_the_length() -> None:
    forwards = keys_by_type(LessonOptions(sections=("introduction", "summary")))
    assert keys_by_type(LessonOptions(sections=("summary", "introduction"))) == forwards
    alone = keys_by_type(LessonOptions(sections=("summary",)))
    assert alone["summary"] != forwards["summary"]


def test_a_lessons_key_is_made_of_its_sections_keys_in_their_order() -> None:
    keys, plan = keys_and_plan()
    assert len(bytes.fromhex(generation_key(plan, keys))) == 32
    assert generation_key(plan, keys) == generation_key(plan, dict(reversed(keys.items())))
    turned = msgspec.structs.replace(plan, sections=plan.sections[::-1])
    assert generation_key(turned, keys) != generation_key(plan, keys)
    for section in plan.sections:
        assert generation_key(plan, {**keys, section.id: "0" * 64}) != generation_key(plan, keys)


def test_keys_are_the_same_in_every_process() -> None:
    program = (
        "import json; from tests.domain.test_section_keys import keys_and_plan; print(json.dumps(keys_and_plan()[0]))"
    )
    for seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert json.loads(printed) == keys_and_plan()[0]
