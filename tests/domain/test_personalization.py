from uuid import UUID

import msgspec
import pytest
from tests.domain.lesson_material import FILE

from learnx.domain.lessons import LessonOptions
from learnx.domain.personalization import generation_key
from learnx.domain.personas import Communication, ContentPreferences, Interests, Persona, Professional

LEARNER = Persona(interests=Interests(primary=("chess",)))


def key(**changes: object) -> str:
    arguments: dict[str, object] = {
        "owner": UUID(int=7),
        "file_id": FILE,
        "excerpts": ["a", "b"],
        "persona": LEARNER,
        "options": LessonOptions(),
        "model": "offline",
    }
    return generation_key(**{**arguments, **changes})  # type: ignore[arg-type]


def test_a_key_is_a_sha256_and_the_same_for_the_same_request() -> None:
    assert key() == key()
    assert len(bytes.fromhex(key())) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"owner": UUID(int=8)},
        {"file_id": UUID(int=8)},
        {"excerpts": ["a", "c"]},
        {"excerpts": ["b", "a"]},
        {"persona": None},
        {"persona": Persona(interests=Interests(primary=("cooking",)))},
        {"persona": msgspec.structs.replace(LEARNER, content_preferences=ContentPreferences(density="concise"))},
        {"persona": msgspec.structs.replace(LEARNER, language="de")},
        {"options": LessonOptions(focus="energy")},
        {"options": LessonOptions(target_minutes=5)},
        {"options": LessonOptions(sections=("summary",))},
        {"model": "openai/x"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_everything_that_a_lesson_depends_on_changes_its_key(change: dict[str, object]) -> None:
    assert key(**change) != key()


@pytest.mark.parametrize(
    "changed",
    [
        msgspec.structs.replace(LEARNER, interests=Interests(primary=("cooking",))),
        msgspec.structs.replace(LEARNER, professional=Professional(current_role="Nurse")),
        msgspec.structs.replace(LEARNER, content_preferences=ContentPreferences(examples_per_concept=5)),
        msgspec.structs.replace(LEARNER, communication=Communication(humor_tolerance="high")),
    ],
)
def test_a_field_that_the_sections_do_not_use_leaves_their_key_alone(changed: Persona) -> None:
    summary = LessonOptions(sections=("summary",))
    assert key(persona=changed, options=summary) == key(options=summary)
    assert key(persona=changed) != key()
