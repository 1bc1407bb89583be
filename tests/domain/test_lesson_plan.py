from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.lesson_plan import MAX_TOPICS, plan_lesson
from learnx.domain.lessons import LessonOptions
from learnx.domain.retrieval import ChunkOutline


def outline(*headings: tuple[str, ...], tokens: int = 100) -> list[ChunkOutline]:
    return [
        ChunkOutline(
            id=UUID(int=index + 1), index=index, heading_path=path, token_count=tokens, content_hash=str(index)
        )
        for index, path in enumerate(headings)
    ]


def chosen_headings(found: list[ChunkOutline], chunk_ids: tuple[UUID, ...]) -> list[str]:
    by_id = {chunk.id: chunk for chunk in found}
    return [by_id[chunk].heading_path[0] for chunk in chunk_ids]


def test_a_short_document_is_read_whole_and_in_order() -> None:
    found = outline(("A",), ("A", "a"), ("B",))
    plan = plan_lesson(found, LessonOptions(), budget_tokens=1_000)
    assert plan.chunk_ids == tuple(chunk.id for chunk in found)


def test_a_long_document_is_covered_evenly_over_its_top_level_sections() -> None:
    found = outline(
        *[(chapter, str(part)) for chapter, size in zip("ABCD", (40, 10, 5, 2), strict=True) for part in range(size)]
    )
    plan = plan_lesson(found, LessonOptions(), budget_tokens=1_200)
    assert len(plan.chunk_ids) == 12
    headings = chosen_headings(found, plan.chunk_ids)
    assert [headings.count(chapter) for chapter in "ABCD"] == [4, 3, 3, 2]


def test_more_chapters_than_there_is_room_for_are_sampled_from_all_over_the_book() -> None:
    found = outline(*[(f"{chapter:03}", "text") for chapter in range(100)])
    plan = plan_lesson(found, LessonOptions(), budget_tokens=800)
    numbers = [int(heading) for heading in chosen_headings(found, plan.chunk_ids)]
    assert len(numbers) == 8
    assert numbers[-1] - numbers[0] > 60
    assert max(later - earlier for earlier, later in pairwise(numbers)) <= 34


def test_what_teaches_nothing_is_left_out_unless_there_is_nothing_else() -> None:
    found = outline(("Contents",), ("Cells",), ("References",), ("Acknowledgments",))
    assert plan_lesson(found, LessonOptions(), budget_tokens=1_000).chunk_ids == (found[1].id,)
    apparatus = outline(("Contents",), ("References",))
    assert len(plan_lesson(apparatus, LessonOptions(), budget_tokens=1_000).chunk_ids) == 2


def test_with_a_focus_the_ranking_decides_and_the_reading_order_returns() -> None:
    found = outline(*[(str(part),) for part in range(10)])
    ranked = [found[7].id, found[2].id, found[9].id, found[1].id]
    plan = plan_lesson(found, LessonOptions(focus="x"), budget_tokens=300, ranked=ranked)
    assert plan.chunk_ids == (found[2].id, found[7].id, found[9].id)


def test_a_topic_gets_an_explanation_of_its_own() -> None:
    found = outline(("Book", "Cells", "Walls"), ("Book", "Cells"), ("Book", "Water"))
    plan = plan_lesson(found, LessonOptions(), budget_tokens=1_000)
    explained = [section for section in plan.sections if section.type == "explanation"]
    assert [section.title for section in explained] == ["Cells", "Water"]
    assert plan.topics == {explained[0].id: (found[0].id, found[1].id), explained[1].id: (found[2].id,)}
    assert [section.id for section in plan.sections] == [f"s{place}" for place in range(1, len(plan.sections) + 1)]


def test_many_topics_are_put_together_with_their_neighbours() -> None:
    found = outline(*[(f"Chapter {number}",) for number in range(30)])
    plan = plan_lesson(found, LessonOptions(), budget_tokens=10_000)
    explained = [section for section in plan.sections if section.type == "explanation"]
    assert len(explained) == MAX_TOPICS
    assert explained[0].title.startswith("Chapter 0 – ")
    assert [chunk for section in explained for chunk in plan.topics[section.id]] == [chunk.id for chunk in found]


def test_the_order_of_the_sections_that_are_asked_for_is_kept() -> None:
    plan = plan_lesson(outline(("A",)), LessonOptions(sections=("summary", "introduction")), budget_tokens=100)
    assert [section.type for section in plan.sections] == ["summary", "introduction"]


@given(
    st.lists(st.tuples(st.lists(st.sampled_from("ABC"), max_size=3), st.integers(1, 500)), min_size=1, max_size=40),
    st.integers(1, 5_000),
)
def test_the_budget_is_kept_whatever_the_document_is_like(shape: list[tuple[list[str], int]], budget: int) -> None:
    found = [
        chunk.__class__(
            id=chunk.id,
            index=chunk.index,
            heading_path=tuple(path),
            token_count=tokens,
            content_hash=chunk.content_hash,
        )
        for chunk, (path, tokens) in zip(outline(*[()] * len(shape)), shape, strict=True)
    ]
    plan = plan_lesson(found, LessonOptions(), budget_tokens=budget)
    tokens_of = {chunk.id: chunk.token_count for chunk in found}
    assert 1 <= len(plan.chunk_ids) == len(set(plan.chunk_ids))
    assert len(plan.chunk_ids) == 1 or sum(tokens_of[chunk] for chunk in plan.chunk_ids) <= max(
        budget, max(tokens_of.values())
    )
    assert list(plan.chunk_ids) == sorted(plan.chunk_ids, key=lambda chunk: chunk.int)


@pytest.mark.parametrize("ranked", [None, []])
def test_an_empty_document_has_an_empty_plan(ranked: list[UUID] | None) -> None:
    assert plan_lesson([], LessonOptions(), budget_tokens=100, ranked=ranked).chunk_ids == ()
