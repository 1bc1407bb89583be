import pytest
from benchmarks.retrieval_quality import SETS, Quality
from evaluation.retrieval import PUBLISHED, missed_promises


def quality(ndcg: float) -> Quality:
    return Quality(hit_at_1=0, hit_at_5=0, ndcg_at_10=ndcg)


@pytest.mark.parametrize(
    ("words", "vectors", "fused", "promises_missed"),
    [(0.97, 0.90, 0.98, 0), (0.97, 0.90, 0.966, 0), (0.90, 0.90, 0.96, 1), (0.98, 0.90, 0.97, 1), (0.98, 0.9, 0.95, 2)],
)
def test_a_set_is_held_against_its_published_best_and_against_its_single_runs(
    words: float, vectors: float, fused: float, promises_missed: int
) -> None:
    found = {"words": quality(words), "vectors": quality(vectors), "fused": quality(fused)}
    missed = missed_promises(SETS[0], "wordllama", found)
    assert len(missed) == promises_missed
    assert all("xquad.en with wordllama" in promise for promise in missed)


def test_every_published_figure_is_of_a_set_that_is_measured() -> None:
    assert set(PUBLISHED) <= {questions.name for questions in SETS}
