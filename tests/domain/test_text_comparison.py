import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.text_comparison import comparable, find_comparable


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("The mito-\nchondrion", "The mitochondrion"),
        ("mito\u00adchondrion", "mitochondrion"),
        ("hyphen\u0002ated", "hyphen-ated"),
        ("hyphen\ufffeated", "hyphenated"),
        ("well‑known", "well-known"),
        ("ﬁnd the ﬂow", "find the flow"),
        ("Pipe | Length\n1 | 200", "Pipe Length 1 200"),
        ("• first\n◦ second", "first second"),
        ("\uf0b7 first", "first"),
        ("x² + H₂O", "x2 + H2O"),
        ("cafe\u0301", "café"),
        ("zero\u200bwidth", "zero width"),
        ("mi-\nto", "mito"),
    ],
)
def test_texts_that_extractors_disagree_on_compare_equal(left: str, right: str) -> None:
    assert comparable(left) == comparable(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("3.5 mm", "35 mm"), ("Cell", "cell"), ("1914–1918", "19141918"), ("is −5", "is 5"), ("a, b", "a b")],
)
def test_content_is_not_ignored(left: str, right: str) -> None:
    assert comparable(left) != comparable(right)


@given(st.text())
def test_comparing_is_idempotent(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)


def test_a_quote_is_found_across_line_breaks_and_hyphens() -> None:
    text = "Water flows.  The pres-\nsure drops | at each\u00a0pipe."
    span = find_comparable(text, "The pressure drops at each pipe.")
    assert span is not None
    assert text[slice(*span)] == "The pres-\nsure drops | at each\u00a0pipe."


def test_a_quote_that_is_not_there_is_not_found() -> None:
    assert find_comparable("Water flows.", "Water stands.") is None
    assert find_comparable("Water flows.", " - ") is None


@given(st.text(max_size=60), st.text(min_size=1, max_size=30), st.text(max_size=60))
def test_every_part_of_a_text_is_found_in_it(before: str, part: str, after: str) -> None:
    text = before + part + after
    span = find_comparable(text, part)
    if comparable(part):
        assert span is not None
        assert comparable(text[slice(*span)]) == comparable(part)


@given(st.text(alphabet="abé -\n•\u00ad|fiﬁ", min_size=1, max_size=30))
def test_a_decomposed_quote_is_found_in_composed_text(part: str) -> None:
    if comparable(part):
        span = find_comparable(f"x {part} y", unicodedata.normalize("NFD", part))
        assert span is not None
        assert comparable(f"x {part} y"[slice(*span)]) == comparable(part)


def test_unmapped_ligatures_of_tex_are_letters() -> None:
    assert (
        comparable("di\x1berence, \x1cnd, re\x1dect, e\x1ecient, ba\x1fe") == "difference,find,reflect,efficient,baffle"
    )
    assert comparable("a \x1c b") == "ab"


def test_a_ligature_at_the_end_of_a_quote_is_part_of_it() -> None:
    assert find_comparable("A\x1f", "A\x1f") == (0, 2)
