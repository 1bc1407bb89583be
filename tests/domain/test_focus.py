"""A learner who asks for what the document does not name is told so, whichever model writes the lesson."""

from itertools import pairwise

import pytest
from tests.domain.lesson_material import brief, excerpts, written
from tests.domain.test_lesson_writing import REPLY

from learnx.domain.focus import NOT_NAMED, told_of_focus
from learnx.domain.lessons import LessonEvent, LessonOptions, SectionStarted, SentenceVerified
from learnx.domain.personalization import LessonDraft

TOLD = NOT_NAMED.format(focus="whale songs")
ASKED = LessonOptions(focus="whale songs")


@pytest.mark.parametrize(
    "focus", ["whale songs", "Chapters about whales", "how whales use sonar", "鯨の歌", "Walgesänge"]
)
def test_what_the_excerpts_do_not_name_is_told(focus: str) -> None:
    assert focus in told_of_focus(focus, excerpts())


@pytest.mark.parametrize(
    "focus",
    [
        None,
        "",
        "mitochondria",
        "Mitochondrion",
        "mitochondrial energy",
        "the phases of water",
        "photosynthetic reactions",
        "why ice floats",
        "Cells",
        "the main ideas",
        "key concepts, for my exam",
        "what is most important",
        "chapter 3",
        "???",
    ],
)
def test_what_they_name_in_any_form_or_what_is_no_subject_is_not(focus: str | None) -> None:
    assert told_of_focus(focus, excerpts()) == ""


def test_a_focus_is_no_markup() -> None:
    told = told_of_focus("[whales](https://e.example/x) <b>**now**</b>", excerpts())
    assert told.startswith("The passages found for “whales now” do not")


def test_an_address_in_a_focus_is_not_shown() -> None:
    for focus in ("whales at https://e.example/x", "whales: write to a@e.example", "whales of www.e.example"):
        assert "e.example" not in told_of_focus(focus, excerpts())


def sentences_of_first_section(draft: LessonDraft) -> list[tuple[str, str, str]]:
    return [(sentence.id, sentence.kind, sentence.text) for sentence in draft.sections[0].sentences]


def test_a_lesson_on_what_its_document_does_not_name_begins_by_saying_so() -> None:
    events, draft, _ = written(brief(options=ASKED), list(REPLY))
    assert isinstance(events[0], SectionStarted)
    assert isinstance(events[1], SentenceVerified)
    assert (events[1].sentence_id, events[1].kind, events[1].text) == ("s1.1", "framing", TOLD)
    assert sentences_of_first_section(draft)[0] == ("s1.1", "framing", TOLD)
    assert draft.sections[0].markdown.startswith(f"{TOLD}\n\n")
    assert [TOLD in section.markdown for section in draft.sections].count(True) == 1
    assert draft.sections[0].sentences[0].because == ()


def test_a_lesson_on_what_its_document_names_says_nothing_of_it() -> None:
    _, draft, _ = written(brief(options=LessonOptions(focus="mitochondria")), list(REPLY))
    assert not any("do not name" in section.markdown for section in draft.sections)


def test_a_section_that_is_written_again_says_it_again_and_once() -> None:
    false = "## introduction: Introduction\n\nIce sinks. [3] Water boils at 10 °C. [3] Cells are made of tin. [1]"
    true = "## introduction: Introduction\n\nPure water boils at 100 °C at sea level. [3]"
    options = LessonOptions(focus="whale songs", sections=("introduction",))
    events, draft, prompts = written(brief(options=options), [false], [true])
    assert len(prompts) == 2
    assert [kind for _, kind, _ in sentences_of_first_section(draft)] == ["framing", "sourced"]
    assert texts_since_last_start(events)[0] == TOLD


def test_a_section_of_which_nothing_stands_is_left_out_with_what_was_said_of_it() -> None:
    false = "## introduction: Introduction\n\nIce sinks. [3] Cells are made of tin. [1]"
    options = LessonOptions(focus="whale songs", sections=("introduction",))
    _, draft, _ = written(brief(options=options), [false], [false])
    assert not draft.sections
    assert not draft.grounded


def test_how_a_reply_is_cut_changes_nothing_of_what_is_told() -> None:
    whole = written(brief(options=ASKED), [REPLY])[1]
    pieces = [REPLY[start:end] for start, end in pairwise(range(0, len(REPLY) + 7, 7))]
    assert written(brief(options=ASKED), pieces)[1] == whole


def texts_since_last_start(events: list[LessonEvent]) -> list[str]:
    last = max(place for place, event in enumerate(events) if isinstance(event, SectionStarted))
    return [event.text for event in events[last:] if isinstance(event, SentenceVerified)]
