"""A lesson in a terminal: verified sentences with their pages, and the places that were cited."""

from uuid import UUID

from learnx.domain.lessons import (
    Citation,
    Completed,
    Delta,
    GroundingCounts,
    LessonEvent,
    SectionStarted,
    SentenceKind,
    SentenceRetracted,
    SentenceVerified,
)
from learnx.entrypoints.lesson_text import LessonText

ID = UUID(int=1)


def citation(page: int | None, quote: str, label: str | None = None) -> Citation:
    return Citation(file_id=ID, chunk_id=ID, page_number=page, page_label=label, quote=quote)


def sentence(text: str, *citations: Citation, lead: str = " ", kind: SentenceKind = "sourced") -> SentenceVerified:
    return SentenceVerified(section_id="s1", sentence_id="s1.1", lead=lead, text=text, kind=kind, citations=citations)


SECTION = SectionStarted(section_id="s1", section_type="explanation", title="Cells")
NEXT = SectionStarted(section_id="s2", section_type="summary", title="Summary")
COMPLETED = Completed(lesson_id=ID, grounding=GroundingCounts(), word_count=1)
RETRACTED = SentenceRetracted(section_id="s1", sentence_id="s1.9", reason="unsupported")
SOURCE = Citation(file_id=ID, chunk_id=ID, page_number=1, page_label=None, quote="Cells divide.")


def written(*events: LessonEvent) -> str:
    """A whole lesson."""
    text = LessonText()
    return "".join(piece for event in (*events, COMPLETED) for piece in text.pieces(event)) + text.sources()


def begun(*events: LessonEvent) -> str:
    """What stands there while the lesson is still being written."""
    text = LessonText()
    return "".join(piece for event in events for piece in text.pieces(event))


def test_each_fact_is_followed_by_its_page_and_each_place_is_listed_once() -> None:
    twelve = citation(12, "Cells\ndivide.", "4")
    shown = written(
        SECTION,
        sentence("Cells divide.", twelve, lead=""),
        sentence("They divide often.", twelve, citation(13, "Often.", "13")),
        sentence("Ready?", kind="framing"),
        sentence("Like a pass in basketball.", kind="analogy"),
    )

    assert shown == (
        "## Cells\n\n"
        "Cells divide. [p. 12] They divide often. [p. 12] [p. 13] Ready? Like a pass in basketball. [analogy]"
        "\n\n## Sources\n\n"
        "- [p. 12] (printed: 4) “Cells divide.”\n"
        "- [p. 13] “Often.”\n"
    )


def test_two_quotes_of_one_page_are_marked_once() -> None:
    shown = written(SECTION, sentence("A and b.", citation(2, "A."), citation(2, "B."), lead=""))

    assert shown.startswith("## Cells\n\nA and b. [p. 2]\n\n## Sources\n\n- [p. 2] “A.”\n- [p. 2] “B.”\n")


def test_where_a_format_has_no_pages_the_source_has_a_number() -> None:
    shown = written(SECTION, sentence("A.", citation(None, "A."), lead=""), sentence("B.", citation(None, "B.")))

    assert "A. [source 1] B. [source 2]" in shown
    assert "- [source 2] “B.”" in shown


def test_a_table_keeps_its_last_line_to_itself() -> None:
    shown = written(SECTION, sentence("| a |\n| - |\n| 1 |", citation(3, "a 1"), lead=""))

    assert "| 1 |\n\n[p. 3]" in shown


def test_what_is_provisional_or_retracted_is_never_written() -> None:
    shown = written(
        SECTION,
        Delta(section_id="s1", sentence_id="s1.1", text="Cells are made of cheese."),
        SentenceRetracted(section_id="s1", sentence_id="s1.1", reason="unsupported"),
    )

    assert "cheese" not in shown


def test_a_section_is_written_once_the_next_begins() -> None:
    events = (SECTION, sentence("Cells divide.", SOURCE, lead=""))

    assert begun(*events) == ""
    assert begun(*events, NEXT) == "## Cells\n\nCells divide. [p. 1]\n"


def test_nothing_is_written_before_there_is_a_source() -> None:
    welcome = (SECTION, sentence("Welcome!", lead="", kind="framing"), NEXT)
    fact = sentence("Cells divide.", SOURCE, lead="")
    third = SectionStarted(section_id="s3", section_type="practice", title="Practice")

    assert begun(*welcome) == ""
    sourced = SentenceVerified(section_id="s2", sentence_id="s2.1", lead="", text=fact.text, kind="sourced")
    assert begun(*welcome, sourced, third) == "## Cells\n\nWelcome!\n\n## Summary\n\nCells divide.\n"


def test_a_section_that_is_written_anew_leaves_nothing_of_what_is_forgotten() -> None:
    first = (SECTION, sentence("Old.", citation(7, "Old."), lead=""), RETRACTED, RETRACTED)
    second = SentenceVerified(section_id="s2", sentence_id="s2.1", lead="", text="In short.", kind="framing")

    assert begun(*first, NEXT, second) == ""
    assert written(*first, NEXT, second, SECTION, sentence("New.", SOURCE, lead="")) == (
        "## Cells\n\nNew. [p. 1]\n\n## Summary\n\nIn short.\n\n## Sources\n\n- [p. 1] “Cells divide.”\n"
    )


def test_a_section_without_a_sentence_has_no_heading() -> None:
    assert written(SECTION, RETRACTED, NEXT) == ""
