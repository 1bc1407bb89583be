from itertools import pairwise
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import FILE, outline_of

from learnx.domain.apparatus import is_apparatus
from learnx.domain.chunk_choice import EXCERPT_TOKENS, MOST_EXCERPT_TOKENS
from learnx.domain.documents import Chunk
from learnx.domain.lesson_plan import MAX_TOPICS, plan_by_topic, plan_lesson
from learnx.domain.lessons import LessonOptions
from learnx.domain.retrieval import ChunkOutline


def outline(*headings: tuple[str, ...], tokens: int = 100) -> list[ChunkOutline]:
    return [
        ChunkOutline(
            id=UUID(int=index + 1), index=index, heading_path=path, token_count=tokens, content_hash=str(index)
        )
        for index, path in enumerate(headings)
    ]


def resized(chunk: ChunkOutline, tokens: int) -> ChunkOutline:
    return msgspec.structs.replace(chunk, token_count=tokens)


def chunk(place: int, text: str) -> Chunk:
    return Chunk(id=UUID(int=place + 1), file_id=FILE, index=place, text=text, token_count=100, content_hash=str(place))


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


def test_a_part_that_opens_with_a_few_words_shows_the_next_passage_too() -> None:
    found = outline(*[(chapter, part) for chapter in "ABC" for part in ("", "1", "2", "3")], tokens=200)
    found = [resized(chunk, 30) if chunk.heading_path[1] == "" else chunk for chunk in found]
    plan = plan_lesson(found, LessonOptions(), budget_tokens=700)
    assert [found[chunk.int - 1].heading_path for chunk in plan.chunk_ids] == [
        (chapter, part) for chapter in "ABC" for part in ("", "1")
    ]


def test_where_there_is_not_room_for_all_parts_shorter_passages_are_read() -> None:
    found = outline(*[(f"{chapter:02}", str(part)) for chapter in range(20) for part in range(3)], tokens=300)
    found = [resized(chunk, 150) if chunk.heading_path[1] == "2" else chunk for chunk in found]
    plan = plan_lesson(found, LessonOptions(), budget_tokens=3_000)
    assert len(set(chosen_headings(found, plan.chunk_ids))) == len(plan.chunk_ids) == 20


def test_without_headings_too_all_of_a_document_is_read_and_not_its_beginning() -> None:
    found = outline(*[()] * 1_000)
    numbers = [chunk.int for chunk in plan_lesson(found, LessonOptions(), budget_tokens=1_000).chunk_ids]
    assert len(numbers) == 10
    assert max(later - earlier for earlier, later in pairwise([0, *numbers, 1_000])) <= 130


def test_a_long_lesson_reads_more_and_a_short_one_no_less() -> None:
    found = outline(*[(f"{chapter}",) for chapter in range(10) for _ in range(100)])

    def read(minutes: int | None, budget: int = 100_000) -> int:
        return 100 * len(plan_lesson(found, LessonOptions(target_minutes=minutes), budget_tokens=budget).chunk_ids)

    assert read(None) == read(1) == read(10) == EXCERPT_TOKENS
    assert read(30) == 21_000
    assert read(60) == MOST_EXCERPT_TOKENS
    assert read(60, budget=8_000) == read(None, budget=8_000) == 8_000


def test_many_parts_are_all_read_unless_the_lesson_is_too_short_to_touch_them() -> None:
    found = outline(*[(f"{chapter:03}", str(part)) for chapter in range(60) for part in range(14)], tokens=350)
    for minutes, touched in ((None, 60), (12, 60), (2, 28)):
        plan = plan_lesson(found, LessonOptions(target_minutes=minutes), budget_tokens=64_000)
        assert plan.parts == len(set(chosen_headings(found, plan.chunk_ids))) == touched


def test_what_stands_under_no_heading_belongs_to_the_part_before_it() -> None:
    plan = plan_lesson(outline((), ("Cells",), (), ("Water",), ()), LessonOptions(), budget_tokens=1_000)
    explained = [section for section in plan.sections if section.type == "explanation"]
    assert [section.title for section in explained] == ["Cells", "Water"]
    assert [len(plan.topics[section.id]) for section in explained] == [3, 2]


