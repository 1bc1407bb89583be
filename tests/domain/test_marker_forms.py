"""The ways in which small models write a marker; what a lesson shows of them is nothing."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.lesson_material import brief, written

from learnx.domain.lessons import Delta, SentenceVerified
from learnx.domain.marker_forms import bracketed
from learnx.domain.markers import harmless, read_markers

SENTENCES = (
    ("Ice floats, because it is less dense than liquid water.", 3),
    ("Mitochondria do not divide during apoptosis.", 1),
    ("The reactions take place in the chloroplasts of plants.", 2),
    ("Pure water boils at 100 °C.", 3),
)
#: Certain wherever they stand.
CERTAIN = (
    *("[N]", "[ N ]", "[#N]", "[^N]", "[N, 5]", "[N; 5]", "[N][5]", "[N], [5]", "[N] and [5]", "[N-5]", "[N–5]"),
    *("[Excerpt N]", "[excerpt N, 5]", "[Excerpts N and 5]", "[Excerpt N, Excerpt 5]", "[see excerpt N]"),
    *('[excerpt id="N"]', "[id=N]", "[Source N]", "[Excerpt N, p. 3]", "[N, pp. 3-4]", "[excerpt #N]"),
    *("(Excerpt N)", "(excerpt N)", "(Excerpts N, 5)", "(see excerpt N)", "(cf. Excerpt N)", "(Excerpt N, page 3)"),
    *("【N】", "【N†source】", "［N］", "\\[N\\]", "**[N]**", "_[N]_", "*[N]*", "([N])", "(see [N])", "**([N])**"),
    *("[N](#N)", "[N](#excerpt-N)", "[N](https://e.example/N)", "**[N].**"),
)
#: Only at the end of a sentence; with a sentence behind them, not where they could number that one.
DOUBTFUL = ("(N)", "{N}", "`[N]`", "(N, 5)", "{N, 5}")
FORMS = st.sampled_from(CERTAIN)
WITHIN = st.sampled_from([form for form in CERTAIN if form not in ("[N] and [5]", "**[N].**")])


def of_excerpt(form: str, number: int) -> str:
    return form.replace("N", str(number))


def shown(events: object) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta))  # type: ignore[attr-defined]


@pytest.mark.parametrize("place", ["{said} {marker}.", "{said}. {marker}", "{said}{marker}.", "{said}.{marker}"])
@pytest.mark.parametrize("form", [*CERTAIN, *DOUBTFUL])
def test_a_marker_in_another_form_is_read_and_leaves_nothing_behind(form: str, place: str) -> None:
    if form in DOUBTFUL and "{said}{marker}." in place:
        return  # "f(2)."
    raw = place.format(said="The sea rises twice a day", marker=of_excerpt(form, 2))
    marked = read_markers(raw)
    assert marked.text == "The sea rises twice a day."
    assert marked.cited[0] == 2
    assert set(marked.cited) <= {2, 3, 4, 5}


@pytest.mark.parametrize("form", ["(~)", "{~}", "`[~]`", "**[~]**", "【~】", "([~])", "［~］"])
def test_the_mark_of_an_analogy_has_other_forms_as_well(form: str) -> None:
    marked = read_markers(f"It is like a swing {form}.")
    assert marked.text == "It is like a swing."
    assert marked.analogy
    assert not marked.cited


@pytest.mark.parametrize(
    "text",
    [
        "The value of f(2).",
        "The slope is given by f (2).",
        "See equation (2).",
        "This follows from Eq. (2)",
        "As shown in (2).",
        "The answer is (2).",
        "It follows from (1) and the rule before (2).",
        "(1) The moon pulls, and the sun pulls (2).",
        "A team has five (5).",
        "A team has 5 (5).",
        "We get x = 3 for the second tide (2).",
        "The ion is Fe (2).",
        "The year of the flood (1953).",
        "The pattern matches a{2}.",
        "The sum is $x_{2}$ here.",
        "The function returns `[2]`.",
        "Of `xs` the call leaves `[2]`.",
        "The list `[2]` has one element.",
        "Call `f(2)` twice.",
        "In Python, data[1:] is a copy.",
        "There are two parts (the second is short).",
        "The text (see the figure) goes on.",
        "The sea rises (2) times.",
        "In step {2} it ends.",
        "An interval of [0, 5] and one of [a, b].",
        "Iron(II) rusts.",
        "An array [x] of numbers, [sic].",
    ],
)
def test_a_number_in_brackets_that_may_be_part_of_the_text_is_no_marker(text: str) -> None:
    assert read_markers(text).text == text
    assert read_markers(text).cited == ()


def test_what_stands_beside_a_certain_marker_is_part_of_the_text() -> None:
    marked = read_markers("The tides were described early (2). [3]")
    assert marked.text == "The tides were described early (2)."
    assert marked.cited == (3,)


def test_dollars_of_two_amounts_are_no_formula_that_hides_a_marker() -> None:
    marked = read_markers("It costs $5 [2] or $6 [3].")
    assert marked.text == "It costs $5 or $6."
    assert marked.cited == (2, 3)


@pytest.mark.parametrize("form", [*CERTAIN, "{N}", "`[N]`"])
def test_a_lesson_with_markers_in_another_form_keeps_its_sentences_and_shows_none(form: str) -> None:
    told = SENTENCES if form in CERTAIN else SENTENCES[:3]
    for place in ("{said} {marker}.", "{said}. {marker}"):
        text = " ".join(place.format(said=said[:-1], marker=of_excerpt(form, number)) for said, number in told)
        events, draft, _ = written(brief(), list(f"## summary: Summary\n\n{text}\n"), [])
        kept = [sentence for section in draft.sections for sentence in section.sentences]
        assert [sentence.text for sentence in kept] == [said for said, _ in told]
        assert {sentence.kind for sentence in kept} == {"sourced"}
        assert not re.search(r"[\[\]【】{}()*_`#]|xcerpt", shown(events))


def test_a_number_behind_a_full_stop_that_may_number_the_next_sentence_stays_with_it() -> None:
    text = "Ice floats, because it is less dense than liquid water. (2) Pure water boils at 100 °C."
    events, _, _ = written(brief(), list(f"## summary: Summary\n\n{text}\n"), [])
    assert next(event.text for event in events if isinstance(event, SentenceVerified)) == SENTENCES[0][0]
    assert "(2) Pure water" in shown(events)


def test_a_bracket_that_begins_like_a_marker_and_is_none_begins_the_next_sentence() -> None:
    text = f"{SENTENCES[0][0]} (See water in summer!) {SENTENCES[1][0]} [In 2 lines:] {SENTENCES[3][0]}"
    events, _, _ = written(brief(), list(f"## summary: Summary\n\n{text}\n"), [])
    found = [event.text for event in events if isinstance(event, SentenceVerified)]
    assert SENTENCES[0][0] in found
    assert SENTENCES[1][0] in found


@pytest.mark.parametrize("form", ["[Excerpt 3]", "(see excerpt 3)", "**[3]**", "[3, 1]", "[3](#3)"])
def test_a_table_has_its_marker_on_the_next_line_in_any_form(form: str) -> None:
    table = "| what | boils at |\n| --- | --- |\n| pure water | 100 °C |"
    after = f"{form}\n\n{SENTENCES[1][0]} [1]"
    events, _, _ = written(brief(), list(f"## summary: Summary\n\n{table}\n{after}\n"), [])
    found = [event.text for event in events if isinstance(event, SentenceVerified)]
    assert found == [table, SENTENCES[1][0]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SENTENCES), FORMS, st.booleans()), min_size=1, max_size=4), st.data())
def test_how_a_reply_is_cut_does_not_change_what_is_read_of_its_markers(
    told: list[tuple[tuple[str, int], str, bool]], data: st.DataObject
) -> None:
    text = " ".join(
        f"{said} {of_excerpt(form, number)}" if behind else f"{said[:-1]} {of_excerpt(form, number)}."
        for (said, number), form, behind in told
    )
    reply = f"## summary: Summary\n\n{text}\n"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(reply) - 1), max_size=30)))
    pieces = [reply[start:end] for start, end in pairwise([0, *cuts, len(reply)])]
    events, draft, _ = written(brief(), pieces, [])
    assert draft == written(brief(), list(reply), [])[1]
    assert not re.search(r"[\[\]【】{}()*_`#]|xcerpt", shown(events))
    kept = {sentence.text for section in draft.sections for sentence in section.sentences}
    assert kept == {said for (said, _), _, _ in told}


PIECES = st.sampled_from(
    [
        *CERTAIN, *DOUBTFUL, "[", "]", "(", ")", "{", "}", "【", "】", "`", "**", "_", "$", "\\", "#", "^", "~", ",",
        ";", "-", ".", "!", "\n", " ", " ", "2", "17", "excerpt", "Excerpts ", "see ", "and", "sea", "The moon", "†",
        "p. 3", "```\n", "data[2]", "|", "[2](", "id=",
    ]
)  # fmt: skip


@given(st.one_of(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=60)))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    marked = read_markers(text)
    assert all(1 <= number <= 1_019 for number in marked.cited)
    written(brief(), [f"## summary: Summary\n\n{text}"], [])


@given(
    st.lists(
        st.tuples(st.sampled_from(["The sea", "a **moon**", "water (warm)", "`x`", "*tides*"]), WITHIN), max_size=5
    )
)
def test_a_certain_marker_is_gone_wherever_it_stands(parts: list[tuple[str, str]]) -> None:
    raw = " ".join(f"{words} {of_excerpt(form, 4)}" for words, form in parts)
    text = read_markers(raw).text
    assert text == harmless(" ".join(words for words, _ in parts))
    assert not re.search(r"\[|\]|\*{4}|\(\s*\)|``|_{2}|【|xcerpt|4", text)


WORDS = st.text(alphabet="abcdeéøß漢字 ,.;:!?'\"()-—*_`~|>#+=/\\^%&0123456789", max_size=60)


@given(WORDS.filter(lambda text: not re.search(r"\(\s*[\d~]", text)))
def test_a_text_without_a_marker_is_unchanged(text: str) -> None:
    assert bracketed(text) == text
    assert read_markers(text).text == harmless(text).strip()
    assert read_markers(text).cited == ()
