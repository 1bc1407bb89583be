import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import FILE, chunks, excerpts

from learnx.domain.grounding import Verdict, Verifier
from learnx.domain.markers import read_markers
from learnx.domain.text_comparison import comparable

VERIFIER = Verifier(FILE, excerpts())


def verdict(raw: str) -> Verdict:
    return VERIFIER.verify(read_markers(raw))


TRUE = [
    "Mitochondria are organelles that produce most of the energy of a cell. [1]",
    "Mitochondria produce most of a cell's energy [1].",
    "Albert von Kölliker first described them in 1857. [1]",
    "About 2,000 mitochondria are held by a human liver cell. [1]",
    "A human liver cell holds about 2000 mitochondria. [1]",
    "Folding the inner membrane into cristae increases its surface. [1]",
    "Mitochondria don't divide during apoptosis. [1]",
    "Photosynthesis converts light into chemical energy. [2]",
    "Photosynthesis is $6CO_2 + 6H_2O \\rightarrow C_6H_{12}O_6 + 6O_2$, which converts light into energy. [2]",
    "Robert Hooke wrote that cells were “little boxes”. [2]",
    "On 23 September 1665 Robert Hooke wrote about cells. [2]",
    "On September 23, 1665, Robert Hooke wrote about cells. [2]",
    "The chloroplast's DNA carries genetic information. [2]",
    "Pure water boils at 100 °C at sea level. [3]",
    "At sea level, pure water boils at 100 degrees Celsius. [3]",
    "The boiling point of water falls by about 1 °C for every 300 m of altitude. [3]",
    "Ice floats because it is less dense than liquid water. [3]",
    "An iceberg shows only a tenth of its volume above the surface of the sea. [3]",
]

FALSE = {
    "wrong number": "A human liver cell holds about 3,000 mitochondria. [1]",
    "wrong number in words": "A muscle cell that works hard builds additional mitochondria within nine weeks. [1]",
    "number of another fact": "A human liver cell holds about 1857 mitochondria. [1]",
    "number of another excerpt": "A human liver cell holds about 300 mitochondria. [1,3]",
    "wrong unit": "Pure water boils at 100 °F at sea level. [3]",
    "wrong unit in words": "The boiling point falls by about 1 °C for every 300 miles of altitude. [3]",
    "wrong year": "Albert von Kölliker first described them in 1875. [1]",
    "wrong date": "On 24 September 1665 Robert Hooke wrote about cells. [2]",
    "wrong quotation": "Robert Hooke wrote that cells were “tiny rooms”. [2]",
    "invented quotation": "“Mitochondria rule the cell” is how their energy is described. [1]",
    "wrong name": "They were first described by Robert von Kölliker in 1857. [1]",
    "wrong name at the start": "Leeuwenhoek wrote that cells were “little boxes”. [2]",
    "wrong acronym": "RNA carries the genetic information of the chloroplast as well. [2]",
    "wrong formula": "Photosynthesis is $6CO_2 + 3H_2O \\rightarrow C_6H_{12}O_6 + 6O_2$. [2]",
    "wrong formula in text": "Photosynthesis converts light into chemical energy: CO2 + H2O → CH2O + O2. [2]",
    "unknown excerpt, unsupported": "Mitochondria swim through the blood of fish. [9]",
    "negation dropped": "Mitochondria divide during apoptosis. [1]",
    "negation added": "Pure water does not boil at 100 °C at sea level. [3]",
    "never": "Ice never floats, because it is less dense than liquid water. [3]",
    "the contrary": "The inner membrane folds into cristae, which decrease its surface. [1]",
    "the other side": "The outer membrane folds into cristae, which increase its surface. [1]",
    "more for less": "Ice floats, because it is more dense than liquid water. [3]",
    "term exchanged": "The reactions take place in the mitochondria of plants. [2]",
    "unmarked falsehood": "Mitochondria are the little boxes of the chloroplasts of ice.",
    "unmarked falsehood without terms of the document": "Cats are reptiles.",
    "unmarked falsehood with a number": "A liver cell holds exactly 5 membranes.",
    "unmarked, about the learner": "You know that mitochondria produce ice for the chloroplast membrane.",
    "fact dressed as a question": "Did you know that water boils at 50 °C?",
    "fact with a tag question": "Water boils at 50 °C, right?",
    "fact dressed as an instruction": "Remember that water boils at 90 °C.",
    "advice with an invented dose": "Take 500 mg of chloroplasts every day.",
    "analogy with a source": "A mitochondrion is the point guard of the team. [~][1]",
    "analogy with a large number": "It is like a stadium with 40,000 seats. [~]",
    "analogy with a quotation": "It is like the coach who says “energy is everything, boys”. [~]",
    "analogy with a formula": "It is like $E = mc^2$ on the court. [~]",
    "from memory, not from the document": "The Krebs cycle oxidises acetyl groups in the matrix. [1]",
    "JSON": '"text": "Water boils at 100 °C at sea level.",',
}

