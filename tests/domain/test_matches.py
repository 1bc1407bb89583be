"""Where a text has what was searched for."""

import pytest

from learnx.domain.matches import find_patterns, find_words, formula_pattern, words_to_look_up
from learnx.domain.search_query import parse_query


def test_every_form_of_a_word_is_marked_and_nothing_else() -> None:
    text = "Memories fade; memory is not a memo."
    assert words_to_look_up(text, ["memori"]) == {"memories", "memory", "memo"}
    forms = {"memories": ["memori"], "memory": ["memori"], "memo": ["memo"]}
    found = find_words(text, ["memori"], forms)
    assert [text[match.start : match.end] for match in found] == ["Memories", "memory"]


def test_codes_and_pairs_of_characters_are_marked_as_they_are() -> None:
    text = "See V2.1.3, not V2.1.31: 工作记忆。"
    found = find_words(text, ["v2.1.3", "工作", "作记"], {})
    assert [text[match.start : match.end] for match in found] == ["V2.1.3", "工作", "作记"]


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("E = mc^2", "Thus $E = mc^{2}$ holds.", "E = mc^{2"),
        ("E = mc^2", "Thus E=mc² holds.", "E=mc²"),
        ("∑", r"the sum \sum_i", r"\sum"),
        ("a - b = c", "so a − b = c", "a − b = c"),
    ],
)
def test_a_formula_is_marked_however_it_is_written(typed: str, text: str, marked: str) -> None:
    [match] = find_patterns(text, [formula_pattern(parse_query(typed).formula)])
    assert text[match.start : match.end] == marked
