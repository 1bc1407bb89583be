import pytest

from learnx.domain.search_terms import search_terms


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