FRAMING = [
    "What do mitochondria produce?",
    "Why does ice float on water?",
    "Try to draw the inner membrane.",
    "Explain osmosis in your own words.",
    "Name three organelles.",
    "In this lesson you will read about cells and water.",
    "Let's look at the next part.",
    "You are doing well!",
    "Great work so far.",
    "Welcome!",
    "That is only half of it.",
    "Now it's your turn: try to answer each question before you look at its answer.",
    "Mitochondria",
]

ANALOGIES = [
    "Think of a mitochondrion as the point guard of a team. [~]",
    "It is as if Michael Jordan passed the ball to four others. [~]",
    "A membrane works like a bouncer at the door of a club [~].",
]


@pytest.mark.parametrize("raw", TRUE)
def test_what_the_document_says_is_sourced(raw: str) -> None:
    assert verdict(raw).kind == "sourced", verdict(raw).reason


@pytest.mark.parametrize("raw", FALSE.values(), ids=FALSE.keys())
def test_what_the_document_does_not_say_is_retracted(raw: str) -> None:
    assert verdict(raw).kind is None
    assert verdict(raw).reason


@pytest.mark.parametrize("raw", FRAMING)
def test_what_states_nothing_is_framing(raw: str) -> None:
    assert verdict(raw).kind == "framing", verdict(raw).reason


@pytest.mark.parametrize("raw", ANALOGIES)
def test_an_analogy_may_have_names_and_small_numbers(raw: str) -> None:
    assert verdict(raw).kind == "analogy"


@pytest.mark.parametrize("raw", TRUE)
def test_a_forgotten_marker_is_supplied(raw: str) -> None:
    found = VERIFIER.verify(read_markers(raw.rsplit("[", 1)[0]))
    assert found.kind == "sourced"
    assert not found.corrected


def test_a_wrong_excerpt_is_corrected_where_another_one_says_it() -> None:
    for cited in ("[2]", "[9]", "[2,9]"):
        found = verdict(f"A human liver cell holds about 2,000 mitochondria. {cited}")
        assert found.kind == "sourced"
        assert found.corrected
        assert [citation.chunk_id for citation in found.citations] == [chunks()[0].id]


def test_an_excerpt_that_contributes_nothing_is_dropped_from_the_citations() -> None:
    found = verdict("Pure water boils at 100 °C at sea level. [1,3]")
    assert [citation.chunk_id for citation in found.citations] == [chunks()[2].id]


def test_a_quote_is_verbatim_and_stands_on_the_page_it_names() -> None:
    by_id = {chunk.id: chunk for chunk in chunks()}
    for raw in TRUE:
        for citation in verdict(raw).citations:
            chunk = by_id[citation.chunk_id]
            assert citation.quote in chunk.text
            mark = chunk.page_at(chunk.text.index(citation.quote))
            assert mark is not None
            assert (citation.page_number, citation.page_label) == (mark.page, mark.label)


def test_a_passage_on_the_second_page_of_its_chunk_is_cited_from_there() -> None:
    (citation,) = verdict("The inner membrane folds into cristae. [1]").citations
    assert (citation.page_number, citation.page_label) == (4, "14")


def test_every_sentence_of_the_document_is_true() -> None:
    for chunk in chunks():
        for start, end in [(p.start, p.end) for e in VERIFIER._all if e.chunk == chunk for p in e.passages]:
            found = VERIFIER.verify(read_markers(chunk.text[start:end]))
            assert found.kind == "sourced"
            assert comparable(found.citations[0].quote) in comparable(chunk.text)


def test_a_table_is_verified_as_one_sentence() -> None:
    good = "| what | boils at |\n| --- | --- |\n| pure water at sea level | 100 °C |\n[3]"
    assert VERIFIER.verify(read_markers(good), "table").kind == "sourced"
    assert VERIFIER.verify(read_markers(good.replace("100", "90")), "table").kind is None


@given(st.integers(min_value=11, max_value=10**7).filter(lambda n: n not in (2000, 1857)))
def test_no_other_number_passes_for_the_one_of_the_document(number: int) -> None:
    assert verdict(f"A human liver cell holds about {number} mitochondria. [1]").kind is None


@given(st.text(max_size=300))
def test_any_text_gets_a_verdict(text: str) -> None:
    found = verdict(text)
    assert (found.kind is None) == bool(found.reason)
    assert (found.kind == "sourced") == bool(found.citations)
