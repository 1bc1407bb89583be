"""Whoever finds no answer may say so in any words, and is understood; who states something is not."""

import pytest

from learnx.domain.answer_prompt import DENIAL
from learnx.domain.denials import denies


@pytest.mark.parametrize(
    "reply",
    [
        DENIAL,
        "The excerpts don't say who built the bridge. It crosses the river [2].",
        "The provided text does not mention a date.",
        "There is no information about that in the document.",
        "I'm sorry, but I cannot find this in your documents.",
        "I don't know.",
        "Unfortunately, the answer isn't contained in the passages given.",
        "Nothing in the material tells when it was founded.",
        "This question remains unanswered.",
        "Das Dokument sagt darüber nichts: Es erwähnt keine Zahl, und die Auszüge beantworten das nicht.",
        "Les extraits ne mentionnent pas cette date.",
        "文中没有提到这一点。",
    ],
)
def test_a_denial_is_recognised(reply: str) -> None:
    assert denies(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Robert Hooke described cells in 1665 [1].",
        "Mitochondria do not divide during apoptosis [1].",
        "The passage does not mention Einstein by name [3].",
        "The bridge was built in 1894 [2]. The excerpts don't say by whom.",
        "Water boils at 100 °C [1]. No information is lost.",
    ],
)
def test_a_statement_is_none(reply: str) -> None:
    assert not denies(reply)
