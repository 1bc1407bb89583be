"""What is typed into a search box, read."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.search_query import parse_query, phrase_pattern, searchable_formulas


def test_quotation_marks_of_every_kind_make_phrases() -> None:
    query = parse_query('the "working memory" model, „zweites Gedächtnis“ and «mémoire»')
    assert query.phrases == ("working memory", "zweites Gedächtnis", "mémoire")
    assert query.text == "the working memory model, zweites Gedächtnis and mémoire"


@pytest.mark.parametrize("typed", ['"', '""', '" "', '"..."', "“”", "   ", '"""'])
def test_what_quotes_nothing_has_no_phrase(typed: str) -> None:
    assert parse_query(typed).phrases == ()
    assert parse_query(typed).words == ()


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("E = mc^2", "Einstein wrote $E = mc^{2}$ first."),
        ("E = mc^2", "Here E = mc² holds."),
        ("E=mc2", "Here E = mc^2 holds."),
        ("what does E = mc^2 mean", "It is E = mc2 that we know."),
        ("x_i^2", "the sum \\sum_i x_i^2 of squares"),
        ("∇·E", "Gauss's law is ∇ · E = ρ/ε₀ everywhere."),
        ("∇·E", r"Gauss's law: \nabla \cdot E = \rho/\epsilon_0 everywhere."),
        (r"\nabla \cdot E", "the divergence ∇⋅E of the field"),
        ("∑", "$\\sum_i x_i$ is large"),
        (r"\sum_{i} x_i", "∑_i x_i is large"),
        ("Δ = b² − 4ac", "where \\Delta = b^2 - 4ac is the discriminant"),
        (r"\frac{a}{b} = c", "so a/b = c"),
    ],
)
def test_a_formula_is_known_however_it_is_written(typed: str, written: str) -> None:
    formula = parse_query(typed).formula
    assert formula
    assert formula in searchable_formulas(written)


@pytest.mark.parametrize("typed", ["cells", "V2.1.3", "well-known facts", "α wave", "记忆", "a/b testing", "C++"])
def test_prose_and_codes_are_no_formulas(typed: str) -> None:
    assert parse_query(typed).formula == ""


def test_sentences_far_from_mathematics_are_left_out_and_lines_of_a_formula_are_joined() -> None:
    text = "A cell is alive. It can grow. It weighs m\n= 1 ng\nas a rule. It divides. It dies."
    assert searchable_formulas(text) == "itweighsm=1ngasarule."


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("working memory", "the Working\nmemory model"),
        ("self-esteem", "low self esteem"),
        ("learner's persona", "a learner’s persona"),
        ("a|b (c)*", "so a|b (c)* it is"),
        ("工作记忆", "这是工作记忆模型"),
        ("C++", "in C++ we"),
    ],
)
def test_a_phrase_is_found_across_line_breaks_hyphens_and_apostrophes(phrase: str, text: str) -> None:
    assert re.search(phrase_pattern(phrase), text, re.IGNORECASE)


@pytest.mark.parametrize(("phrase", "text"), [("art", "the start"), ("rapist", "a therapist"), ("a b", "a c b")])
def test_a_phrase_is_whole_words_in_their_order(phrase: str, text: str) -> None:
    assert re.search(phrase_pattern(phrase), text, re.IGNORECASE) is None


@given(st.text(max_size=200))
def test_any_text_can_be_asked(typed: str) -> None:
    query = parse_query(typed)
    for phrase in query.phrases:
        assert re.search(phrase_pattern(phrase), phrase, re.IGNORECASE)