CELLS = "Every cell has a membrane. The nucleus of a cell holds chromosomes, and the membrane shields the nucleus. " * 8
SHIPS = (
    "Ships lie in the harbour. At the quay of the harbour the cargo of ships is unloaded by cranes of the quay. " * 8
)


def test_topics_that_no_heading_names_are_told_apart_and_named_by_their_words() -> None:
    made = [chunk(place, text) for place, text in enumerate([CELLS, CELLS, SHIPS, SHIPS, SHIPS])]
    plan = plan_lesson(outline_of(made), LessonOptions(), budget_tokens=10_000)
    assert plan.lacks_topics
    found = plan_by_topic(plan, LessonOptions(), made)
    explained = [section for section in found.sections if section.type == "explanation"]
    assert [section.title for section in explained] == ["Cell, membrane, nucleus", "Harbour, quay, ships"]
    assert [found.topics[section.id] for section in explained] == [found.chunk_ids[:2], found.chunk_ids[2:]]
    assert (found.chunk_ids, found.parts) == (plan.chunk_ids, 2)
    assert [section.type for section in found.sections if section not in explained] == [
        section.type for section in plan.sections if section.type != "explanation"
    ]


@pytest.mark.parametrize("text", ["", "x", "水は沸騰する。" * 9, "1 + 1 = 2\n" * 40, "| a | b |\n" * 40, CELLS])
def test_a_text_about_one_thing_has_one_explanation_whatever_it_is(text: str) -> None:
    made = [chunk(place, text) for place in range(5)]
    plan = plan_by_topic(plan_lesson(outline_of(made), LessonOptions(), budget_tokens=9_000), LessonOptions(), made)
    assert [section.title for section in plan.sections if section.type == "explanation"] == ["Explanation"]


@pytest.mark.parametrize(
    "heading",
    ["Contents", "12. References", "Appendix B: References", "Preface to the 2nd edition", "INDEX"],
)
def test_front_and_back_matter_is_known_by_its_heading(heading: str) -> None:
    assert is_apparatus(heading)


@pytest.mark.parametrize(
    "heading", ["Index notation", "A table of contents in LaTeX", "Appendix B: Units", "Reference frames", ""]
)
def test_what_only_sounds_like_it_is_read(heading: str) -> None:
    assert not is_apparatus(heading)


def test_with_a_focus_the_ranking_decides_and_the_reading_order_returns() -> None:
    found = outline(*[(str(part),) for part in range(10)])
    ranked = [found[7].id, found[2].id, found[9].id, found[1].id]
    plan = plan_lesson(found, LessonOptions(focus="x"), budget_tokens=300, ranked=ranked)
    assert plan.chunk_ids == (found[2].id, found[7].id, found[9].id)


def test_what_stands_under_a_heading_that_says_the_focus_comes_first() -> None:
    found = outline(("Pipes",), ("Pumps", "Kinds"), ("Pumps",), ("Valves",), ("Valves and pumps of large networks",))
    ranked = [found[3].id, found[4].id, found[1].id]
    plan = plan_lesson(found, LessonOptions(focus="the pump"), budget_tokens=300, ranked=ranked)
    assert plan.chunk_ids == (found[1].id, found[2].id, found[3].id)
    plan = plan_lesson(found, LessonOptions(focus="of the"), budget_tokens=300, ranked=ranked)
    assert set(plan.chunk_ids) == set(ranked)


def test_a_part_with_few_of_the_chunks_in_focus_is_left_out_unless_it_has_the_best() -> None:
    found = outline(*[("Cells",)] * 9, ("Water",), ("Light",))
    ranked = [found[10].id, *[chunk.id for chunk in found[:10]]]
    plan = plan_lesson(found, LessonOptions(focus="x"), budget_tokens=5_000, ranked=ranked)
    assert plan.chunk_ids == (*[chunk.id for chunk in found[:9]], found[10].id)


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
