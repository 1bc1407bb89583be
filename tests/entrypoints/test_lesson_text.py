"""A lesson in a terminal: verified sentences with their pages, and the places that were cited."""

from uuid import UUID

from learnx.domain.lessons import (
    Citation,
    Delta,
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


def written(*events: LessonEvent) -> str:
    text = LessonText()
    return "".join(piece for event in events for piece in text.pieces(event)) + text.sources()


SECTION = SectionStarted(section_id="s1", section_type="explanation", title="Cells")


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


def test_a_section_that_is_written_anew_says_so() -> None:
    assert "## Cells (written anew)" in written(SECTION, sentence("A.", lead=""), SECTION)
