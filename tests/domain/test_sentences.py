import pytest
from hypothesis import given
from hypothesis import strategies as st

from learnx.domain.documents import LINE_BREAK
from learnx.domain.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Water boils at 100.5 °C.", "It freezes at 0 °C."],
        ["See Fig. 3 and Eq. 4.", "Then read Sec. 3.2.1 again."],
        ["Dr. J. R. Smith met Prof. Jones.", "They talked."],
        ["Use metals, e.g. Iron or i.e. Steel.", "Avoid wood."],
        ["Smith et al. (2010) agree.", "So did Lee et al.", "The rest did not."],
        ["He said no.", "She likes art.", "Nobody asked."],
        ["It was the U.S. Army that came.", "It left the U.S. in May."],
        ["He has vitamin C.", "The dose is small."],
        ["She paid 5 p.m. prices, etc. and left.", "Nobody came."],
        ['He said "stop."', "Then he left."],
        ['"Why?" he asked.', "“Because.”", "She left (at last).", "[The end.]"],
        ["Wait... what is it?", "It is late…", "Go home!"],
        ["Pages 3–5, vol. 2, no. 7 and pp. 12 f. say so.", "Read them."],
        ["It is known.[12]", "It is cited. [3, 5]", "It is like this. [~]", "Next."],
        ["光合作用发生在叶绿体。", "它需要光！", "「为什么？」", "因为。"],
        ["ما هي الخلية؟", "الخلية وحدة الحياة."],
        ["In 1995.", "The year after, v. 2 came."],
        ["Is it so?!", "Yes."],
        ["Siehe Abb. 3 bzw. Tabelle 4.", "Das gilt z.B. Anfang Mai."],
        ["3. Introduction"],
        ["A. First choice"],
        ["Approx. 5 kg vs. Ten pounds."],
        ["1.2 Derivation of formulas . 15"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    text = " ".join(expected)
    assert sentences(text) == expected


def test_a_line_break_ends_a_sentence() -> None:
    text = (
        "Cells\n\nThere are two kinds of cells, and these are they:\n- plant cells\n- animal cells\n\n"
        "Pipe | Length\n 1 | 200 m\r\n    if x:\nreturn y"
    )
    assert sentences(text) == [
        "Cells",
        "There are two kinds of cells, and these are they:",
        "- plant cells",
        "- animal cells",
        "Pipe | Length",
        "1 | 200 m",
        "if x:",
        "return y",
    ]


def test_a_line_break_inside_a_row_ends_no_sentence() -> None:
    row = f"- Errors have high weights at | - Weak learners{LINE_BREAK}the next step | on errors"
    assert sentences(f"Adaptive | Gradient\n{row}\n- Known | \n") == ["Adaptive | Gradient", row, "- Known |"]


@given(st.text(alphabet="aB1 .?!…。\n|-•\"')[]~", max_size=200) | st.text(max_size=200))
def test_only_white_space_lies_outside_of_sentences(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()
