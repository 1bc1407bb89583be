"""Related concepts are words of the passages, and not those that were asked about."""

from uuid import UUID

from learnx.domain.documents import Chunk
from learnx.domain.prompts import Excerpt
from learnx.domain.related_concepts import MOST, related_concepts


def excerpt(text: str, *headings: str) -> Excerpt:
    chunk = Chunk(
        id=UUID(int=1), file_id=UUID(int=2), index=0, text=text, heading_path=headings, token_count=1, content_hash=""
    )
    return Excerpt(number=1, chunk=chunk)


TEXT = (
    "The battle was won by William the Conqueror. After it, the Bayeux Tapestry was made for Bishop Odo, and feudalism "
    "came to England; feudalism lasted."
)


def test_headings_come_first_without_their_numbers() -> None:
    found = related_concepts("Who won the battle?", [excerpt(TEXT, "Part II. Normandy", "2.3 The Norman conquest")])
    assert found[:2] == ("The Norman conquest", "Normandy")


def test_names_and_what_a_passage_comes_back_to_follow() -> None:
    found = related_concepts("Who won the battle?", [excerpt(TEXT)])
    assert found == ("William", "Conqueror", "Bayeux Tapestry", "Bishop Odo", "England", "feudalism")
    assert len(found) <= MOST


def test_what_was_asked_about_is_left_out() -> None:
    assert "Bayeux Tapestry" not in related_concepts("What is the Bayeux Tapestry?", [excerpt(TEXT)])


def test_of_nothing_comes_nothing() -> None:
    assert related_concepts("Who?", []) == ()
    assert related_concepts("", [excerpt("…")]) == ()
