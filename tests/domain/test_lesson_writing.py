import json
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.lesson_material import brief, chunks, persona, written

from learnx.domain.lessons import (
    Delta,
    LessonEvent,
    LessonOptions,
    SectionStarted,
    SentenceRetracted,
    SentenceVerified,
)
from learnx.domain.model_text import MAX_CHARACTERS

REPLY = """\
## introduction: Introduction

Welcome! In this lesson you will read about Cells and Water. Mitochondria are organelles that **produce most** of the \
energy of a cell [1]. They are like the point guard of a team. [~]

## explanation: Cells

The inner membrane folds into cristae, which increase its surface. [1] Photosynthesis converts light into chemical \
energy [2]. The moon is made of cheese. [2]

### Photosynthesis

- The reactions take place in the chloroplasts of plants. [2]
- DNA carries the genetic information of the chloroplast as well. [2, 3]
  It is quite something!

$$6CO_2 + 6H_2O \\rightarrow C_6H_{12}O_6 + 6O_2$$
[2]

## explanation: Water

| what | boils at |
| --- | --- |
| pure water at sea level | 100 °C |
[3]

Ice floats, because it is less dense than liquid water. [3]

## practice: Practice

1. Why does ice float?
   - Ice is less dense than liquid water. [3]

## summary: Summary

- Pure water boils at 100 °C at sea level.
- A human liver cell holds about 2,000 mitochondria.[1]"""


def facts(events: list[LessonEvent]) -> list[LessonEvent]:
    return [event for event in events if not isinstance(event, Delta)]


def shown(events: list[LessonEvent]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for event in events:
        if isinstance(event, Delta):
            texts[event.sentence_id] = texts.get(event.sentence_id, "") + event.text
    return texts


WHOLE = written(brief(persona()), [REPLY])


def test_a_reply_becomes_the_sections_that_were_asked_for() -> None:
    _, draft, prompts = WHOLE
    assert len(prompts) == 1
    assert [(section.id, section.type, section.title) for section in draft.sections] == [
        ("s1", "introduction", "Introduction"),
        ("s2", "explanation", "Cells"),
        ("s3", "explanation", "Water"),
        ("s5", "practice", "Practice"),
        ("s6", "summary", "Summary"),
    ]
    assert (draft.grounding.sourced, draft.grounding.analogy, draft.grounding.retracted) == (11, 1, 1)
    assert draft.grounding.corrected == 1


def test_markdown_is_the_concatenation_of_leads_and_texts() -> None:
    _, draft, _ = WHOLE
    by_id = {section.id: section.markdown for section in draft.sections}
    assert by_id["s2"] == (
        "The inner membrane folds into cristae, which increase its surface. Photosynthesis converts light into "
        "chemical energy.\n\n### Photosynthesis\n\n- The reactions take place in the chloroplasts of plants.\n"
        "- DNA carries the genetic information of the chloroplast as well. It is quite something!\n\n"
        "$$6CO_2 + 6H_2O \\rightarrow C_6H_{12}O_6 + 6O_2$$"
    )
    assert by_id["s5"] == "1. Why does ice float?\n  - Ice is less dense than liquid water."
    for section in draft.sections:
        assert section.markdown == "".join(sentence.lead + sentence.text for sentence in section.sentences)


def test_the_stream_and_the_draft_hold_the_same_sentences() -> None:
    events, draft, _ = WHOLE
    streamed = [(e.sentence_id, e.lead, e.text, e.kind) for e in events if isinstance(e, SentenceVerified)]
    stored = [(s.id, s.lead, s.text, s.kind) for section in draft.sections for s in section.sentences]
    assert streamed == stored


def test_every_sentence_is_deltas_and_then_one_verdict_in_order() -> None:
    events, _, _ = WHOLE
    section, open_, closed = None, None, set[str]()
    for event in events:
        if isinstance(event, SectionStarted):
            assert open_ is None
            section = event.section_id
            continue
        assert isinstance(event, Delta | SentenceVerified | SentenceRetracted)
        assert event.section_id == section
        assert event.sentence_id not in closed
        assert open_ in (None, event.sentence_id)
        open_ = event.sentence_id
        if not isinstance(event, Delta):
            closed.add(event.sentence_id)
            open_ = None


def test_deltas_never_show_a_marker_or_markup_and_add_up_to_the_sentence() -> None:
    events, draft, _ = written(brief(), list(REPLY))
    texts = shown(events)
    for section in draft.sections:
        for sentence in section.sentences:
            if sentence.id in texts:
                assert texts[sentence.id].strip() == sentence.text.replace("**", "")
    assert not any(char in text for text in texts.values() for char in "[]*~")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_how_a_reply_is_cut_changes_nothing(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(REPLY) - 1), max_size=80)))
    pieces = [REPLY[start:end] for start, end in pairwise([0, *cuts, len(REPLY)])]
    events, draft, _ = written(brief(persona()), pieces)
    assert draft == WHOLE[1]
    assert facts(events) == facts(WHOLE[0])
    assert shown(events) == shown(WHOLE[0])


