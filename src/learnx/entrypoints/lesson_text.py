"""A lesson as text for a terminal: Markdown that grows with the verified sentences, each with its pages."""

from collections.abc import Iterator

from learnx.domain.lessons import Citation, LessonEvent, Restarted, SectionStarted, SentenceVerified


class LessonText:
    """Turns events into pieces of text, in order; what was written can't be taken back, so a section that is written
    anew stands again, and says so."""

    def __init__(self) -> None:
        self._sections: set[str] = set()
        self._sources: dict[Citation, str] = {}

    def pieces(self, event: LessonEvent) -> Iterator[str]:
        match event:
            case SectionStarted():
                again = " (written anew)" if event.section_id in self._sections else ""
                before = "\n\n" if self._sections else ""
                self._sections.add(event.section_id)
                yield f"{before}## {event.title}{again}\n\n"
            case SentenceVerified():
                yield f"{event.lead}{event.text}{self._marks(event)}"
            case Restarted():
                yield "\n\n(From the beginning:)\n"

    def sources(self) -> str:
        """The cited places with their quotes, once each, in the order of the lesson."""
        lines = [
            f"- {mark}{_printed(citation)} “{' '.join(citation.quote.split())}”"
            for citation, mark in self._sources.items()
        ]
        return "\n\n## Sources\n\n" + "\n".join(lines) + "\n" if lines else "\n"

    def _marks(self, sentence: SentenceVerified) -> str:
        """After the sentence; below it where it is a block, which text on its last line would break."""
        marks = list(dict.fromkeys(self._mark(citation) for citation in sentence.citations))
        if sentence.kind == "analogy":
            marks = ["[analogy]"]
        if not marks:
            return ""
        return ("\n\n" if "\n" in sentence.text else " ") + " ".join(marks)

    def _mark(self, citation: Citation) -> str:
        known = self._sources.get(citation)
        if known is None:
            known = self._sources[citation] = _place(citation, len(self._sources) + 1)
        return known


def _place(citation: Citation, number: int) -> str:
    """The physical page, as a viewer counts it; where a format has no pages, the number of the source."""
    return f"[p. {citation.page_number}]" if citation.page_number is not None else f"[source {number}]"


def _printed(citation: Citation) -> str:
    """What is printed on the page, where that differs."""
    label = citation.page_label
    return f" (printed: {label})" if label and label != str(citation.page_number) else ""
