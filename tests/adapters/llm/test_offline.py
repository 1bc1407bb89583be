import re
from collections.abc import Sequence

import msgspec
import pytest
from tests.domain import textbook
from tests.domain.lesson_material import brief, chunks, written

from learnx.adapters.llm.offline import OfflineLanguageModel
from learnx.adapters.llm.offline_lesson import OfflineLesson
from learnx.adapters.llm.offline_prompt import read_prompt
from learnx.application.ports.llm import Recorder
from learnx.domain.documents import Chunk
from learnx.domain.lessons import LessonOptions, SectionType
from learnx.domain.model_calls import ModelCall
from learnx.domain.personalization import LessonDraft, write_lesson
from learnx.domain.personas import (
    Communication,
    ContentPreferences,
    Interests,
    LearningStyle,
    Persona,
    Professional,
)
from learnx.domain.prompts import Prompt

pytestmark = pytest.mark.anyio

BEGINNER = Persona(
    interests=Interests(primary=("basketball",)),
    professional=Professional(technical_level="beginner"),
    content_preferences=ContentPreferences(density="concise", examples_per_concept=2, summary_style="bullet_points"),
    communication=Communication(tone="friendly", encouragement_level="high"),
    learning_style=LearningStyle(primary="visual", strength=0.9),
)
EXPERT = Persona(
    interests=Interests(primary=("chess",)),
    professional=Professional(technical_level="expert"),
    content_preferences=ContentPreferences(density="comprehensive", examples_per_concept=0, summary_style="outline"),
    communication=Communication(tone="formal", encouragement_level="minimal"),
)


async def pieces_of(prompt: Prompt, max_tokens: int = 6_000, record: Recorder = lambda _: None) -> list[str]:
    stream = OfflineLanguageModel().stream(prompt, max_tokens=max_tokens, record=record)
    return [piece async for piece in stream if isinstance(piece, str)]


async def lesson(
    persona: Persona | None,
    sections: Sequence[SectionType] | None = None,
    document: Sequence[Chunk] | None = None,
) -> LessonDraft:
    given = brief(persona, LessonOptions(sections=tuple(sections)) if sections else LessonOptions(), document)
    prompt = next(write_lesson(given))
    assert isinstance(prompt, Prompt)
    pieces = await pieces_of(prompt)
    _, draft, prompts = written(given, pieces)
    assert len(prompts) == 1
    return draft


def texts(draft: LessonDraft, type_: SectionType | None = None, kind: str = "sourced") -> list[str]:
    return [
        sentence.text
        for section in draft.sections
        if type_ in (None, section.type)
        for sentence in section.sentences
        if sentence.kind == kind
    ]


@pytest.mark.parametrize("persona", [None, BEGINNER, EXPERT], ids=["plain", "beginner", "expert"])
async def test_nothing_of_its_lesson_is_retracted_and_every_section_is_there(persona: Persona | None) -> None:
    draft = await lesson(persona)
    assert draft.grounding.retracted == 0
    assert draft.grounding.corrected == 0
    assert draft.grounding.sourced >= 10
    assert {section.type for section in draft.sections} >= {"introduction", "explanation", "practice", "summary"}


@pytest.mark.parametrize("persona", [None, BEGINNER, EXPERT], ids=["plain", "beginner", "expert"])
async def test_every_fact_is_a_sentence_of_the_document_on_the_page_it_names(persona: Persona | None) -> None:
    by_id = {chunk.id: chunk for chunk in chunks()}
    for section in (await lesson(persona)).sections:
        for sentence in section.sentences:
            for citation in sentence.citations:
                chunk = by_id[citation.chunk_id]
                assert sentence.text in chunk.text
                mark = chunk.page_at(chunk.text.index(sentence.text))
                assert mark is not None
                assert citation.page_number == mark.page


async def test_it_says_once_that_it_makes_up_no_analogies() -> None:
    draft = await lesson(BEGINNER)
    assert sum("analogies" in text for text in texts(draft, kind="framing")) == 1
    assert draft.grounding.analogy == 0


async def test_two_personas_get_visibly_different_lessons_whose_facts_and_pages_agree() -> None:
    document = textbook.chunks()
    beginner, expert = await lesson(BEGINNER, document=document), await lesson(EXPERT, document=document)
    said = [sum(len(text.split()) for text in texts(draft, "explanation")) for draft in (beginner, expert)]
    assert said[1] > 1.2 * said[0]
    markdown = [{section.type: section.markdown for section in draft.sections} for draft in (beginner, expert)]
    assert markdown[0]["summary"] != markdown[1]["summary"]
    assert markdown[0]["summary"].startswith("- ")
    assert re.search(r"^  - ", markdown[1]["summary"], re.MULTILINE)
    places = [
        {
            sentence.text: [(citation.page_number, citation.quote) for citation in sentence.citations]
            for section in draft.sections
            for sentence in section.sentences
            if sentence.kind == "sourced"
        }
        for draft in (beginner, expert)
    ]
    shared = places[0].keys() & places[1].keys()
    assert shared
    assert all(places[0][text] == places[1][text] for text in shared)


