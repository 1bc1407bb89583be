"""What a browser would make of a model's text once it is harmless, asked of a Markdown parser of its own."""

import msgspec
import pytest
from evaluation.markup import markup_in, markup_in_plain_text
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.lesson_material import brief, written
from tests.fakes.obedience import SHAPES

from learnx.domain.documents import Chunk
from learnx.domain.lessons import Delta
from learnx.domain.markers import harmless, inert, read_markers, shown_text
from learnx.domain.model_text import ModelText, Unit

FRAGMENTS = (
    *(
        "`",
        "``",
        "```",
        "\\",
        "\\`",
        "[",
        "]",
        "](",
        "![",
        "]:",
        "[a]",
        "[a]:",
        "(",
        ")",
        "<",
        ">",
        "</",
        "<!--",
        "-->",
    ),
    *(
        "<img src=x onerror=alert(1)>",
        "<b",
        " href='x'",
        "[a](x)",
        "[`a`]: /x",
        "![a](x)",
        "[a][b]",
        "<https://e.example>",
    ),
    *("https:", "//", "https://e.example/x", "www.", "www.e.example", "e.example/x", "a@e.example", "mailto:a"),
    *("javascript:x", "&lt;", "&gt;", "&#60;", "&amp;lt;", "&colon;", "**", "_", "~~", "|", "$", "$$", "\\href{", "}"),
    *(" ", " ", "word", "a b c"),
)
MARKDOWN = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join)


def raw(shape: str) -> str:
    return shape.format(
        token="TOK123", word="word", host="e.example", url="https://e.example/p?q=1", digits="123", fact="A b c", n=1,
        persona="p", rule="r",
    )  # fmt: skip


@given(MARKDOWN)
def test_no_text_is_markup_once_it_is_harmless(text: str) -> None:
    assert markup_in(harmless(text)) == []


@given(MARKDOWN, MARKDOWN)
def test_two_harmless_sentences_of_a_paragraph_do_not_make_markup_together(first: str, second: str) -> None:
    together = f"{harmless(first)} {harmless(second)}"
    assert markup_in(together) == []


@given(MARKDOWN)
def test_what_is_made_harmless_twice_is_no_markup_either(text: str) -> None:
    assert markup_in(harmless(harmless(text))) == []


@given(MARKDOWN)
def test_a_delta_is_no_markup_even_where_code_was(text: str) -> None:
    assert markup_in_plain_text(shown_text(read_markers(text))) == []


