"""What a passage has of a question decides whether it answers it."""

import pytest

from learnx.domain.answerability import ANSWERED_FROM, PassageTerms, Question

PASSAGE = (
    "The Normans were led by Rollo, who swore fealty to King Charles III. Their descendants mixed with the native "
    "population. William the Conqueror won the Battle of Hastings in 1066."
)


@pytest.mark.parametrize(
    "question",
    ["Who led the Normans?", "When was the Battle of Hastings?", "To whom did Rollo swear fealty?", "Normans?"],
)
def test_a_question_that_the_passage_answers(question: str) -> None:
    assert PassageTerms(PASSAGE).evidence(Question(question)) >= ANSWERED_FROM


@pytest.mark.parametrize(
    "question",
    [
        "When was the Battle of Bannockburn won by Robert Bruce?",
        "Which language did the Normans speak at the court of Sicily?",
        "What is the capital of Mongolia?",
        "???",
        "Was ist das?",
    ],
)
def test_a_question_that_it_does_not(question: str) -> None:
    assert PassageTerms(PASSAGE).evidence(Question(question)) < ANSWERED_FROM


def test_headings_count_as_said() -> None:
    asked = Question("How do mitochondria make energy?")
    text = "They make energy by oxidation of nutrients."
    assert PassageTerms(text, ["Mitochondria"]).evidence(asked) > PassageTerms(text).evidence(asked)


@pytest.mark.parametrize(
    ("question", "other"),
    [("Who led the Normans?", False), ("Wer führte die Normannen an?", True), ("谁领导了诺曼人?", True), ("", False)],
)
def test_another_language_is_told_by_its_words(question: str, other: bool) -> None:
    assert Question(question).is_in_another_language([PASSAGE]) is other


def test_the_best_sentence_has_most_of_the_question() -> None:
    best = PassageTerms(PASSAGE).best_sentence(Question("Who won the Battle of Hastings?"))
    assert best is not None
    assert PASSAGE[best.start : best.end] == best.text == "William the Conqueror won the Battle of Hastings in 1066."


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("When did William the Conqueror win the Battle of Hastings?", True),
        ("When did Harold the Conqueror win the Battle of Hastings?", False),
        ("Why did the descendants mix with the native population?", True),
        ("Why did the merchants mix with the native population?", False),
        ("How did people win the Battle of Hastings?", True),
    ],
)
def test_a_passage_that_lacks_a_name_or_what_is_asked_about_does_not_answer(question: str, *, answered: bool) -> None:
    assert (PassageTerms(PASSAGE).evidence(Question(question)) >= ANSWERED_FROM) is answered


def test_another_form_of_a_name_is_that_name() -> None:
    asked = Question("When was the Duchy of Normandy founded?")
    assert PassageTerms("The Norman duchy was founded in 911.").evidence(asked) >= ANSWERED_FROM


def test_a_sentence_may_put_another_name() -> None:
    asked, said = Question("What is the half-life of an IgM antibody?"), "An IgG antibody has a half-life of 21 days."
    assert asked.puts_another_name(said, PassageTerms(said).terms)
    both = "An IgM antibody and an IgG antibody have a half-life."
    assert not asked.puts_another_name(both, PassageTerms(both).terms)
    for none in ("The antibody has a half-life of 5 days.", "Protective antibody has a half-life of 5 days."):
        assert not asked.puts_another_name(none, frozenset())


def test_what_only_asks_is_no_evidence() -> None:
    question = "When did William the Conqueror win the Battle of Hastings?"
    assert PassageTerms(f"1. {question}").evidence(Question(question)) < ANSWERED_FROM
