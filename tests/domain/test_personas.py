import msgspec
import pytest

from learnx.domain.errors import InvalidInput
from learnx.domain.lessons import SECTION_TYPES
from learnx.domain.personas import Interests, Persona, Professional, check_distinct


def test_the_shortest_valid_persona_is_one_interest() -> None:
    persona = msgspec.json.decode(b'{"interests": {"primary": ["chess"]}}', type=Persona)
    assert persona.professional.technical_level == "intermediate"
    assert persona.content_preferences.examples_per_concept == 1


@pytest.mark.parametrize(
    "content",
    [
        b'{"interests": {"primary": []}}',
        b'{"interests": {"primary": ["a", "b", "c", "d", "e", "f"]}}',
        b'{"interests": {"primary": [""]}}',
        b'{"interests": {"primary": ["  "]}}',
        b'{"interests": {"primary": ["\\u200b"]}}',
        b'{"interests": {"primary": ["\\u3164 \\ufeff\\u2800"]}}',
        b'{"interests": {"primary": ["a"]}, "professional": {"currentRole": "\\u00a0"}}',
        b'{"interests": {"primary": ["%s"]}}' % (b"x" * 101),
        b'{"interests": {"primary": ["a"]}, "contentPreferences": {"examplesPerConcept": 6}}',
        b'{"interests": {"primary": ["a"]}, "learningStyle": {"strength": 1.5}}',
        b'{"interests": {"primary": ["a"]}, "language": "not a language"}',
        b"{}",
    ],
)
def test_what_is_outside_of_the_limits_is_refused(content: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(content, type=Persona)


@pytest.mark.parametrize("interest", ["囲碁", "شطرنج", "♟️", "C", "👨\u200d👩\u200d👧", "می\u200cخواهم"])
def test_whatever_can_be_seen_is_an_interest(interest: str) -> None:
    persona = msgspec.convert({"interests": {"primary": [interest]}}, Persona)
    assert persona.interests.primary == (interest,)


def test_nothing_is_named_twice() -> None:
    check_distinct(Persona(interests=Interests(primary=("chess", "go"), secondary=("Chess",))))
    twice = Interests(primary=("chess", "go", " CHESS"), learning_topics=("a b", "a  B"))
    with pytest.raises(InvalidInput) as refused:
        check_distinct(Persona(interests=twice, professional=Professional(career_goals=("x", "x"))))
    assert [pointer for pointer, _ in refused.value.errors] == [
        "/professional/careerGoals/1",
        "/interests/primary/2",
        "/interests/learningTopics/1",
    ]


def test_every_field_says_which_sections_depend_on_it() -> None:
    persona = Persona(language="en", interests=Interests(primary=("chess",)))
    used = {path for section in SECTION_TYPES for path in persona.used_in(section)}
    declared = {"language"}
    for name, facet in msgspec.to_builtins(persona).items():
        if isinstance(facet, dict):
            declared |= {f"{name}.{field}" for field in facet}
    assert used == declared


def test_interests_never_reach_what_states_facts_alone() -> None:
    persona = Persona(interests=Interests(primary=("chess",)))
    assert not any(path.startswith("interests") for path in persona.used_in("summary"))
    assert "interests.primary" in persona.used_in("explanation")