_ODDITIES = (
    "## summary: Summary\n§## nonsense: x\n§[1]§[9]§[~]§[§]§[1§\n§\n\n§ §. §- §1. §```§`§$$§|§> §**§<b>§![x](y)§[a](b)§"
    "Ice floats§100 °C§水は沸騰する。§Why?§\r\n§---§~~~§\\"
)
_PIECES = st.sampled_from(_ODDITIES.split("§"))


@settings(max_examples=80, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=8), max_size=40))
def test_any_reply_is_survived_however_it_is_cut(parts: list[str]) -> None:
    text = "".join(parts)
    by_parts, by_characters = written(brief(), parts), written(brief(), list(text))
    assert by_parts[1] == by_characters[1]
    assert facts(by_parts[0]) == facts(by_characters[0])
    for section in by_parts[1].sections:
        assert "](" not in section.markdown
        assert "<b>" not in section.markdown or "`" in section.markdown


def test_what_comes_before_the_first_heading_belongs_to_the_first_section() -> None:
    _, draft, _ = written(brief(), ["Ice floats, because it is less dense than liquid water. [3]"])
    assert [section.type for section in draft.sections] == ["introduction"]


def test_sections_that_were_not_asked_for_are_dropped() -> None:
    given_ = brief(options=LessonOptions(sections=("summary",)))
    _, draft, _ = written(given_, ["## practice: P\n\nWhy?\n\n## summary: S\n\nIce floats on liquid water. [3]"])
    assert [section.type for section in draft.sections] == ["summary"]
    assert len(draft.sections[0].sentences) == 1


def test_a_section_that_lost_most_of_its_sentences_is_written_again_once_with_the_reasons() -> None:
    bad = "## explanation: Water\n\nWater boils at 50 °C. [3] Ice sinks below 70 m. [3] Why?"
    good = "## explanation: Water\n\nPure water boils at 100 °C at sea level. [3]"
    rest = "\n\n## practice: Practice\n\nWhy does ice float?\n\n## summary: Summary\n\nWhat floats?"
    events, draft, prompts = written(brief(), [bad + rest], [good], [good])
    assert len(prompts) == 2
    assert "## explanation: Water" in prompts[1].task
    assert "## summary" not in prompts[1].task
    assert "50 °C" in prompts[1].task
    assert (prompts[1].rules, prompts[1].excerpts) == (prompts[0].rules, prompts[0].excerpts)
    assert [e.section_id for e in events if isinstance(e, SectionStarted)] == ["s3", "s5", "s6", "s3"]
    assert draft.sections[0].markdown == "Pure water boils at 100 °C at sea level."
    assert draft.grounding.retracted == 2


def test_a_section_that_fails_twice_keeps_what_passed() -> None:
    bad = "## explanation: Water\n\nWater boils at 50 °C. [3] Ice sinks below 70 m. [3] Why does ice float?"
    _, draft, prompts = written(brief(), [bad], [bad])
    assert len(prompts) == 2
    assert draft.grounding.sourced == 0
    assert draft.grounding.retracted == 4
    assert [sentence.text for sentence in draft.sections[0].sentences] == ["Why does ice float?"]


def test_a_text_that_broke_off_is_asked_for_the_rest_once() -> None:
    first = "## introduction: Introduction\n\nIce floats because it is less dense than liquid water. [3]"
    second = "## explanation: Water\n\nPure water boils at 100 °C at sea level. [3]"
    _, draft, prompts = written(brief(), [first], [second], [second])
    assert len(prompts) == 2
    assert "The line `## introduction" not in prompts[1].task
    assert "The line `## summary" in prompts[1].task
    assert "refused" not in prompts[1].task
    assert [section.type for section in draft.sections] == ["introduction", "explanation"]


def test_a_section_written_again_with_less_to_show_gives_way_to_its_first_version() -> None:
    first = (
        "## explanation: Water\n\nPure water boils at 100 °C at sea level. [3] Ice floats because it is less dense "
        "than liquid water. [3] Water boils at 50 °C. [3] Ice sinks below 70 m. [3] Steam is 9 times as heavy. [3]"
    )
    events, draft, prompts = written(brief(), [first], ["## explanation: Water\n\nIce sinks below 90 m. [3]"])
    assert len(prompts) == 2
    assert [sentence.kind for sentence in draft.sections[0].sentences] == ["sourced", "sourced"]
    last = max(place for place, event in enumerate(events) if isinstance(event, SectionStarted))
    told = [event.text for event in events[last:] if isinstance(event, SentenceVerified)]
    assert told == [sentence.text for sentence in draft.sections[0].sentences]