async def test_more_examples_are_shown_where_more_are_asked_for() -> None:
    def persona(examples: int) -> Persona:
        return Persona(
            interests=Interests(primary=("chess",)),
            content_preferences=ContentPreferences(examples_per_concept=examples),
        )

    few, many = [await lesson(persona(count), ["examples"]) for count in (0, 3)]
    assert len(texts(few)) < len(texts(many))


@pytest.mark.parametrize(
    ("style", "pattern"), [("bullet_points", r"^- "), ("outline", r"^  - "), ("paragraphs", r"^[A-Z][^-]+\. [A-Z]")]
)
async def test_the_summary_has_the_style_that_is_preferred(style: str, pattern: str) -> None:
    preferences = ContentPreferences(summary_style=style)  # type: ignore[arg-type]
    persona = Persona(interests=Interests(primary=("chess",)), content_preferences=preferences)
    (summary,) = (await lesson(persona, ["summary"])).sections
    assert re.search(pattern, summary.markdown, re.MULTILINE)


@pytest.mark.parametrize(
    ("changed", "sections"),
    [
        (Persona(interests=Interests(primary=("cooking",))), ()),
        (
            Persona(
                interests=Interests(primary=("chess",)), content_preferences=ContentPreferences(examples_per_concept=5)
            ),
            ("examples",),
        ),
        (
            Persona(
                interests=Interests(primary=("chess",)), content_preferences=ContentPreferences(summary_style="outline")
            ),
            ("summary",),
        ),
        (Persona(interests=Interests(primary=("chess",)), communication=Communication(tone="casual")), ()),
        (Persona(interests=Interests(primary=("chess",)), communication=Communication(encouragement_level="high")), ()),
    ],
    ids=["interests", "examples", "summary style", "tone", "encouragement"],
)
async def test_changing_one_field_changes_no_fact_outside_of_what_it_governs(
    changed: Persona, sections: tuple[str, ...]
) -> None:
    before = await lesson(Persona(interests=Interests(primary=("chess",))))
    after = await lesson(changed)
    types: tuple[SectionType, ...] = ("introduction", "explanation", "examples", "practice", "summary")
    for type_ in types:
        if type_ not in sections:
            assert texts(before, type_) == texts(after, type_)


DISEASE = (
    (
        "4. How vaccines work",
        "Vaccines teach the immune system to know a germ. Answer the following questions before you "
        "read the answers. A vaccine is a weakened germ that causes no disease.",
    ),
    (
        "ADVENTURE III. THE FIVE ORANGE PIPS",
        "Sherlock Holmes was a detective who lived in London. The detective was "
        "asked for help by a young man. Look first, then answer each question before the answer is read by others.",
    ),
    (
        "What is DNA? A primer",
        "DNA is a molecule that carries genetic information in cells. The molecule is a helix of two strands.",
    ),
)


def other_chunks() -> tuple[Chunk, ...]:
    return tuple(
        msgspec.structs.replace(chunk, heading_path=(heading,), text=text)
        for chunk, (heading, text) in zip(chunks(), DISEASE, strict=True)
    )


@pytest.mark.parametrize("tone", ["formal", "professional", "casual", "friendly"])
@pytest.mark.parametrize("document", [chunks(), other_chunks()], ids=["cells", "headings with stops"])
async def test_another_tone_changes_no_fact(document: tuple[Chunk, ...], tone: str) -> None:
    def persona(tone: str) -> Persona:
        return Persona(interests=Interests(primary=("chess",)), communication=Communication(tone=tone))  # type: ignore[arg-type]

    drafts = []
    for tone_ in ("professional", tone):
        given = brief(persona(tone_), found=document)
        prompt = next(write_lesson(given))
        assert isinstance(prompt, Prompt)
        _, draft, _ = written(given, await pieces_of(prompt))
        assert draft.grounding.retracted == 0
        drafts.append(draft)
    facts = [
        [(s.text, s.citations) for section in draft.sections for s in section.sentences if s.kind == "sourced"]
        for draft in drafts
    ]
    assert facts[0] == facts[1]
    introduction = [s.text for s in drafts[1].sections[0].sentences if s.kind == "framing"]
    titles = [section.title for section in drafts[1].sections if section.type == "explanation"]
    plain = ["".join(filter(str.isalnum, text)) for text in introduction]
    assert all("".join(filter(str.isalnum, title)) in plain for title in titles)


