"""The hand-written paraphrases: enough of them, of many documents, and every one with the passage it is about."""

import json
from collections import Counter
from pathlib import Path

import pytest
from evaluation.paraphrases import PARAPHRASES, paraphrases

ROWS = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
FREEDOM = {"close", "middling", "free"}
MISTAKES = {
    "number", "unit", "date", "name", "formula", "negation", "direction", "roles", "swap", "quantifier", "addition",
}  # fmt: skip


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    truths = Counter(row["true"] for row in ROWS)
    assert truths[True] >= 320
    assert truths[False] >= 120
    assert len({row["text"] for row in ROWS}) == len(ROWS)
    assert [row["id"] for row in ROWS] == list(range(1, len(ROWS) + 1))


def test_each_says_how_free_or_how_wrong_it_is() -> None:
    assert {row["kind"] for row in ROWS if row["true"]} == FREEDOM
    assert {row["kind"] for row in ROWS if not row["true"]} == MISTAKES


def test_they_are_of_many_documents_and_several_languages() -> None:
    truths = [row for row in ROWS if row["true"]]
    assert len({(row["set"], row.get("doc_id")) for row in truths}) >= 60
    foreign = [row for row in truths if row["set"].endswith((".es", ".zh")) or "_de_" in row["set"]]
    assert len(foreign) >= 25


def test_every_one_has_its_passage(corpora: Path) -> None:
    found = paraphrases(corpora)
    assert len(found) == len(ROWS)
    assert all(paraphrase.passages and all(paraphrase.passages) for paraphrase in found)


def test_a_passage_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for row in ROWS:
        if "doc_id" in row:
            (tmp_path / row["set"]).mkdir(parents=True, exist_ok=True)
            (tmp_path / row["set"] / "passages.jsonl").write_text('{"doc_id": "another", "text": "Of something else."}')
    with pytest.raises(KeyError):
        paraphrases(tmp_path)