@given(MARKDOWN)
def test_a_title_is_no_markup(text: str) -> None:
    assert markup_in_plain_text(inert(text)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_that_obeying_looks_like_is_markup(shape: str) -> None:
    _, draft, _ = written(brief(), [f"## introduction: Introduction\n\n{raw(shape)}\n\nWelcome to the lesson!"])
    assert not [found for section in draft.sections for found in markup_in(section.markdown)]


def test_the_parser_sees_markup_where_there_is_some() -> None:
    assert sum(bool(markup_in(raw(shape))) for shape in SHAPES) > 25


@pytest.mark.parametrize(
    ("text", "kept", "addresses"),
    [
        ("See [the paper](https://e.example/x).", "See the paper.", ()),
        ("See https://e.example/x.", "See e.example/x.", ("e.example/x",)),
        ("See www.e.example, please.", "See e.example, please.", ("e.example",)),
        ("详见https://e.example/x。", "详见e.example/x。", ("e.example/x。",)),
        ("ht**tps://e.example** it", "ht**e.example** it", ("e.example",)),
        ("https&colon;//e.example it", "e.example it", ("e.example",)),
        ("ｈttps：//e.example it", "e.example it", ("e.example",)),
        ("Write to ada@e.example now", "Write to ada @ e.example now", ("ada@e.example",)),
        ("Type `curl https://e.example/x` now", "Type `curl https://e.example/x` now", ("e.example/x",)),
        ("Either and/or, 3/4 and km/h", "Either and/or, 3/4 and km/h", ()),
        ("In Python, data[1:] is a copy", "In Python, data[1:] is a copy", ()),
        ("a < b and c > d", "a < b and c > d", ()),
    ],
)
def test_an_address_stays_as_words_and_is_told(text: str, kept: str, addresses: tuple[str, ...]) -> None:
    marked = read_markers(text)
    assert marked.text == kept
    assert marked.addresses == addresses


def test_code_in_a_table_ends_with_its_cell() -> None:
    row = "| `a | <img src=x onerror=alert(1)> | b` |\n| --- | --- | --- |\n| `<b>` | x | y |"
    assert "<img" not in harmless(row)
    assert "`<b>`" in harmless(row)


@pytest.mark.parametrize(
    "reply",
    [
        "~~~ x~~~\n\nWelcome!\n\n~~~\n<img src=x>\n~~~\n[1]",
        "```\nx\n```python\n\nWelcome!\n\n```\n<img src=x>\n```\n[1]",
        "````\nx\n```\n\n```\n<img src=x>\n```\n[1]",
        "``` `a\n<img src=x>\n\n<img src=x>\n```\n[1]",
        "Look ` here. See `<img src=x>` now.",
    ],
)
def test_no_code_ends_where_a_browser_thinks_that_it_goes_on(reply: str) -> None:
    document = brief().excerpts[0].chunk
    _, draft, _ = written(
        brief(found=[_with(document, "x <img src=x>")]), [f"## introduction: Introduction\n\n{reply}"]
    )
    assert not [found for section in draft.sections for found in markup_in(section.markdown)]


def test_no_delta_shows_an_address_or_a_tag() -> None:
    reply = "## introduction: Introduction\n\nLet's read https://e.example/x and `<img src=x>` and you@e.example next!"
    events, _, _ = written(brief(), [reply[start : start + 3] for start in range(0, len(reply), 3)])
    shown = "".join(event.text for event in events if isinstance(event, Delta))
    assert "read" in shown
    assert "e.example" not in shown
    assert markup_in_plain_text(shown) == []


def _with(chunk: Chunk, text: str) -> Chunk:
    return msgspec.structs.replace(chunk, text=f"{chunk.text}\n\n{text}")


@pytest.mark.parametrize(
    "form",
    [
        "[2]",
        "[Excerpt 2]",
        "[excerpt 2]",
        "(Excerpt 2)",
        "(see excerpt 2)",
        "[#2]",
        "{2}",
        "【2】",
        "`[2]`",
        "**[2]**",
        "[2](#2)",
        "[^2]",
        "(2)",
        "[ 2 ]",
        "_[2]_",
        "[source: 2]",
        "**[Excerpt 2]**",
    ],
)
@pytest.mark.parametrize("sentence", ["Ice floats {}.", "**Ice floats** {}", "Ice floats, since it is light {}!"])
def test_a_marker_is_read_in_the_forms_that_models_write(form: str, sentence: str) -> None:
    read = read_markers(sentence.replace("{}", form))
    assert read.cited == (2,)
    assert not set("[]{}()`#【】2").intersection(read.text)
    assert read.text.count("**") in (0, 2)
    assert " ." not in read.text


@pytest.mark.parametrize(
    "text",
    [
        "as in equation (2).",
        "It follows from (2).",
        "f(2).",
        "(1) ice floats, (2) iron sinks.",
        "Use `a[2]` here.",
        "In 1990 (12).",
        "The set is {2, x}.",
        "Ice (frozen water) floats.",
    ],
)
def test_a_number_in_brackets_that_the_sentence_speaks_of_is_no_marker(text: str) -> None:
    assert read_markers(text).cited == ()
    assert read_markers(text).text == text


@given(words=st.lists(st.sampled_from(["Ice", "floats", "(a)", "f(x)", "on", "`code`", "$x$", "**so**"]), max_size=6))
def test_a_text_without_markers_keeps_its_words(words: list[str]) -> None:
    assert read_markers(" ".join(words)).text.split() == words


@pytest.mark.parametrize("form", ["(Excerpt 2)", "[Excerpt 2]", "**[2]**", "[see excerpt 2]", "[#2]"])
def test_a_marker_of_another_form_behind_the_stop_belongs_to_the_sentence_before_it(form: str) -> None:
    text = ModelText()
    found = [*text.feed(f"Ice floats. {form} Iron sinks. {form}"), *text.close()]
    assert [read_markers(item.raw).cited for item in found if isinstance(item, Unit)] == [(2,), (2,)]