def test_a_model_that_rambles_is_not_listened_to_for_long() -> None:
    talk = "You can always share what you like. And that is something special for you! How wonderful can a life be? "
    _, draft, _ = written(brief(), ["## introduction: Introduction\n\n" + "".join(talk for _ in range(2))])
    rambling = " ".join(
        f"You and your {word} can always give more." for word in ("joy", "home", "luck", "art", "way", "hope")
    )
    _, draft, _ = written(brief(), [f"## introduction: Introduction\n\n{rambling} {rambling}"])
    assert sum(len(section.sentences) for section in draft.sections) == 10
    long = (
        "You can choose who will help you with something that might be hard, and share your gifts, your luck, your "
        "home, your joy, your hopes, your art and whatever friends, neighbours, strangers or children may want of it."
    )
    _, draft, _ = written(brief(), [f"## introduction: Introduction\n\n{long}"])
    assert not draft.sections


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "   \n\n",
        "[1]",
        "[1] [~] [2,3]",
        "```\n",
        "{}",
        json.dumps({"sections": [{"type": "summary", "text": "Water."}]}),
    ],
)
def test_a_reply_without_prose_sources_nothing(reply: str) -> None:
    _, draft, _ = written(brief(), [reply])
    assert draft.grounding.sourced == 0


@pytest.mark.parametrize("marker", ["", " [1]", " [3]", " [~]"])
def test_a_reply_in_another_language_states_nothing_as_fact(marker: str) -> None:
    reply = f"## summary: Summary\n\nDas Eis schwimmt, weil es leichter als Wasser ist.{marker} 氷は水に浮く。{marker}"
    _, draft, _ = written(brief(), [reply])
    assert draft.grounding.sourced == 0


def test_a_reply_that_is_a_lesson_in_json_states_nothing_as_fact() -> None:
    lesson = {"sections": [{"type": "summary", "sentences": [{"text": "Ice sinks in water.", "citations": [3]}]}]}
    for indent in (None, 2):
        _, draft, _ = written(brief(), [json.dumps(lesson, indent=indent)])
        assert draft.grounding.sourced == 0
        assert not draft.grounded


def test_a_section_of_markers_alone_is_absent() -> None:
    markers = "## introduction: Introduction\n\n[1] [2][3] [~].\n\n- [1]\n- [~]"
    _, draft, _ = written(brief(), [f"{markers}\n\n## summary: Summary\n\nIce floats on water. [3]"], [])
    assert [section.type for section in draft.sections] == ["summary"]
    assert not any("[" in section.markdown for section in draft.sections)


def test_a_reply_without_any_marker_is_still_sourced_where_the_document_says_it() -> None:
    _, draft, _ = written(brief(), [REPLY.replace("[1]", "").replace("[2]", "").replace("[3]", "").replace("[~]", "")])
    assert draft.grounding.sourced >= 10


def test_an_endless_reply_is_read_up_to_its_limit() -> None:
    sentence = "Ice floats on liquid water. [3] "
    _, draft, _ = written(brief(), [sentence * 200] * (2 * MAX_CHARACTERS // (len(sentence) * 200)))
    assert sum(len(s.text) for section in draft.sections for s in section.sentences) <= MAX_CHARACTERS


def test_an_endless_sentence_ends() -> None:
    events, _, _ = written(brief(), ["water " * 2_000])
    assert len([event for event in events if isinstance(event, SentenceRetracted)]) > 1


def test_links_images_and_html_lose_their_targets() -> None:
    reply = (
        "## summary: Summary\n\n[Ice](javascript:alert) floats on <a href='x'>liquid</a> ![water](http://x/y.png). [3] "
        "<script>Ice</script> is less dense than liquid water. [3]"
    )
    _, draft, _ = written(brief(), [reply])
    assert draft.sections[0].markdown == "Ice floats on liquid water. Ice is less dense than liquid water."


def test_because_names_the_fields_that_shaped_a_sentence() -> None:
    _, draft, _ = WHOLE
    by_text = {s.text: s.because for section in draft.sections for s in section.sentences}
    assert by_text["They are like the point guard of a team."] == ("interests.primary",)
    assert by_text["Welcome!"] == ("communication.tone",)
    assert by_text["Pure water boils at 100 °C at sea level."] == (
        "professional.technicalLevel",
        "contentPreferences.density",
        "contentPreferences.summaryStyle",
    )
    _, plain, _ = written(brief(), [REPLY])
    assert all(s.because == () for section in plain.sections for s in section.sentences)


def test_a_model_that_loops_says_a_sentence_twice_at_most_in_a_section() -> None:
    fact, framing = "Ice floats, because it is less dense than liquid water. [3]", "Let's look at the next part."
    _, draft, _ = written(brief(), [f"## introduction: Introduction\n\n{(fact + ' ' + framing + ' ') * 200}"])
    (section,) = draft.sections
    assert [sentence.kind for sentence in section.sentences] == ["sourced", "framing"] * 2
    assert draft.grounding.retracted == 396


def test_labels_may_come_again() -> None:
    items = "".join(f"- Answer:\n- Why does ice {verb}?\n" for verb in ("float", "melt", "form", "grow"))
    _, draft, _ = written(brief(), [f"## practice: Practice\n\n{items}"])
    assert draft.grounding.framing == 8


def test_words_of_a_text_without_spaces_are_counted_by_their_characters() -> None:
    text = "細胞はエネルギーを作る。"
    chunk = msgspec.structs.replace(chunks()[0], text=text, heading_path=(), page_marks=chunks()[0].page_marks[:1])
    _, draft, _ = written(brief(found=[chunk]), [f"## introduction: Introduction\n\n{text}[1]"])
    assert draft.grounding.sourced == 1
    assert draft.word_count in (6, 7)
