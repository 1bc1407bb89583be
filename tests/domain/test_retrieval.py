from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.retrieval import Candidate, Ranked, Scope, fuse, pack

FILE, OTHER = UUID(int=1), UUID(int=2)


def candidate(number: int, text_score: float, similarity: float | None, file: UUID = FILE) -> Candidate:
    return Candidate(
        chunk_id=UUID(int=100 * file.int + number),
        file_id=file,
        index=number,
        token_count=10,
        text_score=text_score,
        similarity=similarity,
    )


def ranked(*numbers: int, file: UUID = FILE, tokens: int = 10) -> list[Ranked]:
    return [
        Ranked(
            chunk_id=UUID(int=100 * file.int + number),
            file_id=file,
            index=number,
            token_count=tokens,
            score=1 - place / 10,
        )
        for place, number in enumerate(numbers)
    ]


def numbers(passages: list) -> list[list[int]]:
    return [[chunk.int % 100 for chunk in passage.chunk_ids] for passage in passages]


def test_the_best_by_both_measures_comes_before_the_best_by_one() -> None:
    fused = fuse([candidate(0, 0.9, 0.1), candidate(1, 0.8, 0.7), candidate(2, 0.0, 0.8)])
    assert [one.index for one in fused] == [1, 0, 2]
    assert fused[0].score == pytest.approx(0.6 * 0.8 / 0.9 + 0.4 * 0.7 / 0.8)


def test_without_words_or_without_vectors_the_other_decides() -> None:
    assert [one.index for one in fuse([candidate(0, 0, 0.2), candidate(1, 0, 0.3)])] == [1, 0]
    assert [one.index for one in fuse([candidate(0, 0.2, 0), candidate(1, 0.3, 0)])] == [1, 0]
    assert [one.index for one in fuse([candidate(0, 0.2, -0.9), candidate(1, 0.1, -0.1)])] == [0, 1]
    assert fuse([]) == []


def test_without_a_vector_of_the_model_words_decide_alone() -> None:
    fused = fuse([candidate(0, 0.5, 0.9), candidate(1, 0.9, None), candidate(2, 0.0, None)])
    assert [one.index for one in fused] == [1, 0, 2]
    assert [one.score for one in fused] == pytest.approx([1, 0.6 * 0.5 / 0.9 + 0.4, 0])
    assert [one.index for one in fuse([candidate(0, 0.2, None), candidate(1, 0.3, None)])] == [1, 0]


@given(st.lists(st.tuples(st.floats(0, 1), st.none() | st.floats(-1, 1)), max_size=30))
def test_scores_are_shares_in_falling_order_that_do_not_depend_on_the_order_given(
    scores: list[tuple[float, float | None]],
) -> None:
    candidates = [candidate(number, *pair) for number, pair in enumerate(scores)]
    fused = fuse(candidates)
    assert fuse(reversed(candidates)) == fused
    assert {one.chunk_id for one in fused} == {one.chunk_id for one in candidates}
    assert all(0 <= one.score <= 1 for one in fused)
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)


def test_passages_are_in_reading_order_with_neighbours_merged() -> None:
    assert numbers(pack(ranked(7, 3, 8, 1, 9), budget_tokens=100)) == [[1], [3], [7, 8, 9]]
    assert [passage.score for passage in pack(ranked(7, 3, 8), budget_tokens=100)] == [0.9, 1.0]


def test_a_budget_is_kept_and_filled_with_what_fits() -> None:
    best, long, short = ranked(5, tokens=60), ranked(3, tokens=50), ranked(1, tokens=40)
    assert numbers(pack([*best, *long, *short], budget_tokens=100)) == [[1], [5]]
    assert pack(best, budget_tokens=59) == []
    assert numbers(pack(ranked(4, 2, 0), budget_tokens=100, limit=2)) == [[2], [4]]


def test_files_come_in_the_order_of_their_best_chunk_and_are_never_merged() -> None:
    mixed = [ranked(4, file=OTHER)[0], ranked(5)[0], ranked(3, file=OTHER)[0]]
    passages = pack(mixed, budget_tokens=100)
    assert [passage.file_id for passage in passages] == [OTHER, FILE]
    assert numbers(passages) == [[3, 4], [5]]


@given(st.permutations(range(20)), st.integers(0, 300))
def test_packing_keeps_the_budget_and_repeats_nothing(order: list[int], budget: int) -> None:
    chunks = ranked(*order)
    packed = [number for run in numbers(pack(chunks, budget_tokens=budget)) for number in run]
    assert packed == sorted(set(order[: budget // 10]))


def test_a_scope_is_exactly_one_place() -> None:
    for values in ({}, {"file_id": FILE, "course_id": OTHER}):
        with pytest.raises(ValueError, match="one file"):
            Scope(**values)
