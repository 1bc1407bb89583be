import pytest

from learnx.domain.search_terms import phrase_terms, search_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Water flows.", "Water flows."),
        ("Der Fluß fließt.", "Der Fluß fließt."),
        ("光合作用", "光合 合作 作用"),
        ("水", "水"),
        ("DNA的結構", "DNA 的結 結構"),
        ("光合作用,叶绿体", "光合 合作 作用 , 叶绿 绿体"),
        ("カタカナ", "カタ タカ カナ"),
    ],
)
def test_scripts_without_spaces_become_pairs_of_characters(text: str, terms: str) -> None:
    assert search_terms(text).split() == terms.split()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("It has 275,000 readers.", "275000"),
        ("It has 1,234,567 readers.", "1234567"),
        ("Es hat 275\u202f000 Leser.", "275000"),
        ("Es hat 275'000 Leser.", "275000"),
    ],
)
def test_a_number_in_groups_is_there_in_one_piece_as_well_behind_the_text(text: str, number: str) -> None:
    assert search_terms(text) == f"{text}\n{number}"
    assert phrase_terms(text) == text


@pytest.mark.parametrize(
    "text", ["1,2,3", "f(1,20)", "0,275", "12,34", "275.000", "1,2345", "x1,000", "3.275,000", "275000", "1, 000"]
)
def test_what_is_no_number_in_groups_stays_alone(text: str) -> None:
    assert search_terms(text) == text