@pytest.mark.parametrize("examples", [0, 5])
async def test_a_lesson_of_a_minute_is_short_whatever_else_is_preferred(examples: int) -> None:
    learner = Persona(
        interests=Interests(primary=("chess",)),
        content_preferences=ContentPreferences(density="comprehensive", examples_per_concept=examples),
    )
    given = brief(learner, LessonOptions(target_minutes=1), textbook.chunks())
    prompt = next(write_lesson(given))
    assert isinstance(prompt, Prompt)
    _, draft, _ = written(given, await pieces_of(prompt))
    assert draft.word_count <= 350
    assert {section.type for section in draft.sections} == {
        "introduction",
        "explanation",
        "examples",
        "practice",
        "summary",
    }


async def test_its_first_words_need_no_reading_of_the_document() -> None:
    prompt = next(write_lesson(brief(BEGINNER)))
    assert isinstance(prompt, Prompt)
    lesson_ = OfflineLesson(read_prompt(prompt))
    assert "Welcome!" in next(lesson_.text())
    assert "_all" not in vars(lesson_)


async def test_it_streams_in_small_pieces_and_consumes_nothing() -> None:
    prompt = next(write_lesson(brief()))
    assert isinstance(prompt, Prompt)
    calls: list[ModelCall] = []
    pieces = await pieces_of(prompt, record=calls.append)
    assert all(len(piece.split()) <= 5 for piece in pieces)
    [call] = calls
    assert (call.prompt_tokens, call.completion_tokens, call.cost_usd) == (0, 0, 0.0)
    assert call.whole and not call.counted
    assert OfflineLanguageModel().most_usd(prompt, max_tokens=6_000) == 0.0


async def test_a_call_that_is_closed_is_recorded_as_broken_off() -> None:
    prompt = next(write_lesson(brief()))
    assert isinstance(prompt, Prompt)
    calls: list[ModelCall] = []
    stream = OfflineLanguageModel().stream(prompt, max_tokens=6_000, record=calls.append)
    await anext(stream)
    await stream.aclose()
    assert [call.whole for call in calls] == [False]


async def test_it_keeps_to_the_length_that_is_allowed() -> None:
    prompt = next(write_lesson(brief()))
    assert isinstance(prompt, Prompt)
    assert sum(map(len, await pieces_of(prompt, max_tokens=20))) <= 80


async def test_a_document_without_letters_and_digits_gives_nothing_that_is_sourced() -> None:
    bare = tuple(chunk.__class__(**{**_fields(chunk), "text": "— … — · · ·"}) for chunk in chunks())
    given = brief(found=bare)
    prompt = next(write_lesson(given))
    assert isinstance(prompt, Prompt)
    _, draft, _ = written(given, await pieces_of(prompt))
    assert draft.grounding.sourced == 0


@pytest.mark.parametrize(
    "text",
    [
        "1 | 2 | 3\n4 | 5 | 6",
        "Query a data frame\niloc returns rows and columns by position\nairports.iloc[0:2,:]\nReturn specific columns",
        "Item | Price | Stock\nJuicy apples | 1.99 | 739\nRipe bananas | 1.89 | 6",
        "```python\ntotal = price * amount\nprint(total, amount)\n```\nA program for prices",
        "Metal | Density in g/cm3\nIron | 7.87\nGold | 19.3",
        "E = mc^2\n\nU = RI\n\np = mv",
    ],
    ids=["numbers", "slides", "table", "code", "table with a word a row", "formulas"],
)
async def test_a_document_without_prose_is_shown_by_its_lines_and_blocks(text: str) -> None:
    bare = tuple(msgspec.structs.replace(chunk, text=text, heading_path=()) for chunk in chunks()[:1])
    given = brief(found=bare)
    prompt = next(write_lesson(given))
    assert isinstance(prompt, Prompt)
    _, draft, _ = written(given, await pieces_of(prompt))
    assert draft.grounding.sourced >= 1
    assert draft.grounding.retracted == 0


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__struct_fields__}  # type: ignore[attr-defined]


async def test_what_is_summed_up_is_not_what_is_practised_where_there_is_enough_else() -> None:
    draft = await lesson(None, document=textbook.chunks())
    practised, summed_up = set(texts(draft, "practice")), set(texts(draft, "summary"))
    assert practised
    assert summed_up
    assert not practised & summed_up


async def test_a_sentence_that_opens_with_what_is_not_asked_as_if_that_were_its_subject() -> None:
    text = "What makes sodium reactive is the one electron of its outer shell."
    draft = await lesson(None, document=[msgspec.structs.replace(chunks()[0], text=text, heading_path=())])
    assert texts(draft, "practice")
    assert not any("what is what" in question.lower() for question in texts(draft, "practice", "framing"))
